"""What `adoption simulate` says: who would move between which tiers, or why that cannot be said."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.command_line.report import wrapped
from orchestration.tiers.simulation import ScopeMovement, Simulation

NO_ROW = "(no row)"


def lines(found: Simulation) -> list[str]:
    """The lines for people: a block per scope, then what to know about them."""
    version = found.version
    head = f"{version.policy_id} version {version.policy_version} as edited, as of {found.as_of}"
    said = []
    if found.compared is not None:
        other = f"{found.compared.policy_id} version {found.compared.policy_version}"
        said = [f"{head}, against {other} as published (generation {found.generation})"]
    else:
        said = [f"{head}, on the data of generation {found.generation}"]
        said += wrapped(f"No movement is shown: {found.why_not_compared}.")
    for scope in found.scopes:
        is_compared = found.compared is not None and scope.is_in_force
        said += ["", *(_moved(scope, found) if is_compared else _counted(scope, found))]
    if not found.scopes:
        said += ["", "Nobody has a tier of it on that date."]
    notes = list(found.notes)
    if any(scope.no_cutoffs_count for scope in found.scopes):
        counts = ", ".join(
            f"{scope.no_cutoffs_count:,} in {scope.scope_code}"
            for scope in found.scopes
            if scope.no_cutoffs_count
        )
        notes.append(
            f"Not rated because no cut-offs of these percentiles hold for them on that date: {counts}; "
            "`adoption refresh-cutoffs` computes some."
        )
    for note in notes:
        said += ["", *wrapped(note)]
    return said


def _moved(scope: ScopeMovement, found: Simulation) -> list[str]:
    """The tiers in force down, those of the edited rule across; a dot stands for nobody."""
    moved = sum(scope.person_counts.values()) - scope.unchanged_count
    head = (
        f"{scope.scope_code}: {scope.person_count:,} people, {moved:,} would move, "
        f"{scope.unchanged_count:,} unchanged, {scope.firm_count:,} firm under the edited rule"
    )
    tiers: list[str | None] = list(found.version.scale)
    old = [*tiers, *([None] if any(pair[0] is None for pair in scope.person_counts) else [])]
    new = [*tiers, *([None] if any(pair[1] is None for pair in scope.person_counts) else [])]
    table: list[Sequence[str]] = [["in force \\ edited", *(_name(tier) for tier in new), "total"]]
    for before in old:
        counts = [scope.person_counts.get((before, after), 0) for after in new]
        table.append([_name(before), *(_count(count) for count in counts), _count(sum(counts))])
    totals = [sum(scope.person_counts.get((before, after), 0) for before in old) for after in new]
    table.append(["total", *(_count(count) for count in totals), _count(sum(totals))])
    return [head, *(f"  {line}" for line in _right_aligned(table))]


def _counted(scope: ScopeMovement, found: Simulation) -> list[str]:
    by_tier = {
        tier: sum(count for (_, new), count in scope.person_counts.items() if new == tier)
        for tier in found.version.scale
    }
    head = f"{scope.scope_code}: {scope.person_count:,} people, {scope.firm_count:,} firm"
    if found.compared is not None:
        head += f"; no movement, {found.compared.policy_id} is not evaluated in this scope"
    return [
        head,
        *wrapped("  " + ", ".join(f"{tier} {count:,}" for tier, count in by_tier.items())),
    ]


def _name(tier: str | None) -> str:
    return tier or NO_ROW


def _count(count: int) -> str:
    return f"{count:,}" if count else "."


def _right_aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Names to the left, counts to the right of their column."""
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
