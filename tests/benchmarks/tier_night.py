"""`make bench`: one night's tiers of all policies for a drawn bank, with 30, 130 and 730 days of history.

A night on which no week has settled evaluates the policies that count in days, four tiers a person, and lets
those that count in weeks hold on; once a week it evaluates all nine, with five more as of the Sunday.

What stands before the engine's models is filled by tier_night_inputs.sql; docs/measured.md has the figures.
"""

from __future__ import annotations

import argparse
import multiprocessing
import operator
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.home import EMPLOYEE_FILE, Home
from orchestration.transformation import dbt_run
from tests.benchmarks.week_engine import SEEDS, model_seconds, read_seconds, run_dbt
from tests.warehouse import KEY

PEOPLE = 65_000
MONDAY, WEDNESDAY = date(2026, 3, 30), date(2026, 4, 1)
TIERS = {MONDAY: 4, WEDNESDAY: 14}
HISTORIES = (30, 130, 730)
# the first leaves the weeks that a night finds known, all but the newest, which a touched date makes unknown;
# the machine is shared: the best of them is the night without its neighbours
RUNS = 3
MODELS = (
    *("int_touched_cutoff", "int_tier_due", "int_scope_tool_mode", "int_tier_subject", "person_number"),
    *("int_tier_person", "int_window_slice", "int_slice", "int_kept_week", "int_scope_slice"),
    *("int_scope_day", "int_window_week", "int_day_set_slice", "int_computed_person_week", "person_week"),
    *("int_person_week", "int_slice_expected", "int_access_span", "int_missing_tool_day"),
    *("int_slice_mark", "int_off_day_stand_in", "int_computed_slice_use", "person_week_use"),
    *("int_slice_use", "int_window_access"),
    *("int_policy_window_use", "int_window_weight", "int_tier_evidence", "int_tier_group"),
    *("int_tier_score_figure", "int_tier_score", "int_tier_decided", "int_tier_evaluated"),
)
INPUTS = Path(__file__).with_name("tier_night_inputs.sql")


@dataclass(frozen=True)
class Night:
    """Seconds from the start of the first model to the end of the last, with reading all tiers by name;
    seconds of each model, and the peak of dbt's process.
    """

    seconds: float
    model_seconds: dict[str, float]
    peak_mebibytes: int


def _fill(scratch: Path, employee_file: Path, text: str) -> None:
    with duckdb.connect(str(scratch)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"attach '{employee_file}' as adoption")
        connection.execute(text)


def night(people: int, as_of: date, days: int, folder: Path) -> Night:
    """The best of some runs of one night."""
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
    # in a process of its own, whose gigabytes go with it
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as filler:
        filler.submit(_fill, home.scratch, home.candidate / EMPLOYEE_FILE, text).result()
    os.sync()  # history was written long before the night that is measured
    runs = []
    for _ in range(RUNS):
        peak = run_dbt(home, key, "run", "--select", *MODELS)
        wall, seconds = model_seconds(home)
        runs.append(Night(wall + read_seconds(home), seconds, peak))
    with duckdb.connect(str(home.scratch), read_only=True) as connection:
        (count,) = connection.execute("select count(*) from int_tier_evaluated").fetchone() or (0,)
    assert count == people * TIERS[as_of]
    return min(runs, key=operator.attrgetter("seconds"))


def main() -> None:
    """Print both nights, their ratios, the largest models and the peak of dbt's process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=PEOPLE)
    arguments = parser.parse_args()
    for as_of in (MONDAY, WEDNESDAY):
        found = {}
        for days in HISTORIES:
            with tempfile.TemporaryDirectory() as folder:
                this = found[days] = night(arguments.people, as_of, days, Path(folder))
            largest = sorted(this.model_seconds.items(), key=lambda item: -item[1])[:6]
            print(
                f"{arguments.people} people, {as_of:%A}, {TIERS[as_of]} tiers each, {days} days of history: "
                f"{this.seconds:.1f} s; goal 4 s; peak of dbt's process {this.peak_mebibytes} MiB"
            )
            print("  " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in largest))
        for days in HISTORIES[:-1]:
            ratio = found[HISTORIES[-1]].seconds / found[days].seconds
            print(f"{HISTORIES[-1]} days of history against {days}: {ratio:.2f} times; goal 1.10")


if __name__ == "__main__":
    main()
