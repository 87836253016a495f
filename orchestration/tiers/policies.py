"""The tier policies of the seeds as objects: versions with their rules, score parts and scopes.

Reading only; which policies are refused belongs to refusals.py, which rules can decide to reach.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from orchestration.home import PROJECT_ROOT
from orchestration.tiers import seed_rows
from orchestration.tiers.seed_rows import PERCENT, Kind, Row

UNKNOWN, NOT_RATED = "unknown", "not_rated"
UNRATED = (UNKNOWN, NOT_RATED)
MEASURES = ("intentional_action_count", "active_day_count", "substantive_day_count")
PARTS = ("frequency", "depth", "breadth")

POLICIES = "tiers/tier_policies.csv"
RULES = "tiers/tier_rules.csv"
PARTS_FILE = "tiers/tier_score_parts.csv"
POLICY_SCOPES = "tiers/tier_policy_scopes.csv"
SCOPES = "tiers/scopes.csv"
SCOPE_MODES = "tools/scope_modes.csv"

_VERSION_KEY: dict[str, Kind] = {"policy_id": seed_rows.code, "policy_version": seed_rows.whole(1)}
_THRESHOLDS: dict[str, Kind] = {
    "minimum_substantive_percent": PERCENT,
    "minimum_active_percent": PERCENT,
    "minimum_active_days": seed_rows.whole(0),
    "minimum_active_weeks": seed_rows.whole(0),
    "minimum_weekly_mean": seed_rows.number(6),
    "above_weekly_mean": seed_rows.number(6),
    "minimum_breadth": seed_rows.whole(0),
    "minimum_score": PERCENT,
    "minimum_percentile": PERCENT,
}
COLUMNS: dict[str, dict[str, Kind]] = {
    POLICIES: _VERSION_KEY
    | {
        "effective_from": seed_rows.day,
        "effective_to": seed_rows.optional(seed_rows.day),
        "is_default": seed_rows.flag,
        "window_unit": seed_rows.one_of("day", "week"),
        "window_length": seed_rows.whole(1, 366),
        "settle_days": seed_rows.whole(0, 60),
        "measure_code": seed_rows.one_of(*MEASURES),
        "active_week_minimum": seed_rows.whole(1),
        "week_weighting": seed_rows.one_of("whole", "pro_rata"),
        "off_days_stand_in": seed_rows.flag,
        "minimum_expected_days": seed_rows.whole(0),
        "minimum_pattern_weeks": seed_rows.whole(0),
        "coverage_floor_percent": PERCENT,
        # Cut-offs of one person are that person's own figures.
        "minimum_group_size": seed_rows.optional(seed_rows.whole(2)),
        "reason": seed_rows.text,
    },
    RULES: _VERSION_KEY
    | {
        "rule_number": seed_rows.whole(1),
        "tier_code": seed_rows.code,
        "tier_name": seed_rows.text,
        "tier_rank": seed_rows.optional(seed_rows.whole(1)),
        "is_rated": seed_rows.flag,
        "is_habit": seed_rows.flag,
        **{name: seed_rows.optional(kind) for name, kind in _THRESHOLDS.items()},
        "rule_text": seed_rows.text,
    },
    PARTS_FILE: _VERSION_KEY
    | {
        "part_code": seed_rows.one_of(*PARTS),
        "weight_percent": PERCENT,
        "full_at": seed_rows.number(3, above_zero=True),
        "reason": seed_rows.text,
    },
    POLICY_SCOPES: {"policy_id": seed_rows.code, "scope_code": seed_rows.code},
    SCOPES: {
        "scope_code": seed_rows.code,
        "scope_name": seed_rows.text,
        "tool_id": seed_rows.optional(seed_rows.code),
        "reason": seed_rows.text,
    },
    SCOPE_MODES: {"scope_code": seed_rows.code, "mode_code": seed_rows.code},
}


@dataclass(frozen=True)
class Thresholds:
    """What a rule demands, all of it at once; None = not demanded. Units: docs/how-tiers-are-decided.md."""

    minimum_substantive_percent: int | None = None
    minimum_active_percent: int | None = None
    minimum_active_days: int | None = None
    minimum_active_weeks: int | None = None
    minimum_weekly_mean: Decimal | None = None
    above_weekly_mean: Decimal | None = None
    minimum_breadth: int | None = None
    minimum_score: int | None = None
    minimum_percentile: int | None = None

    @property
    def demanded(self) -> dict[str, int | Decimal]:
        """The thresholds that are set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Rule:
    """One tier of a policy version and what it demands; `row` says where it stands."""

    rule_number: int
    tier_code: str
    tier_name: str
    tier_rank: int | None
    is_rated: bool
    thresholds: Thresholds
    row: Row

    @property
    def title(self) -> str:
        """How messages name it."""
        return f"rule {self.rule_number} ({self.tier_code})"


@dataclass(frozen=True)
class ScorePart:
    """One part of a score: weight in percent, and the value at which it is full."""

    part_code: str
    weight_percent: int
    full_at: Decimal
    row: Row


