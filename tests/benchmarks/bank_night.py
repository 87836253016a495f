"""`make bench`: a night of a drawn bank from its raw files to the published generation, through the command
line, with 30 and with 730 days of history, against a bare DuckDB query that makes the daily facts alone.

The bank is drawn by bank_home.py, the bare query is bank_facts.sql; docs/performance.md has the figures.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.home import EMPLOYEE_FILE, PROJECT_ROOT, Home
from tests import warehouse
from tests.benchmarks import bank_files, bank_home, bank_queries, process_tree
from tests.benchmarks.process_tree import Finished

FACTS = Path(__file__).with_name("bank_facts.sql")
# The night before the one that is measured finds a history that was put together, not one that nights left.
BEFORE, NIGHT = bank_home.LAST + timedelta(days=1), bank_home.LAST + timedelta(days=2)
WEEKS = {30: 3, 730: 102}
GOAL_HISTORY, GOAL_FACTS, GOAL_MEBIBYTES, GOAL_TENFOLD = 1.15, 3, 4096, 11
_STAGES = re.compile(r"([a-z][a-z-]*) ([0-9.]+) s")
_LAST_FACTS = "model.adoption.fct_employee_engagement_daily"


@dataclass(frozen=True)
class Night:
    """One night: what the command line was like from outside, seconds of its stages as it prints them, and
    from dbt's first model to the end of the daily facts.
    """

    finished: Finished
    stages: dict[str, float]
    facts_seconds: float

    @property
    def to_facts(self) -> float:
        """Seconds of landing and of all models up to the daily facts."""
        return self.stages["landing"] + self.facts_seconds


def night(home: Path, day: date) -> Night:
    """Run a night whose files lie in the inbox."""
    command = [*warehouse.COMMAND, "nightly", "--date", day.isoformat(), "--home", str(home)]
    finished = process_tree.run(command)
    assert finished.status == 0, finished.output
    times = finished.output[finished.output.index("\nTime ") :]
    times = times[: times.index("\nPublished")]
    stages = {name: float(seconds) for name, seconds in _STAGES.findall(" ".join(times.split()))}
    return Night(finished, stages, _facts_seconds(home))


def _facts_seconds(home: Path) -> float:
    results = json.loads((Home(home).dbt_target / "run_results.json").read_bytes())["results"]
    started = min(_moments(result, "started_at")[0] for result in results if result["timing"])
    (facts,) = (result for result in results if result["unique_id"] == _LAST_FACTS)
    return (max(_moments(facts, "completed_at")) - started).total_seconds()


def _moments(result: dict[str, list[dict[str, str]]], name: str) -> list[datetime]:
    return [datetime.fromisoformat(timing[name]) for timing in result["timing"]]


def bare_facts(home: Path, day: date) -> tuple[float, list[tuple[object, ...]]]:
    """Seconds of the bare query over a night's files; people and sums of each tool."""
    text = FACTS.read_text(encoding="utf-8").replace("$inbox", str(home / "inbox")).replace("$day", str(day))
    with duckdb.connect(config={"threads": "2"}) as connection:
        connection.execute("set enable_progress_bar = false")
        started = time.monotonic()
        connection.execute(text)
        seconds = time.monotonic() - started
        return seconds, connection.execute(_SUMS.format(table="bare_fact", where="true")).fetchall()


_SUMS = """
    select
        tool_id, count(*), sum(intentional_action_count), sum(input_token_count), sum(output_token_count),
        sum(list_cost_usd::decimal(18, 6))
    from {table} where {where} group by tool_id order by tool_id
"""


def published_facts(home: Path, day: date) -> list[tuple[object, ...]]:
    """The same of the published table."""
    with duckdb.connect(str(warehouse.current(home) / EMPLOYEE_FILE), read_only=True) as connection:
        where = f"activity_date = date '{day}'"
        return connection.execute(_SUMS.format(table="marts.fct_employee_tool_daily", where=where)).fetchall()


