"""A small set of sound tier policies as seeds in a folder of their own, and ways to spoil them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestration.tiers.policies import COLUMNS, POLICIES, POLICY_SCOPES, RULES, SCOPES

Cells = dict[str, str]
Wanted = Callable[[Cells], bool]

_POLICY = {
    "policy_version": "1",
    "effective_from": "2024-01-01",
    "is_default": "false",
    "window_unit": "week",
    "window_length": "4",
    "settle_days": "3",
    "measure_code": "intentional_action_count",
    "active_week_minimum": "1",
    "week_weighting": "whole",
    "off_days_stand_in": "false",
    "minimum_expected_days": "5",
    "minimum_pattern_weeks": "2",
    "coverage_floor_percent": "80",
    "reason": "For tests",
}
_DAYS = {"window_unit": "day", "window_length": "28"}
_TOOLS = """\
tools/tools.csv
tool_id
chat
code
office
tools/usage_modes.csv
mode_code
talk
write
tools/tool_modes.csv
tool_id,mode_code
chat,talk
code,write
office,talk
tiers/scopes.csv
scope_code,scope_name,tool_id,reason
all,All,,Everything
chat_only,Chat,chat,One tool
tools/scope_modes.csv
scope_code,mode_code
all,talk
all,write
tiers/tier_score_parts.csv
policy_id,policy_version,part_code,weight_percent,full_at,reason
score,1,frequency,70,0.6,Often
score,1,breadth,30,2,Wide
"""


def _rules(policy: str, version: str, *rated: str) -> list[Cells]:
    """Rules from `tier:threshold=value,...`, the highest tier first, and the two that are never rated."""
    rows = []
    for number, text in enumerate(rated, start=1):
        tier, _, thresholds = text.partition(":")
        demanded = dict(part.split("=") for part in thresholds.split(",") if part)
        rank = str(len(rated) - number + 1)
        rows.append(
            {"rule_number": str(number), "tier_code": tier, "tier_rank": rank, "is_rated": "true"} | demanded
        )
    for number, tier in enumerate(("unknown", "not_rated"), start=len(rated) + 1):
        rows.append({"rule_number": str(number), "tier_code": tier, "is_rated": "false"})
    common = {"policy_id": policy, "policy_version": version, "is_habit": "false", "rule_text": "For tests"}
    return [common | {"tier_name": row["tier_code"].title()} | row for row in rows]


SHARES = ("heavy:minimum_substantive_percent=60", "some:minimum_active_days=1", "none")


@dataclass(frozen=True)
class PolicySeeds:
    """The seeds below one root."""

    root: Path

    def path(self, name: str) -> Path:
        return self.root / "dbt_project" / "seeds" / name

    def read(self, name: str) -> list[Cells]:
        with self.path(name).open(newline="") as file:
            return list(csv.DictReader(file))

    def write(self, name: str, rows: list[Cells]) -> None:
        """All columns of the seed, empty where a row says nothing."""
        text = io.StringIO()
        writer = csv.DictWriter(text, fieldnames=list(COLUMNS[name]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text.getvalue())

    def change(self, name: str, wanted: Wanted, **cells: str) -> None:
        """Set cells of the rows that are wanted; at least one must be."""
        rows = self.read(name)
        assert any(wanted(row) for row in rows)
        self.write(name, [row | cells if wanted(row) else row for row in rows])

    def drop(self, name: str, wanted: Wanted) -> None:
        rows = self.read(name)
        assert any(wanted(row) for row in rows)
        self.write(name, [row for row in rows if not wanted(row)])

    def add(self, name: str, **cells: str) -> None:
        self.write(name, [*self.read(name), cells])

    def replace_text(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text()
        assert old in text
        self.path(name).write_text(text.replace(old, new, 1))

    def rules(self, policy: str, *rated: str, version: str = "1") -> None:
        """Give a policy version other rules."""
        others = [
            row for row in self.read(RULES) if (row["policy_id"], row["policy_version"]) != (policy, version)
        ]
        self.write(RULES, [*others, *_rules(policy, version, *rated)])


def of(policy: str, version: str = "1", rule: str | None = None, tier: str | None = None) -> Wanted:
    """Rows of a policy version, one rule or tier of it if given."""

    def wanted(row: Cells) -> bool:
        return (
            row["policy_id"] == policy
            and row.get("policy_version", version) == version
            and (rule is None or row.get("rule_number") == rule)
            and (tier is None or row.get("tier_code") == tier)
        )

    return wanted


def sound_seeds(root: Path) -> PolicySeeds:
    """Four policies, one in two versions: shares (the default), weeks, score and ranks."""
    seeds = PolicySeeds(root)
    name = ""
    for line in _TOOLS.splitlines():
        if line.endswith(".csv"):
            name = line
            seeds.path(name).parent.mkdir(parents=True, exist_ok=True)
            seeds.path(name).write_text("")
        else:
            seeds.path(name).write_text(f"{seeds.path(name).read_text()}{line}\n")
    default = _POLICY | _DAYS | {"policy_id": "shares", "is_default": "true"}
    seeds.write(
        POLICIES,
        [
            default | {"effective_to": "2026-01-01"},
            default | {"policy_version": "2", "effective_from": "2026-01-01"},
            _POLICY | {"policy_id": "weeks"},
            _POLICY | _DAYS | {"policy_id": "score"},
            _POLICY | {"policy_id": "ranks", "minimum_group_size": "10"},
        ],
    )
    seeds.write(
        RULES,
        [
            *_rules("shares", "1", *SHARES),
            *_rules("shares", "2", *SHARES),
            *_rules(
                "weeks",
                "1",
                "power:minimum_active_weeks=4,minimum_weekly_mean=15",
                "some:above_weekly_mean=0",
                "none",
            ),
            *_rules("score", "1", "high:minimum_score=50", "some:minimum_active_days=1", "none"),
            *_rules(
                "ranks",
                "1",
                "upper:above_weekly_mean=0,minimum_percentile=50",
                "lower:above_weekly_mean=0",
                "none",
            ),
        ],
    )
    seeds.write(
        POLICY_SCOPES,
        [{"policy_id": policy, "scope_code": "all"} for policy in ("shares", "weeks", "score", "ranks")],
    )
    assert seeds.read(SCOPES)
    return seeds
