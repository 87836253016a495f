"""New cut-offs for policies that compare people with each other, from weekly means that are published.

Which files hold cut-offs already, and writing new ones, belongs to cutoff_files.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from orchestration import lock
from orchestration.errors import RunFailed, WrongUse
from orchestration.home import EMPLOYEE_FILE, Home
from orchestration.sources.tiers import CUTOFFS
from orchestration.tiers import cutoff_files
from orchestration.tiers.cutoff_files import Rows
from orchestration.tiers.policies import Policies, PolicyVersion

if TYPE_CHECKING:
    import duckdb


COMPANY, COMPANY_CODE, LINE_OF_BUSINESS = "company", "all", "line_of_business"
SIX_DECIMALS = Decimal("0.000001")

# People who are rated, or would be if there were cut-offs, and who used the tools at all.
_MEANS = """
select tiers.scope_code, people.line_of_business, tiers.weekly_mean
from marts.fct_employee_tier_weekly as tiers
left join marts.dim_employee as people
    on people.employee_key = tiers.employee_key
    and people.valid_from <= tiers.week_start_date + 6
    and (people.valid_to is null or people.valid_to > tiers.week_start_date + 6)
where tiers.policy_id = ?
    and tiers.policy_version = ?
    and tiers.week_start_date = ?
    and tiers.weekly_mean > 0
    and (tiers.tier_code not in ('unknown', 'not_rated') or tiers.reason_code = 'no_cutoffs')
"""


@dataclass(frozen=True, order=True)
class Group:
    """The people of one scope who are compared with each other."""

    scope_code: str
    group_level: str
    group_code: str


@dataclass(frozen=True)
class GroupCutoffs:
    """A group, how many people it has, and its cut-off per percentile; none where it is too small."""

    group: Group
    person_count: int
    cutoffs: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True)
class CutoffSet:
    """The cut-offs of one policy version from one date on.

    `week_start_date`: the Monday of the week they come from, None where no week of the version is published.
    `path`: their file below the home, None where there was nothing to write; `is_new`: whether it is new.
    """

    version: PolicyVersion
    effective_from: date
    week_start_date: date | None
    groups: tuple[GroupCutoffs, ...]
    path: str | None = None
    is_new: bool = False

    @property
    def rows(self) -> Rows:
        """The rows of the feed, in order."""
        key = (self.version.policy_id, str(self.version.policy_version), self.effective_from.isoformat())
        return [
            (
                *key,
                found.group.scope_code,
                found.group.group_level,
                found.group.group_code,
                str(percentile),
                f"{mean:f}",
                str(found.person_count),
            )
            for found in self.groups
            for percentile, mean in found.cutoffs
        ]

    @property
    def content(self) -> bytes:
        """The file of the feed."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([CUTOFFS.csv_columns, *self.rows])
        return text.getvalue().encode()


def percentile_of(means: Sequence[Decimal], percentile: int) -> Decimal:
    """The percentile of ascending values, at position (n - 1) p / 100 between them.

    Exact, then rounded half up to six decimals.
    """
    place, rest = divmod((len(means) - 1) * percentile, 100)
    value = means[place]
    if rest:
        value += (means[place + 1] - value) * rest / 100
    return value.quantize(SIX_DECIMALS, ROUND_HALF_UP)


def group_cutoffs(
    version: PolicyVersion, people: Iterable[tuple[str, str | None, Decimal]]
) -> tuple[GroupCutoffs, ...]:
    """The groups of (scope, line of business, weekly mean), the company of each scope first."""
    means: dict[Group, list[Decimal]] = {
        Group(scope, COMPANY, COMPANY_CODE): [] for scope in version.scope_codes
    }
    for scope, line_of_business, mean in people:
        if scope not in version.scope_codes:
            continue
        means[Group(scope, COMPANY, COMPANY_CODE)].append(mean)
        if line_of_business is not None:
            means.setdefault(Group(scope, LINE_OF_BUSINESS, line_of_business), []).append(mean)
    return tuple(
        GroupCutoffs(
            group,
            len(values),
            tuple(
                (percentile, percentile_of(sorted(values), percentile)) for percentile in version.percentiles
            )
            if len(values) >= _minimum(version)
            else (),
        )
        for group, values in sorted(means.items())
    )


