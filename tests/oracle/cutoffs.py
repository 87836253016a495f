"""Percentile cut-offs as somebody delivered them: dated sets, and whose of them a person is compared with."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from .policies import Policy

COMPANY = ("company", "all")
Group = tuple[str, str, str]  # scope_code, group_level, group_code


@dataclass
class Cutoffs:
    """Per policy version and first day of validity: the percentiles of each scope and group."""

    sets: dict[tuple[str, int], dict[date, dict[Group, dict[int, Fraction]]]] = field(default_factory=dict)
    _of_scope: dict[tuple[str, int, str, date | None], ScopeCutoffs] = field(default_factory=dict)

    def of_scope(self, policy: Policy, scope: str, as_of: date) -> ScopeCutoffs:
        """The cut-offs of a scope in the set in force; empty where there is none.

        Of one set always the same object.
        """
        version = policy.policy_id, policy.policy_version
        sets = self.sets.get(version, {})
        start = max((start for start in sets if start <= as_of), default=None)
        if (*version, scope, start) not in self._of_scope:
            rows = {} if start is None else sets[start]
            groups = {group[1:]: percentiles for group, percentiles in rows.items() if group[0] == scope}
            self._of_scope[*version, scope, start] = ScopeCutoffs(groups)
        return self._of_scope[*version, scope, start]


@dataclass(frozen=True)
class ScopeCutoffs:
    """One scope in one set."""

    groups: Mapping[tuple[str, str], Mapping[int, Fraction]]

    def of_person(self, line_of_business: str) -> tuple[Mapping[int, Fraction], bool] | None:
        """Percentiles and whether they are the company's; None where there is nothing to compare with."""
        own = self.groups.get(("line_of_business", line_of_business))
        if own is not None:
            return own, False
        company = self.groups.get(COMPANY)
        return None if company is None else (company, True)


def read_cutoffs(paths: Iterable[Path]) -> Cutoffs:
    """The sets of some files of feed tiers/cutoffs; each set must stand in one file alone."""
    result = Cutoffs()
    seen: dict[tuple[str, int, date], Path] = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                key = row["policy_id"], int(row["policy_version"])
                start = date.fromisoformat(row["effective_from"])
                assert seen.setdefault((*key, start), path) == path, f"{key} {start} in two files"
                group = row["scope_code"], row["group_level"], row["group_code"]
                percentiles = result.sets.setdefault(key, {}).setdefault(start, {}).setdefault(group, {})
                percentiles[int(row["percentile"])] = Fraction(row["weekly_mean"])
    return result