def _size(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e9


def _show(what: str, found: Night) -> None:
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in found.stages.items())
    print(
        f"{what}: {found.finished.seconds:.1f} s; {stages}; landing to daily facts {found.to_facts:.1f} s; "
        f"largest process {found.finished.peak_mebibytes} MiB, all together "
        f"{found.finished.peak_together_mebibytes} MiB (goal {GOAL_MEBIBYTES})",
        flush=True,
    )


def measured(root: Path, people: int, histories: tuple[int, ...]) -> dict[int, Night]:
    """A home for each history, and the night on each."""
    base = root / "base"
    bank_home.first_nights(base, people)
    found = {}
    for days in histories:
        home = Path(shutil.copytree(base, root / f"days{days}", symlinks=True))
        bank_home.put_before(home, WEEKS[days])
        bank_files.draw(home, people, BEFORE)
        night(home, BEFORE)
        bank_files.draw(home, people, NIGHT)
        found[days] = night(home, NIGHT)
        generation = _size(warehouse.current(home))
        _show(f"{people} people, {days} days of history ({generation:.2f} GB)", found[days])
    shutil.rmtree(base)
    return found


def against_pandas(home: Path, found: Night) -> None:
    """Print what plain pandas takes for the same facts; the sums are equal."""
    inbox = home / "inbox"
    pandas = process_tree.run(
        [sys.executable, "-m", "tests.benchmarks.bank_pandas", str(inbox), NIGHT.isoformat()],
        cwd=PROJECT_ROOT,
    )
    assert pandas.status == 0, pandas.output
    sums = {row[0]: row[1:] for row in published_facts(home, NIGHT)}
    for tool, said in json.loads(pandas.output.splitlines()[-1]).items():
        values = [None if value is None else Decimal(value) for value in said]
        assert values == [None if value is None else Decimal(str(value)) for value in sums[tool]], tool
    print(
        f"plain pandas to the same daily facts: {pandas.seconds:.1f} s, {pandas.peak_mebibytes} MiB; "
        f"{pandas.seconds / found.to_facts:.1f} times ours (goal 10) and "
        f"{pandas.peak_mebibytes / found.finished.peak_mebibytes:.1f} times its memory (goal 4)"
    )


def against_bare(home: Path, found: Night) -> None:
    """Print what a bare query takes for the same facts; the sums are equal."""
    seconds, bare = bare_facts(home, NIGHT)
    assert bare == published_facts(home, NIGHT), "the bare query found other facts than the warehouse"
    print(
        f"bare query to the same daily facts: {seconds:.1f} s; landing to daily facts "
        f"{found.to_facts / seconds:.1f} times (goal {GOAL_FACTS})"
    )


def main() -> None:
    """Print the night with either history, its ratios to bare DuckDB and to pandas, the questions of a BI
    tool, the night in 1 GB, and the night of a tenth.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=bank_files.PEOPLE)
    people = parser.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), people, tuple(WEEKS))
        last = Path(folder) / "days730"
        ratio = found[730].finished.seconds / found[30].finished.seconds
        print(f"730 days of history against 30: {ratio:.2f} times (goal {GOAL_HISTORY})", flush=True)
        against_bare(last, found[730])
        against_pandas(last, found[730])
        bank_queries.show(last)
        warehouse.succeed(last, "rollback")
        (last / "adoption.toml").write_text(bank_home.SETTINGS.format(memory_limit="1GB"), encoding="utf-8")
        _show("the same with memory_limit 1GB, landed before", night(last, NIGHT))
    with tempfile.TemporaryDirectory() as folder:
        tenth = measured(Path(folder), people // 10, (30,))[30]
    ratio = found[30].finished.seconds / tenth.finished.seconds
    print(f"the night ten times as large: {ratio:.1f} times (goal {GOAL_TENFOLD})")


if __name__ == "__main__":
    main()
