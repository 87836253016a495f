"""What `adoption status` and `adoption versions` say: the generation in force, freshness, verdict, holds,
what waits.

Reads published files, manifests and the ledger only; works with no generation yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.home import EMPLOYEE_FILE, SHARED_FILE, Home
from orchestration.publishing import generation
from orchestration.transformation import run_scope

if TYPE_CHECKING:
    from orchestration.format_ledger import FrozenDelivery
    from orchestration.publishing.manifest import Manifest


@dataclass(frozen=True)
class Freshness:
    """One feed: the last date it covered, how many days that lies before the as-of date, and how many of them
    its rhythm does not explain.
    """

    feed: str
    last_covered_date: str | None
    behind_day_count: int | None
    delivered_every_days: int
    overdue_day_count: int | None

    @property
    def line(self) -> str:
        """The same for people; a feed that is on time in its own rhythm is not called behind."""
        rhythm = f", every {self.delivered_every_days} days" if self.delivered_every_days > 1 else ""
        behind = f", {self.behind_day_count} days behind" if self.overdue_day_count else ""
        return f"{self.feed:<30} covered up to {self.last_covered_date or 'nothing'}{rhythm}{behind}"


@dataclass(frozen=True)
class Hold:
    """One candidate that the gate held."""

    held_at: str
    as_of_date: str
    reason: str
    directory: str


@dataclass(frozen=True)
class CutoffsNeeded:
    """`policy/scope` for which people are not rated because no cut-offs hold; whether new ones wait."""

    scopes: tuple[str, ...]
    are_waiting: bool

    @property
    def sentence(self) -> str:
        """What is missing, and what to do."""
        what = f"none hold for {', '.join(self.scopes)}"
        if self.are_waiting:
            return f"{what}; the next `adoption nightly` takes up the refreshed ones"
        return f"{what}; compute them with `adoption refresh-cutoffs`"


@dataclass(frozen=True)
class Status:
    """Everything `adoption status` says; `manifest` is None before the first publication."""

    home: Home
    manifest: Manifest | None
    freshness: tuple[Freshness, ...]
    holds: tuple[Hold, ...]
    pending_count: int
    cutoffs: CutoffsNeeded | None = None
    frozen: tuple[FrozenDelivery, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same for programs; dates and times as ISO text."""
        found = self.manifest
        return {
            "home": str(self.home.root),
            "generation": found.generation if found else None,
            "as_of_date": found.as_of_date.isoformat() if found else None,
            "built_at": f"{found.built_at.isoformat()}Z" if found else None,
            "verdict": found.verdict.outcome if found else None,
            "checks": _check_counts(found) if found else None,
            "released": found is not None and found.release is not None,
            "freshness": [vars(feed) for feed in self.freshness],
            "holds": [vars(hold) for hold in self.holds],
            "pending_deliveries": self.pending_count,
            "frozen": [
                {
                    "file_path": one.file_path,
                    "reason": one.reason,
                    "record_count": one.record_count,
                    "frozen_at": f"{one.frozen_at.isoformat()}Z",
                }
                for one in self.frozen
            ],
            "scopes_without_cutoffs": list(self.cutoffs.scopes) if self.cutoffs else [],
        }

    def lines(self) -> list[str]:
        """The same for people."""
        found = self.manifest
        lines = [f"Home        {self.home.root}"]
        if found is None:
            lines.append("Generation  none published yet; run `adoption nightly`")
        else:
            lines.append(
                f"Generation  {found.generation}, as of {found.as_of_date}, built {found.built_at} UTC"
            )
            counts = ", ".join(f"{number} {outcome}" for outcome, number in _check_counts(found).items())
            released = " (released by a person)" if found.release else ""
            lines.append(f"Verdict     {found.verdict.outcome}{released}: {counts.replace('_', ' ')}")
        for hold in self.holds:
            lines.append(f"Held        candidate of {hold.held_at} as of {hold.as_of_date}: {hold.reason}")
            lines.append(f"            {hold.directory}")
        lines += [f"Frozen      {one.file_path}: {one.sentence}" for one in self.frozen]
        lines.append(f"Pending     {self.pending_count} deliveries not built in yet")
        if self.cutoffs:
            lines.append(f"Cut-offs    {self.cutoffs.sentence}")
        lines += [f"Feed        {feed.line}" for feed in self.freshness]
        return lines


