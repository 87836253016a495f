"""`make bench`: one night's tiers of all policies for a drawn bank, with 30, 130 and 730 days of history.

A night on which no week has settled evaluates the policies that count in days, four tiers a person, and lets
those that count in weeks hold on; once a week it evaluates all nine, with five more as of the Sunday.

What stands before the engine's models is filled by tier_night_inputs.sql; docs/measured.md has the figures.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from datetime import date
from pathlib import Path

import duckdb

from orchestration.home import EMPLOYEE_FILE, Home
from orchestration.transformation import dbt_run
from tests.benchmarks.week_engine import SEEDS, model_seconds, run_dbt
from tests.warehouse import KEY

PEOPLE = 65_000
MONDAY, WEDNESDAY = date(2026, 3, 30), date(2026, 4, 1)
TIERS = {MONDAY: 4, WEDNESDAY: 14}
HISTORIES = (30, 130, 730)
MODELS = (
    *("int_touched_cutoff", "int_tier_due", "int_scope_tool_mode", "int_tier_subject"),
    *("int_tier_person", "int_window_slice", "int_slice", "int_scope_slice", "int_scope_day"),
    *("int_day_set_slice", "int_person_week", "int_slice_expected", "int_access_span"),
    *("int_missing_tool_day", "int_slice_mark", "int_off_day_stand_in", "int_slice_use", "int_window_access"),
    *("int_policy_window_use", "int_window_weight", "int_tier_evidence", "int_tier_group"),
    *("int_tier_score_figure", "int_tier_score", "int_tier_decided", "int_tier_evaluated"),
)
INPUTS = Path(__file__).with_name("tier_night_inputs.sql")


def night(people: int, as_of: date, days: int, folder: Path) -> tuple[float, dict[str, float]]:
    """Seconds from the start of the first model to the end of the last, and of each model."""
    home = Home(folder)
    home.candidate.mkdir(parents=True)
    key = folder / "pseudonym.key"
    key.write_text(KEY)
    key.chmod(0o600)
    dbt_run.ensure_manifest(home)
    run_dbt(home, key, "seed", "--select", *SEEDS, "tool_feeds")
    values = {"$as_of": f"date '{as_of}'", "$people": str(people), "$days": str(days)}
    text = INPUTS.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    with duckdb.connect(str(home.scratch)) as connection:
        connection.execute(f"attach '{home.candidate / EMPLOYEE_FILE}' as adoption")
        connection.execute(text)
    os.sync()  # history was written long before the night that is measured
    run_dbt(home, key, "run", "--select", *MODELS)
    wall, seconds = model_seconds(home)
    with duckdb.connect(str(home.scratch), read_only=True) as connection:
        (count,) = connection.execute("select count(*) from int_tier_decided").fetchone() or (0,)
    assert count == people * TIERS[as_of]
    return wall, seconds


def main() -> None:
    """Print both nights, their ratio, the largest models and the peak of dbt's process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    arguments = parser.parse_args()
    for as_of in (MONDAY, WEDNESDAY):
        found = {}
        for days in HISTORIES:
            with tempfile.TemporaryDirectory() as folder:
                found[days], models = night(arguments.people, as_of, days, Path(folder))
            largest = sorted(models.items(), key=lambda item: -item[1])[:6]
            print(
                f"{arguments.people} people, {as_of:%A}, {TIERS[as_of]} tiers each, {days} days of history: "
                f"{found[days]:.1f} s; goal 4 s"
            )
            print("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in largest))
        for days in HISTORIES[:-1]:
            ratio = found[HISTORIES[-1]] / found[days]
            print(f"{HISTORIES[-1]} days of history against {days}: {ratio:.2f} times; goal 1.10")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak of dbt's process: {peak} MiB")


if __name__ == "__main__":
    main()
