"""A small candidate that passes every check of the gate: 40 people, three tools, nine weeks, one night.

What is planted into it to make a check fail belongs to the tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from data_quality.frames import DATABASES
from data_quality.published_contract import TABLES
from orchestration.home import PROJECT_ROOT

NOW = datetime(2026, 3, 31, 2, 30, tzinfo=UTC).replace(tzinfo=None)
AS_OF = "date '2026-03-30'"  # a Monday
FIRST = "date '2026-01-26'"
CANARY = "wilhelmina.canary@bank.example"
SEED = PROJECT_ROOT / "dbt_project/seeds/gate/gate_thresholds.csv"


@dataclass(frozen=True)
class Candidate:
    """The directory with the three files and the scratch database of its run."""

    directory: Path
    scratch: Path

    def run(self, *statements: str) -> None:
        """Execute statements on the candidate, its databases attached under the names the gate uses."""
        with duckdb.connect(":memory:") as connection:
            for name, file in DATABASES.items():
                connection.execute(f"attach '{self.directory / file}' as {name}")
            connection.execute(f"attach '{self.scratch}' as scratch")
            for statement in statements:
                connection.execute(statement)

    def copy_to(self, target: Path) -> Candidate:
        """The same candidate in another directory."""
        shutil.copytree(self.directory, target / "candidate")
        shutil.copy(self.scratch, target / "scratch.duckdb")
        return Candidate(target / "candidate", target / "scratch.duckdb")


def build(target: Path) -> Candidate:
    """A candidate that passes every check, with a made-up e-mail as canary in the identity file."""
    (target / "candidate").mkdir(parents=True)
    candidate = Candidate(target / "candidate", target / "scratch.duckdb")
    candidate.run(*_tables(), *_DIMENSIONS, *_FACTS, *_OPS, *_SCRATCH)
    return candidate


def _tables() -> Iterable[str]:
    for table in TABLES:
        columns = ", ".join(f"{column} {_type(column)}" for column in table.columns)
        yield f"create schema if not exists {table.database}.{table.schema}"
        yield f"create table {table.qualified_name} ({columns})"


def _type(column: str) -> str:
    by_suffix = {
        "_count": "bigint",
        "_days": "integer",
        "_usd": "decimal(18, 6)",
        "_fraction": "decimal(9, 6)",
        "_share": "decimal(5, 4)",
        "_date": "date",
        "_at": "timestamp",
        "_value": "double",
        "_number": "bigint",
    }
    if column in ("valid_from", "valid_to", "effective_from", "effective_to"):
        return "date"
    if column.startswith("is_"):
        return "boolean"
    if column in ("depth", "tier_rank", "policy_version"):
        return "integer"
    return next((kind for suffix, kind in by_suffix.items() if column.endswith(suffix)), "varchar")


_PEOPLE = "(select 'key-' || person as employee_key, person from range(40) as people (person))"
_TOOLS = """(values ('claude_code', 'agent'), ('github_copilot', 'completion'), ('chatgpt', 'chat'))
    as tools (tool_id, mode_code)"""
_REBUILT = f"(select {AS_OF} - day::integer as activity_date from range(4) as days (day))"

_DIMENSIONS = (
    f"""insert into adoption.marts.dim_employee by name
    select employee_key, date '2020-01-06' as valid_from, true as is_current, 'US' as country_code,
        case when person > 0 then 'key-0' end as manager_key, 1 as fte_fraction, 'active' as employment_status
    from {_PEOPLE}""",
    """insert into adoption.marts.dim_reporting_line
    select 'key-0', employee_key, 1, date '2020-01-06', null from adoption.marts.dim_employee
    where manager_key is not null""",
    f"""insert into adoption.marts.dim_tool
    select tool_id, 'vendor', 'product', 'category' from {_TOOLS}""",
    f"insert into adoption.marts.dim_usage_mode select mode_code, mode_code, 'floor' from {_TOOLS}",
    f"insert into adoption.marts.dim_date values ({AS_OF}, 'US', {AS_OF}, true, null)",
    """insert into adoption.marts.dim_tier by name
    select 'standard_28d' as policy_id, 1 as policy_version, tier_code, tier_rank,
        date '2024-01-01' as effective_from
    from (values ('heavy', 4), ('moderate', 3), ('light', 2), ('none', 1), ('unknown', null),
        ('not_rated', null)) as tiers (tier_code, tier_rank)""",
    """insert into adoption.marts.dim_tier_scope by name
    select 'standard_28d' as policy_id, scope_code, scope_code as scope_name
    from (values ('all'), ('coding'), ('chat_document')) as scopes (scope_code)""",
    f"""insert into adoption.marts.dim_employee_tier by name
    select 'standard_28d' as policy_id, 1 as policy_version, scope_code, employee_key,
        'light' as tier_code, 'light' as tier_low_code, 'heavy' as tier_high_code, false as is_firm,
        date '2026-03-02' as valid_from, true as is_current
    from {_PEOPLE}, (values ('all'), ('coding'), ('chat_document')) as scopes (scope_code)""",
    f"""insert into adoption.marts.dim_employee_tool by name
    select employee_key, tool_id, date '2026-03-30' as last_used_date from {_PEOPLE}, {_TOOLS}""",
    f"""insert into identity.marts.employee_identity by name
    select employee_key, '10' || person as employee_id, '{CANARY}' as work_email,
        'Wilhelmina Canary' as display_name
    from {_PEOPLE}""",
)

_FACTS = (
    f"""insert into adoption.marts.fct_employee_tool_daily by name
    select employee_key, tool_id, activity_date, true as is_active, true as is_substantive, 5 as prompt_count,
        case when tool_id = 'claude_code' then 1.25 end as list_cost_usd, true as is_provisional
    from {_PEOPLE}, {_TOOLS}, {_REBUILT}""",
    f"""insert into adoption.marts.fct_employee_tool_mode_daily
    select employee_key, tool_id, activity_date, mode_code, true, true, 'count', 5
    from {_PEOPLE}, {_TOOLS}, {_REBUILT}""",
    f"""insert into adoption.marts.fct_employee_tool_model_daily by name
    select employee_key, 'claude_code' as tool_id, activity_date, 'model' as model_name, 7 as request_count
    from {_PEOPLE}, {_REBUILT}""",
    f"""insert into adoption.marts.fct_employee_engagement_daily
    select employee_key, day::date, 'active', case when isodow(day) < 6 then 1 else 0 end, true, 3, 15,
        1.25, day > {AS_OF} - interval 3 day
    from {_PEOPLE}, generate_series({FIRST}, {AS_OF}, interval 1 day) as days (day)""",
    """insert into adoption.marts.fct_employee_tier_weekly by name
    select policy_id, scope_code, employee_key, date '2026-03-23' as week_start_date, tier_code,
        tier_low_code, tier_high_code, 20 as expected_day_count, 20 as observed_day_count,
        5 as active_day_count, 3 as substantive_day_count, 1 as coverage_fraction
    from adoption.marts.dim_employee_tier""",
)

# 200 records a feed and day, of which 4 are unresolved and none is rejected; the workforce once a week.
_OPS = (
    f"""insert into adoption.ops.reconciliation
    select tool_id, 'feed', day::date, 200, 190, 4, 0, 4, 2
    from {_TOOLS}, generate_series({FIRST}, {AS_OF}, interval 1 day) as days (day)
    union all
    select 'hr', 'workers', day::date, 40, 40, 0, 0, 0, 0
    from generate_series({FIRST}, {AS_OF}, interval 7 day) as days (day)""",
    """insert into adoption.ops.feed_coverage
    select source, feed, activity_date, source || '-' || activity_date from adoption.ops.reconciliation""",
    """insert into adoption.ops.load_file
    select source || '-' || activity_date, source, feed, 'landed', record_count
    from adoption.ops.reconciliation""",
    """insert into shared.marts.feed_freshness
    select distinct source, feed, 1 from adoption.ops.reconciliation""",
    f"insert into adoption.ops.gate_threshold select * from read_csv('{SEED}')",
)

_SCRATCH = (
    "create schema scratch.run",
    f"""create table scratch.run.run_window as
    select 'run' as run_id, {AS_OF} as as_of_date, date '2026-03-29' as previous_as_of_date,
        {FIRST} as first_date, 2 as generation_number""",
    f"create table scratch.main.int_touched_date as select activity_date from {_REBUILT}",
    """create table scratch.run.delivery as
    select source || '-' || activity_date as delivery_id, source, feed, record_count,
        0::bigint as rejected_count, activity_date as covers_from, activity_date as covers_to,
        activity_date = date '2026-03-30' as is_pending
    from adoption.ops.reconciliation""",
    """create table scratch.run.delivery_date as
    select delivery_id, covers_from as activity_date, record_count from scratch.run.delivery""",
    "create table scratch.main.int_excluded_key (employee_key varchar)",
    "insert into scratch.main.int_excluded_key values ('key-excluded')",
    "create table scratch.main.int_manager_cycle (employee_key varchar, manager_key varchar)",
    f"""create table scratch.main.int_figure_judgement as
    select {AS_OF} as activity_date, scope_kind, scope_name, tool_id, measure_name, member_name, usual_value,
        usual_value as figure_value, 0.0 as deviation, 0.0 as excess
    from (values
        ('company', '', 'claude_code', 'client_share', 'vscode', 0.6::double),
        ('company', '', 'claude_code', 'client_share', 'tmux', 0.20),
        ('company', '', 'any', 'active_people', '', 0.50),
        ('line_of_business', 'Markets', 'chatgpt', 'cost_per_person', '', 1.25)
    ) as figures (scope_kind, scope_name, tool_id, measure_name, member_name, usual_value)""",
    "create table scratch.main.int_agreement_span as select 'A-1' as agreement_id",
)