def read_status(home: Home) -> Status:
    """The status of a home. Raises RunFailed naming a file of the publication that is damaged."""
    found = generation.current(home)
    return Status(
        home=home,
        manifest=found,
        freshness=_freshness(home) if found else (),
        holds=tuple(_hold(held) for held in generation.held_candidates(home)),
        pending_count=_pending_count(home, found),
        cutoffs=cutoffs_needed(home) if found else None,
        frozen=frozen_deliveries(home),
    )


def frozen_deliveries(home: Home) -> tuple[FrozenDelivery, ...]:
    """The files that the last look at the inbox found in another format than declared."""
    from orchestration.ledger import Ledger

    if not home.ledger.exists():
        return ()
    with Ledger(home.ledger) as ledger:
        return tuple(ledger.frozen_deliveries())


def cutoffs_needed(home: Home) -> CutoffsNeeded | None:
    """Which policies rate nobody in a scope for want of cut-offs, by the generation in force; None if "
    "none."""
    import duckdb

    from orchestration.tiers import cutoff_files

    path = (home.current / EMPLOYEE_FILE).resolve()
    with duckdb.connect(str(path), read_only=True) as published:
        rows = published.execute(
            "select distinct policy_id, scope_code from marts.dim_employee_tier "
            "where is_current and reason_code = 'no_cutoffs' order by 1, 2"
        ).fetchall()
    if not rows:
        return None
    return CutoffsNeeded(
        tuple(f"{policy}/{scope}" for policy, scope in rows), bool(cutoff_files.waiting_files(home))
    )


def version_line(manifest: Manifest, is_in_force: bool) -> str:
    """One line of `adoption versions`."""
    mark = "*" if is_in_force else " "
    line = f"{mark} {manifest.generation:>6}  as of {manifest.as_of_date}  built {manifest.built_at} UTC"
    if manifest.release:
        line += f"  released by {manifest.release.released_by}"
    return line + ("  in force" if is_in_force else "")


def _check_counts(manifest: Manifest) -> dict[str, int]:
    counts: dict[str, int] = {}
    for check in manifest.verdict.checks:
        outcome = "warned" if check.outcome == "failed" and check.severity == "warning" else check.outcome
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def _hold(held: generation.HeldCandidate) -> Hold:
    return Hold(
        held_at=f"{held.record.held_at.isoformat()}Z",
        as_of_date=held.draft.as_of_date.isoformat(),
        reason=held.verdict.reason_held,
        directory=str(held.directory),
    )


def _freshness(home: Home) -> tuple[Freshness, ...]:
    import duckdb

    path = (home.current / SHARED_FILE).resolve()
    with duckdb.connect(str(path), read_only=True) as published:
        rows = published.execute(
            "select source || '/' || feed, last_covered_date, behind_day_count, delivered_every_days, "
            "overdue_day_count from marts.feed_freshness order by 1"
        ).fetchall()
    return tuple(
        Freshness(feed, latest.isoformat() if latest else None, *days) for feed, latest, *days in rows
    )


def _pending_count(home: Home, manifest: Manifest | None) -> int:
    from orchestration.ledger import Ledger

    if not home.ledger.exists():
        return 0
    with Ledger(home.ledger) as ledger:
        deliveries = ledger.deliveries()
        dates = run_scope.DeliveryDates.of(ledger.delivery_dates())
    if manifest is None:
        return sum(run_scope.is_in_effect(delivery) for delivery in deliveries)
    return len(run_scope.pending(deliveries, dates, frozenset(manifest.delivery_ids), manifest.as_of_date))