@dataclass(frozen=True)
class PolicyVersion:
    """One version of a policy; in force from `effective_from` up to, not including, `effective_to`.

    `rules` are in the order in which they are tried, `scope_codes` those of the policy.
    """

    policy_id: str
    policy_version: int
    effective_from: date
    effective_to: date | None
    is_default: bool
    window_unit: Literal["day", "week"]
    window_length: int
    measure_code: str
    active_week_minimum: int
    week_weighting: Literal["whole", "pro_rata"]
    minimum_group_size: int | None
    rules: tuple[Rule, ...]
    score_parts: tuple[ScorePart, ...]
    scope_codes: tuple[str, ...]
    row: Row

    @property
    def title(self) -> str:
        """How messages name it."""
        return f"policy {self.policy_id} version {self.policy_version}"

    @property
    def rated_rules(self) -> tuple[Rule, ...]:
        """The rules that are tried, in order."""
        return tuple(rule for rule in self.rules if rule.is_rated)

    @property
    def percentiles(self) -> tuple[int, ...]:
        """The percentiles its rules compare with, ascending; empty where it needs no cut-offs."""
        found = {rule.thresholds.minimum_percentile for rule in self.rated_rules}
        return tuple(sorted(percentile for percentile in found if percentile is not None))

    @property
    def scale(self) -> dict[str, int | None]:
        """The tiers with their ranks: two versions can be compared if theirs are equal."""
        return {rule.tier_code: rule.tier_rank for rule in self.rules}

    def is_in_force(self, as_of: date) -> bool:
        """Whether it decides the tiers of an as-of date."""
        return self.effective_from <= as_of and (self.effective_to is None or as_of < self.effective_to)


@dataclass(frozen=True)
class Scope:
    """A scope: all tools, or one, and the modes that count in it (none stated for one tool)."""

    scope_code: str
    tool_id: str | None
    mode_codes: tuple[str, ...]
    row: Row


@dataclass(frozen=True)
class Policies:
    """Everything the tier seeds say. `policy_scopes`, `scope_modes`: rows of the seeds, for their places."""

    versions: tuple[PolicyVersion, ...]
    scopes: tuple[Scope, ...]
    rows: Mapping[str, tuple[Row, ...]]

    @property
    def policy_ids(self) -> tuple[str, ...]:
        """Every policy, in the order of the seed."""
        return tuple(dict.fromkeys(version.policy_id for version in self.versions))

    @property
    def default_policy_id(self) -> str:
        """The policy that readers see first."""
        return next(version.policy_id for version in self.versions if version.is_default)

    def versions_of(self, policy_id: str) -> tuple[PolicyVersion, ...]:
        """The versions of a policy by the date they begin."""
        found = [version for version in self.versions if version.policy_id == policy_id]
        return tuple(sorted(found, key=lambda version: version.effective_from))


def read_policies(project_root: Path = PROJECT_ROOT) -> Policies:
    """The policies as the seeds have them now. Raises PoliciesRefused where a cell cannot be read."""
    rows = {name: tuple(seed_rows.read_rows(project_root, name, kinds)) for name, kinds in COLUMNS.items()}
    return Policies(
        versions=tuple(_version(row, rows) for row in rows[POLICIES]),
        scopes=tuple(
            Scope(
                row["scope_code"],
                row["tool_id"],
                tuple(r["mode_code"] for r in rows[SCOPE_MODES] if r["scope_code"] == row["scope_code"]),
                row,
            )
            for row in rows[SCOPES]
        ),
        rows=rows,
    )


def key_of(row: Row) -> tuple[str, int]:
    """The policy version a row belongs to."""
    return row["policy_id"], row["policy_version"]


def _version(row: Row, rows: Mapping[str, tuple[Row, ...]]) -> PolicyVersion:
    own: Any = {name: [r for r in rows[name] if key_of(r) == key_of(row)] for name in (RULES, PARTS_FILE)}
    stated = {field.name for field in fields(PolicyVersion)} & row.cells.keys()
    return PolicyVersion(
        **{name: row[name] for name in stated},
        rules=tuple(sorted((_rule(r) for r in own[RULES]), key=lambda rule: rule.rule_number)),
        score_parts=tuple(
            ScorePart(r["part_code"], r["weight_percent"], r["full_at"], r) for r in own[PARTS_FILE]
        ),
        scope_codes=tuple(r["scope_code"] for r in rows[POLICY_SCOPES] if r["policy_id"] == row["policy_id"]),
        row=row,
    )


def _rule(row: Row) -> Rule:
    return Rule(
        rule_number=row["rule_number"],
        tier_code=row["tier_code"],
        tier_name=row["tier_name"],
        tier_rank=row["tier_rank"],
        is_rated=row["is_rated"],
        thresholds=Thresholds(**{name: row[name] for name in _THRESHOLDS}),
        row=row,
    )
