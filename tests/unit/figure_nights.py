"""Nights of the drift guard alone: the SQL of its models, as dbt compiles it, on tables in memory.

Which figures a night observes belongs to the tests; nothing here decides what is usual.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE, PROJECT_ROOT, SHARED_FILE, Home
from tests import warehouse

MODELS = ("int_usage_figure", "int_figure_day", "int_figure_judgement", "int_kept_figure")
OBSERVED = (
    "activity_date date, scope_kind varchar, scope_name varchar, tool_id varchar, measure_name varchar, "
    "member_name varchar, total_value decimal(24, 6), person_count bigint, "
    "expected_fraction decimal(9, 6), standard_error double"
)
FOUND = "usual_value double, lowest_value double, highest_value double, deviation double, is_off boolean"
Row = tuple[Any, ...]


def compile_models(root: Path) -> None:
    """Leave the SQL of the models in `models.json`, as dbt compiles it where figures stand published."""
    home = Home(root)
    home.candidate.mkdir(parents=True)
    for path in (home.scratch, *(home.candidate / name for name in (SHARED_FILE, IDENTITY_FILE))):
        duckdb.connect(str(path)).close()
    with duckdb.connect(str(home.candidate / EMPLOYEE_FILE)) as connection:
        connection.execute(f"create schema ops; create table ops.usage_figure ({OBSERVED}, {FOUND})")
    key = root / "pseudonym.key"
    key.write_text(warehouse.KEY)
    key.chmod(0o600)
    compiled = warehouse.dbt(home, "compile", "--select", *MODELS)
    assert compiled.returncode == 0, compiled.stdout
    folder = home.dbt_target / "compiled" / "adoption" / "dbt_project" / "models" / "intermediate" / "drift"
    models = {name: (folder / f"{name}.sql").read_text(encoding="utf-8") for name in MODELS}
    (root / "models.json").write_text(json.dumps(models), encoding="utf-8")


class FigureNights:
    """The tables between the figures a night observes and those that stand published."""

    def __init__(self, models: Mapping[str, str]) -> None:
        self.models = models
        # of tables this small a second thread costs more than it gives
        self.connection = duckdb.connect(config={"threads": 1})
        self.run(
            "attach ':memory:' as scratch",
            "attach ':memory:' as adoption",
            "create schema scratch.run",
            "create schema adoption.ops",
            "create schema adoption.marts",
            f"create table scratch.main.int_usage_figure ({OBSERVED})",
            f"create table adoption.ops.usage_figure ({OBSERVED}, {FOUND})",
        )
        seed = PROJECT_ROOT / "dbt_project" / "seeds" / "gate" / "gate_thresholds.csv"
        self.run(f"create table scratch.main.gate_thresholds as from read_csv('{seed}')")

    def run(self, *statements: str) -> None:
        """Execute statements."""
        for statement in statements:
            self.connection.execute(statement)

    def begin(self, as_of: date, previous: date | None, touched: Collection[date]) -> None:
        """Say which night it is and which dates it touches."""
        self.connection.execute(
            "create or replace table scratch.run.run_window as select ?::date as as_of_date, "
            "?::date as previous_as_of_date, ?::timestamp as built_at",
            [as_of, previous, as_of + timedelta(days=1)],
        )
        self.connection.execute(
            "create or replace table scratch.main.int_touched_date as "
            "select unnest(?::date[]) as activity_date",
            [list(touched)],
        )

    def judge(self) -> list[Row]:
        """(scope, measure, tool, member, date) of every figure of the night that is off."""
        self.build("int_figure_day")
        self.build("int_figure_judgement")
        return self.connection.execute(
            "select scope_name, measure_name, tool_id, member_name, activity_date "
            "from scratch.main.int_figure_judgement where is_off order by all"
        ).fetchall()

    def publish(self) -> None:
        """Take the night that was judged last into force, released if anything of it is off."""
        self.build("int_kept_figure")
        self.run(
            "delete from adoption.ops.usage_figure where activity_date in "
            "(select activity_date from scratch.main.int_touched_date)",
            "insert into adoption.ops.usage_figure by name from scratch.main.int_kept_figure",
        )

    def build(self, model: str) -> None:
        """Run one model into its table."""
        self.run(f"create or replace table scratch.main.{model} as {self.models[model]}")
