"""What `adoption refresh-cutoffs` says: the cut-offs, the groups too small for any, and what comes next.

Wording only; no group under the minimum is shown with its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from orchestration.command_line.report import aligned
from orchestration.tiers.cutoffs import COMPANY, CutoffSet, GroupCutoffs


def lines(sets: Sequence[CutoffSet], as_of: date) -> list[str]:
    """The lines for people, one block per policy version."""
    blocks = [_block(found, as_of) for found in sets]
    return [line for block in blocks for line in ["", *block]][1:]


def _block(found: CutoffSet, as_of: date) -> list[str]:
    title = f"{found.version.policy_id} version {found.version.policy_version}"
    if found.week_start_date is None:
        return [
            f"{title}: no week of this version is published yet, so there is nothing to compute from; "
            "run `adoption nightly` once it holds."
        ]
    sunday = found.week_start_date + timedelta(days=6)
    head = f"{title}, week {found.week_start_date} to {sunday}: cut-offs from {found.effective_from} on"
    minimum = found.version.minimum_group_size
    return [
        head,
        *(f"  {line}" for line in aligned([_header(found), *(_row(group, found) for group in found.groups)])),
        *_scopes_without(found, minimum),
        *_what_next(found, as_of),
    ]


def _header(found: CutoffSet) -> list[str]:
    return ["scope", "group", "people", *(f"{percentile} %" for percentile in found.version.percentiles)]


def _row(group: GroupCutoffs, found: CutoffSet) -> list[str]:
    name = "whole company" if group.group.group_level == COMPANY else group.group.group_code
    if group.cutoffs:
        return [
            group.group.scope_code,
            name,
            f"{group.person_count:,}",
            *(f"{mean:f}" for _, mean in group.cutoffs),
        ]
    few = f"under {found.version.minimum_group_size}"
    return [group.group.scope_code, name, few, *("-" for _ in found.version.percentiles)]


def _scopes_without(found: CutoffSet, minimum: int | None) -> list[str]:
    small = [group for group in found.groups if not group.cutoffs]
    has_company = {
        group.group.scope_code
        for group in found.groups
        if group.cutoffs and group.group.group_level == COMPANY
    }
    lines = []
    if any(group.group.scope_code in has_company for group in small):
        lines.append(f"Groups of under {minimum} people have no cut-offs; those of the company are taken.")
    without = [scope for scope in found.version.scope_codes if scope not in has_company]
    if without:
        lines.append(
            f"In {', '.join(without)} the whole company has under {minimum} people who used it: nobody is "
            "rated there."
        )
    return lines


def _what_next(found: CutoffSet, as_of: date) -> list[str]:
    if found.path is None:
        return ["Nothing was written; cut-offs that hold already go on holding."]
    if not found.is_new:
        return [f"Exactly these are on file already ({found.path}); nothing was written."]
    lines = [f"Written to {found.path}; the next `adoption nightly` takes them up."]
    if found.effective_from <= as_of:
        lines.append(f"It restates the tiers of this policy from {found.effective_from} on.")
    return lines
