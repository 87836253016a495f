"""The seeds that say how tiers are decided, typed as dbt types them, in a database in memory.

Which policy version and scope are meant is decided here; what rules make of figures belongs to wording.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from orchestration.errors import WrongUse
from orchestration.home import PROJECT_ROOT

if TYPE_CHECKING:
    import duckdb

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
NAMES = (
    *("tiers/tier_policies", "tiers/tier_policy_scopes", "tiers/tier_rules", "tiers/tier_score_parts"),
    *("tiers/scopes", "tools/scope_modes", "tools/tool_modes", "tools/tools"),
)
ALL_TOOLS = "all"
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Window:
    """The inclusive first and last day a tier looks at."""

    first: date
    last: date

    @property
    def day_count(self) -> int:
        """Both ends included."""
        return (self.last - self.first).days + 1

    def dates(self) -> list[date]:
        """Every date, in order."""
        return [self.first + timedelta(days=number) for number in range(self.day_count)]


@dataclass(frozen=True)
class Policy:
    """One version of a policy, as its row in tier_policies has it."""

    policy_id: str
    policy_version: int
    effective_from: date
    effective_to: date | None
    is_default: bool
    window_unit: str
    window_length: int
    settle_days: int
    measure_code: str
    active_week_minimum: int
    week_weighting: str
    off_days_stand_in: bool
    minimum_expected_days: int
    minimum_pattern_weeks: int

    @property
    def counts_weeks(self) -> bool:
        """Whether its window is whole ISO weeks."""
        return self.window_unit == "week"

    def holds_on(self, day: date) -> bool:
        """Whether this version speaks for an as-of date."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    def window(self, as_of: date) -> Window:
        """The days its tier as of a date looks at."""
        last = as_of - timedelta(days=self.settle_days)
        length = self.window_length
        if self.counts_weeks:
            last -= timedelta(days=last.isoweekday() % DAYS_A_WEEK)
            length *= DAYS_A_WEEK
        return Window(last - timedelta(days=length - 1), last)

    def period(self) -> str:
        """The version and its as-of dates, in words."""
        until = f" until {self.effective_to} (exclusive)" if self.effective_to else ""
        return f"version {self.policy_version} from {self.effective_from}{until}"


@dataclass(frozen=True)
class ToolFeed:
    """A feed that a tool needs, over the days [valid_from, valid_to)."""

    tool_id: str
    product_name: str
    source: str
    feed: str
    valid_from: date
    valid_to: date | None

    @property
    def name(self) -> str:
        """How operators call it."""
        return f"{self.source}/{self.feed}"

    def is_in_use(self, day: date) -> bool:
        """Whether the tool needs it on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def load() -> duckdb.DuckDBPyConnection:
    """A database in memory with one table a seed, under the seed's name."""
    import duckdb

    connection = duckdb.connect()
    described = yaml.safe_load((SEEDS / "_seeds.yml").read_text(encoding="utf-8"))["seeds"]
    types = {seed["name"]: seed["config"]["column_types"] for seed in described}
    for path in NAMES:
        name = path.rpartition("/")[2]
        connection.execute(
            f"create table {name} as select * from read_csv($path, header = true, columns = $columns)",
            {"path": str(SEEDS / f"{path}.csv"), "columns": types[name]},
        )
    return connection


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: list[Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a query by column name."""
    cursor = connection.execute(query, values or [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def policy_in_force(rules: duckdb.DuckDBPyConnection, wanted: str | None, as_of: date) -> Policy:
    """The version of the wanted policy, else of the default one, that speaks for a date.

    Raises WrongUse for an unknown policy, or a date none of its versions speaks for; names the known ones.
    """
    fields = ", ".join(Policy.__dataclass_fields__)
    versions = [Policy(**row) for row in rows(rules, f"select {fields} from tier_policies order by all")]
    named = [version for version in versions if wanted in {None, version.policy_id}]
    if not named:
        known = ", ".join(dict.fromkeys(version.policy_id for version in versions))
        raise WrongUse(f"There is no tier policy {wanted!r}; known are {known}.")
    holding = [v for v in named if v.holds_on(as_of) and (wanted is not None or v.is_default)]
    if not holding:
        asked = [version for version in named if wanted is not None or version.is_default]
        periods = "; ".join(f"{version.policy_id} {version.period()}" for version in asked)
        raise WrongUse(
            f"No version of {wanted or 'a default policy'} is in force on {as_of}; known are {periods}."
        )
    return holding[0]


def scope_of(rules: duckdb.DuckDBPyConnection, policy: Policy, wanted: str | None) -> str:
    """The wanted scope, else all tools where the policy looks at them, else its first.

    Raises WrongUse for a scope the policy is not evaluated in; names those it is.
    """
    known = [
        str(scope)
        for (scope,) in rules.execute(
            "select scope_code from tier_policy_scopes where policy_id = ? order by rowid", [policy.policy_id]
        ).fetchall()
    ]
    if wanted is None:
        return ALL_TOOLS if ALL_TOOLS in known else known[0]
    if wanted not in known:
        raise WrongUse(
            f"Policy {policy.policy_id} is not evaluated in a scope {wanted!r}; known are {', '.join(known)}."
        )
    return wanted


def tool_modes_of(rules: duckdb.DuckDBPyConnection, scope: str) -> list[tuple[str, str]]:
    """The (tool, mode) pairs that count within a scope."""
    return rules.execute(
        """
        select distinct tool_modes.tool_id, tool_modes.mode_code
        from scopes
        left join scope_modes using (scope_code)
        inner join tool_modes
            on tool_modes.tool_id = scopes.tool_id
            or (scopes.tool_id is null and tool_modes.mode_code = scope_modes.mode_code)
        where scopes.scope_code = ?
        order by all
        """,
        [scope],
    ).fetchall()


def is_one_tool(rules: duckdb.DuckDBPyConnection, scope: str) -> bool:
    """Whether a scope is one tool alone, whose own floors then hold."""
    found = rules.execute("select tool_id from scopes where scope_code = ?", [scope]).fetchone()
    return found is not None and found[0] is not None
