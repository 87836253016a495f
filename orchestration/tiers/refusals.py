"""What makes tier policies unusable: each refusal is one sentence with file, policy, version, rule, way out.

Reading the seeds belongs to policies.py; what a rule makes certain to reach.py.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from orchestration.errors import PoliciesRefused
from orchestration.home import PROJECT_ROOT
from orchestration.tiers import policies as seeds
from orchestration.tiers import reach
from orchestration.tiers.policies import UNRATED, Policies, PolicyVersion, Rule
from orchestration.tiers.seed_rows import SEEDS, Row

ONE_DAY = timedelta(days=1)


def checked_policies(project_root: Path = PROJECT_ROOT) -> Policies:
    """The policies of the seeds, if every one of them can be evaluated. Raises PoliciesRefused, else."""
    found = seeds.read_policies(project_root)
    _check_scopes(found, project_root)
    _check_grain(found)
    _check_references(found)
    _check_default(found)
    for policy_id in found.policy_ids:
        _check_periods(found.versions_of(policy_id))
    for version in found.versions:
        for check in _OF_A_VERSION:
            check(version)
        _check_breadth(version, found, project_root)
    return found


def _check_scopes(found: Policies, project_root: Path) -> None:
    tools = _column(project_root, "tools/tools.csv", "tool_id")
    modes = _column(project_root, "tools/usage_modes.csv", "mode_code")
    for scope in found.scopes:
        if scope.tool_id is not None and scope.tool_id not in tools:
            raise scope.row.refused(f"there is no tool {scope.tool_id}; tools.csv lists {', '.join(tools)}.")
        if scope.tool_id is None and not scope.mode_codes:
            raise scope.row.refused(
                "nothing counts in this scope; give it a tool, or its modes in scope_modes.csv."
            )
    known = {scope.scope_code for scope in found.scopes}
    for row in found.rows[seeds.SCOPE_MODES]:
        if row["mode_code"] not in modes:
            raise row.refused(
                f"there is no mode {row['mode_code']}; usage_modes.csv lists {', '.join(modes)}."
            )
        _check_scope(row, known)
    for row in found.rows[seeds.POLICY_SCOPES]:
        _check_scope(row, known)


def _check_scope(row: Row, known: set[str]) -> None:
    if row["scope_code"] not in known:
        raise row.refused(
            f"there is no scope {row['scope_code']}; scopes.csv lists {', '.join(sorted(known))}."
        )


def _check_references(found: Policies) -> None:
    """Rows that belong to no policy would be read by nothing."""
    versions = {(version.policy_id, version.policy_version) for version in found.versions}
    for name in (seeds.RULES, seeds.PARTS_FILE):
        for row in found.rows[name]:
            if seeds.key_of(row) not in versions:
                raise row.refused(
                    "tier_policies.csv has no such policy version; add its row there, or take this one out."
                )
    for row in found.rows[seeds.POLICY_SCOPES]:
        if row["policy_id"] not in found.policy_ids:
            raise row.refused(
                "tier_policies.csv has no such policy; add its row there, or take this one out."
            )


def _check_grain(found: Policies) -> None:
    for name, columns in (
        (seeds.POLICIES, ("policy_id", "policy_version")),
        (seeds.RULES, ("policy_id", "policy_version", "rule_number")),
        (seeds.RULES, ("policy_id", "policy_version", "tier_code")),
        (seeds.PARTS_FILE, ("policy_id", "policy_version", "part_code")),
        (seeds.POLICY_SCOPES, ("policy_id", "scope_code")),
        (seeds.SCOPES, ("scope_code",)),
        (seeds.SCOPE_MODES, ("scope_code", "mode_code")),
    ):
        lines: dict[tuple[object, ...], int] = {}
        for row in found.rows[name]:
            key = tuple(row[column] for column in columns)
            if key in lines:
                raise row.refused(
                    f"{columns[-1]} {key[-1]} is there already, in line {lines[key]}; take one of them out."
                )
            lines[key] = row.line


def _check_default(found: Policies) -> None:
    defaults = {version.policy_id: version for version in found.versions if version.is_default}
    if not defaults:
        raise PoliciesRefused(
            f"{SEEDS}/{seeds.POLICIES}: no policy is the default; set is_default to true in every version "
            "of one."
        )
    if len(defaults) > 1:
        raise list(defaults.values())[1].row.refused(
            f"{next(iter(defaults))} is the default already; set is_default to false in all policies but one."
        )
    for version in found.versions_of(next(iter(defaults))):
        if not version.is_default:
            raise version.row.refused(
                "other versions of this policy are the default and this one is not; give them all the "
                "same is_default."
            )


def _check_periods(versions: tuple[PolicyVersion, ...]) -> None:
    for version in versions:
        if version.effective_to is not None and version.effective_to <= version.effective_from:
            raise version.row.refused(
                f"effective_to {version.effective_to} is not after effective_from {version.effective_from}; "
                "it is the first date on which the version no longer holds."
            )
    for before, after in pairwise(versions):
        ends = before.effective_to
        if before.effective_from == after.effective_from:
            raise after.row.refused(
                f"version {before.policy_version} begins on {after.effective_from} as well; give each "
                "version "
                "its own effective_from."
            )
        if ends == after.effective_from:
            continue
        both = f"version {before.policy_version}"
        if ends is None or ends > after.effective_from:
            until = "has no effective_to" if ends is None else f"holds until {ends - ONE_DAY}"
            raise after.row.refused(
                f"it begins on {after.effective_from} while {both} still {until}; set effective_to of {both} "
                f"to {after.effective_from}."
            )
        raise after.row.refused(
            f"it begins on {after.effective_from} and {both} ends before {ends}, so no version holds in "
            "between; "
            f"set effective_to of {both} to {after.effective_from}."
        )


def _check_scopes_of_version(version: PolicyVersion) -> None:
    if not version.scope_codes:
        raise version.row.refused(
            f"{version.policy_id} has no row in tier_policy_scopes.csv, so it would never be evaluated; "
            "add one."
        )


def _check_unrated(version: PolicyVersion) -> None:
    if not version.rules:
        raise version.row.refused("this version has no rules; add them to tier_rules.csv.")
    by_code = {rule.tier_code: rule for rule in version.rules}
    for tier_code in UNRATED:
        if tier_code not in by_code:
            raise version.row.refused(
                f"tier_rules.csv has no rule {tier_code} for this version; add one with is_rated false."
            )
        if by_code[tier_code].is_rated:
            raise by_code[tier_code].row.refused(
                f"{tier_code} says that nobody could be rated; set its is_rated to false."
            )
    for rule in version.rules:
        if rule.is_rated and rule.tier_rank is None:
            raise rule.row.refused(
                "a rated tier needs a tier_rank; give it one, the highest tier the largest."
            )
        if not rule.is_rated and rule.tier_code not in UNRATED:
            raise rule.row.refused(
                f"only {' and '.join(UNRATED)} are unrated; set is_rated to true, or take the rule out."
            )
        if not rule.is_rated and rule.tier_rank is not None:
            raise rule.row.refused(f"{rule.tier_code} lies on no scale; leave its tier_rank empty.")
        if not rule.is_rated and rule.thresholds.demanded:
            raise rule.row.refused(
                f"{rule.tier_code} is decided by the policy, so its {next(iter(rule.thresholds.demanded))} "
                "would never be tried; leave it empty."
            )


def _check_catch_all(version: PolicyVersion) -> None:
    rated = version.rated_rules
    if not rated:
        raise version.row.refused("this version has no rated rule; set is_rated to true for its tiers.")
    for rule in rated[:-1]:
        if not rule.thresholds.demanded:
            behind = rated[rated.index(rule) + 1]
            raise behind.row.refused(
                f"it stands behind {rule.title}, which takes everybody, and never decides; give the rule "
                "without "
                "thresholds the largest rule_number of the rated ones."
            )
    if rated[-1].thresholds.demanded:
        raise rated[-1].row.refused(
            "the last rated rule has thresholds, so some people would have no tier; add a rated rule "
            "without any "
            "behind it."
        )


def _check_ranks(version: PolicyVersion) -> None:
    rated = version.rated_rules
    for higher, lower in pairwise(rated):
        if (
            lower.tier_rank is not None
            and higher.tier_rank is not None
            and lower.tier_rank >= higher.tier_rank
        ):
            raise lower.row.refused(
                f"its tier_rank {lower.tier_rank} is not below {higher.tier_rank}, the rank of "
                f"{higher.title}; the "
                "rules are tried from the highest tier to the lowest."
            )


def _check_bounds(version: PolicyVersion) -> None:
    for rule in version.rated_rules:
        for name, limit in (
            ("minimum_active_weeks", reach.most_active_weeks(version)),
            ("minimum_active_days", reach.most_active_days(version)),
        ):
            wanted = rule.thresholds.demanded.get(name, 0)
            if wanted > limit:
                raise rule.row.refused(
                    f"{name} is {wanted}, and the window of {version.window_length} "
                    f"{version.window_unit}s has at "
                    f"most {limit}; lower it, or lengthen the window."
                )


def _check_reach(version: PolicyVersion) -> None:
    """Only pairs are compared: a rule that several others cover together is not found."""
    rated = version.rated_rules
    for place, rule in enumerate(rated):
        known = reach.certain(rule.thresholds, version)
        for earlier in rated[:place]:
            if earlier.thresholds == rule.thresholds:
                raise rule.row.refused(
                    f"it demands the same as {earlier.title} and never decides; make it demand less, or "
                    "take it out."
                )
            if reach.follows(earlier.thresholds, known):
                raise rule.row.refused(
                    f"{earlier.title} holds whenever it does, so it never decides; make it demand less, or "
                    f"{earlier.title} more, or take it out."
                )


def _check_score(version: PolicyVersion) -> None:
    scored = [rule for rule in version.rated_rules if rule.thresholds.minimum_score is not None]
    if scored and not version.score_parts:
        raise scored[0].row.refused(
            "minimum_score needs the parts of the score; add them to tier_score_parts.csv."
        )
    if version.score_parts and not scored:
        raise version.score_parts[0].row.refused(
            "no rule of this version has a minimum_score, so nothing reads its parts; take them out."
        )
    total = sum(part.weight_percent for part in version.score_parts)
    if version.score_parts and total != 100:
        raise version.score_parts[0].row.refused(
            f"weight_percent of the parts of this version adds up to {total}; make it 100."
        )


def _check_percentiles(version: PolicyVersion) -> None:
    ranked = [rule for rule in version.rated_rules if rule.thresholds.minimum_percentile is not None]
    if ranked and version.minimum_group_size is None:
        raise version.row.refused(
            f"{_first(ranked)} compares with a percentile; say in minimum_group_size how small a group "
            "may be."
        )
    if ranked and version.window_unit == "day":
        raise version.row.refused(
            f"{_first(ranked)} compares with a percentile of weekly means; set window_unit to week, and "
            "window_length in weeks."
        )


def _first(rules: Iterable[Rule]) -> str:
    return next(iter(rules)).title


_OF_A_VERSION: tuple[Callable[[PolicyVersion], None], ...] = (
    _check_scopes_of_version,
    _check_unrated,
    _check_catch_all,
    _check_ranks,
    _check_bounds,
    _check_percentiles,
    _check_score,
    _check_reach,
)


def _check_breadth(version: PolicyVersion, found: Policies, project_root: Path) -> None:
    """A breadth that no scope of the policy has tools for."""
    modes_of = _pairs(project_root, "tools/tool_modes.csv", "tool_id", "mode_code")
    most = 0
    for scope in found.scopes:
        if scope.scope_code in version.scope_codes:
            tools = {tool for tool, mode in modes_of if mode in scope.mode_codes}
            most = max(most, len(tools) if scope.tool_id is None else 1)
    for rule in version.rated_rules:
        wanted = rule.thresholds.minimum_breadth or 0
        if wanted > most:
            raise rule.row.refused(
                f"minimum_breadth is {wanted}, and no scope of the policy has more than {most} "
                f"{'tool' if most == 1 else 'tools'}; lower it."
            )


def _column(project_root: Path, name: str, column: str) -> list[str]:
    return [value for value, _ in _pairs(project_root, name, column, column)]


def _pairs(project_root: Path, name: str, first: str, second: str) -> list[tuple[str, str]]:
    """Two columns of a seed that others own."""
    path = project_root / SEEDS / name
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [(row[first], row[second]) for row in csv.DictReader(file)]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        raise PoliciesRefused(f"{SEEDS}/{name} cannot be read; put its last version back.") from None


def main() -> None:
    """Checks the seeds of this project (`make lint`); exit status 0 or 1."""
    try:
        checked_policies()
    except PoliciesRefused as error:
        print(f"adoption: {error}", file=sys.stderr)
        sys.exit(error.exit_status)


if __name__ == "__main__":
    main()
