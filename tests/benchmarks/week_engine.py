"""Runs the engine's own models on given weeks: what stands before them is filled, dbt builds them.

The weeks come from person_weeks.py. No rule is repeated here; policies and tiers are the project's seeds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.home import PROJECT_ROOT, Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_run
from tests.benchmarks.person_weeks import MONDAY, PersonWeeks
from tests.warehouse import KEY

SEEDS = (
    *("tier_policies", "tier_policy_scopes", "tier_rules", "tier_score_parts"),
    *("scopes", "scope_modes", "tools", "tool_modes"),
)
NUMBERS = ("int_window_slice", "int_scope_tool_mode")
WEEK_MODELS = (
    *("int_policy_window_use", "int_window_weight", "int_tier_evidence"),
    *("int_tier_group", "int_tier_score_figure", "int_tier_score", "int_tier_decided", "int_tier_evaluated"),
)
# A process takes over the peak of the one it was started from: a small one in between has none worth naming.
_MEASURED = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)
sys.exit(status)
"""
DUE = Path(__file__).with_name("week_engine_due.sql")
INPUTS = Path(__file__).with_name("week_engine_inputs.sql")


@dataclass(frozen=True)
class Evaluation:
    """What the engine made of the weeks: where its tables lie, how long its models took, and dbt's peak."""

    scratch: Path
    seconds: float
    peak_mebibytes: int


def evaluate(rows: PersonWeeks, folder: Path, *, only_last_week: bool = False) -> Evaluation:
    """Tiers of both policies as of the Sunday of each week of a person, or of the last week alone."""
    home = Home(folder)
    home.candidate.mkdir(parents=True)
    key = folder / "pseudonym.key"
    key.write_text(KEY)
    key.chmod(0o600)
    dbt_run.ensure_manifest(home)
    run_dbt(home, key, "seed", "--select", *SEEDS)
    _fill(home, rows, DUE, only_last_week=only_last_week)
    run_dbt(home, key, "run", "--select", *NUMBERS)
    _fill(home, rows, INPUTS, only_last_week=only_last_week)
    peak = run_dbt(home, key, "run", "--select", *WEEK_MODELS)
    seconds, _ = model_seconds(home)
    return Evaluation(home.scratch, seconds + read_seconds(home), peak)


def model_seconds(home: Home) -> tuple[float, dict[str, float]]:
    """Wall seconds of dbt's last command from the start of the first model to the end of the last, and the
    seconds of each, of which two run at a time.
    """
    results = [
        result
        for result in json.loads((home.dbt_target / "run_results.json").read_bytes())["results"]
        if result["unique_id"].startswith("model.")
    ]
    times = [
        datetime.fromisoformat(timing[moment])
        for result in results
        for timing in result["timing"]
        for moment in ("started_at", "completed_at")
    ]
    seconds = {result["unique_id"].split(".")[-1]: result["execution_time"] for result in results}
    return (max(times) - min(times)).total_seconds(), seconds


def read_seconds(home: Home) -> float:
    """Seconds to read every tier by name, as whoever publishes them does: the last model is a view."""
    with duckdb.connect(str(home.scratch), read_only=True, config={"threads": "2"}) as connection:
        start = time.monotonic()
        connection.execute(
            "create temp table named as select policy_id, scope_code, employee_key, as_of_date, tier_code, "
            "tier_low_code, tier_high_code, is_firm, reason_code from int_tier_evaluated"
        )
        return time.monotonic() - start


def run_dbt(home: Home, key: Path, *arguments: str) -> int:
    """Run one dbt command on a home; the peak of its process in MiB. What it printed says why it failed."""
    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            _MEASURED,
            *dbt_run.executable_prefix(),
            *arguments,
            "--log-level-file",
            "info",
        ],
        cwd=PROJECT_ROOT,
        env=os.environ | dbt_run.dbt_environment(home, Settings(), key),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    return int(finished.stderr.splitlines()[-1])


def _fill(home: Home, rows: PersonWeeks, sql: Path, *, only_last_week: bool) -> None:
    """Create what stands before the next models, in the scratch database."""
    columns = {
        name: getattr(rows, name) for name in ("person", "week", "actions", "is_expected", "is_missing")
    }
    text = sql.read_text(encoding="utf-8").replace("$monday", f"date '{MONDAY}'")
    with duckdb.connect(str(home.scratch)) as connection:
        connection.register("given", columns)
        connection.execute(text.replace("$only_last_week", str(only_last_week).lower()))


def tiers(
    evaluation: Evaluation,
) -> dict[tuple[int, int, str], tuple[str, str | None, str | None, str | None]]:
    """(person, week, policy) to (tier_name, low name, high name, reason)."""
    with duckdb.connect(str(evaluation.scratch), read_only=True) as connection:
        found = connection.execute(
            f"""
            select
                cast(substr(tiers.employee_key, 8) as bigint),
                (tiers.as_of_date - 6 - date '{MONDAY}') // 7,
                tiers.policy_id,
                rules.tier_name,
                low.tier_name,
                high.tier_name,
                tiers.reason_code
            from int_tier_evaluated as tiers
            inner join tier_rules as rules using (policy_id, policy_version, tier_code)
            left join tier_rules as low
                on low.policy_id = tiers.policy_id
                and low.policy_version = tiers.policy_version
                and low.tier_code = tiers.tier_low_code
            left join tier_rules as high
                on high.policy_id = tiers.policy_id
                and high.policy_version = tiers.policy_version
                and high.tier_code = tiers.tier_high_code
            """
        ).fetchall()
    result = {(row[0], row[1], row[2]): (row[3], row[4], row[5], row[6]) for row in found}
    assert len(result) == len(found)
    return result