def _minimum(version: PolicyVersion) -> int:
    assert version.minimum_group_size is not None  # a percentile rule without one is refused
    return version.minimum_group_size


def wanted_versions(policies: Policies, policy_id: str | None, effective_from: date) -> list[PolicyVersion]:
    """The policy versions whose cut-offs can matter from a date on; WrongUse where there are none."""
    ranked = [version for version in policies.versions if version.percentiles]
    names = ", ".join(dict.fromkeys(version.policy_id for version in ranked)) or "none"
    if policy_id is not None:
        if policy_id not in policies.policy_ids:
            raise WrongUse(
                f"There is no tier policy {policy_id!r}; policies with a percentile rule: {names}."
            )
        ranked = [version for version in ranked if version.policy_id == policy_id]
    if not ranked:
        what = f"The policy {policy_id}" if policy_id else "No policy"
        raise WrongUse(
            f"{what} has {'no' if policy_id else 'a'} percentile rule, so there are no cut-offs to refresh; "
            f"policies with one: {names}."
        )
    found = [v for v in ranked if v.effective_to is None or v.effective_to > effective_from]
    if not found:
        raise WrongUse(
            f"Every version of {names} with a percentile rule has ended by {effective_from}; give an "
            "earlier --from."
        )
    return found


def refresh(
    home: Home, policies: Policies, policy_id: str | None, wanted_from: date | None, run_id: str
) -> tuple[list[CutoffSet], date]:
    """The cut-offs of each policy version with a percentile rule, written for the next night; the as-of date.

    Holds the run lock. All are computed before the first is written. Raises WrongUse without a generation,
    for an unknown policy, or where other cut-offs of the same policy version and date are on file; Busy.
    """
    import duckdb

    from orchestration.publishing import generation

    if not home.root.is_dir():
        raise WrongUse(f"{home.root} does not exist; give the home with --home.")
    with lock.run_lock(home, run_id):
        current = generation.current(home)
        if current is None:
            raise WrongUse(f"Nothing has been published in {home.root} yet; run `adoption nightly` first.")
        effective_from = wanted_from or current.as_of_date + timedelta(days=1)
        versions = wanted_versions(policies, policy_id, effective_from)
        with duckdb.connect(str(home.current.resolve() / EMPLOYEE_FILE), read_only=True) as published:
            computed = [_compute(published, version, effective_from) for version in versions]
        on_file = [cutoff_files.on_file(home, found.rows, found.content) for found in computed]
        sets = [
            _written(home, found) if path is None else replace(found, path=path)
            for found, path in zip(computed, on_file, strict=True)
        ]
        return sets, current.as_of_date


def _written(home: Home, found: CutoffSet) -> CutoffSet:
    if not found.rows:
        return found
    version = found.version
    name = f"{version.policy_id}_v{version.policy_version}_from_{found.effective_from:%Y%m%d}"
    return replace(found, path=cutoff_files.write(home, name, found.content), is_new=True)


def _compute(published: duckdb.DuckDBPyConnection, version: PolicyVersion, effective_from: date) -> CutoffSet:
    columns = published.execute(
        "select 1 from information_schema.columns where table_schema = 'marts' "
        "and table_name = 'fct_employee_tier_weekly' and column_name = 'weekly_mean'"
    ).fetchall()
    if not columns:
        raise RunFailed(
            "The generation in force was built before policies had weekly means; run `adoption nightly` "
            "first."
        )
    key = [version.policy_id, version.policy_version]
    ((week,),) = published.execute(
        "select max(week_start_date) from marts.fct_employee_tier_weekly where policy_id = ? and "
        "policy_version = ?",
        key,
    ).fetchall()
    people = [] if week is None else published.execute(_MEANS, [*key, week]).fetchall()
    return CutoffSet(version, effective_from, week, group_cutoffs(version, people))
