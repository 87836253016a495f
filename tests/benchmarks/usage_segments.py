"""`make bench`: the engine's week policies against `vivainsights` on the same drawn weeks, in one run.

Fails where one row differs. What the figures mean stands in docs/measured.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.benchmarks import package_segments, person_weeks, week_engine
from tests.peak_memory import peak_kibibytes

PEOPLE, WEEKS, SEED = 65_000, 52, 20261122
COMMAND = (sys.executable, "-m", "tests.benchmarks.usage_segments")


@dataclass(frozen=True)
class Figure:
    """One measured line."""

    what: str
    seconds: float
    peak_mebibytes: int


def package(people: int, weeks: int, target: Path) -> Figure:
    """Both presets by the package, in a process of its own; its segments lie in `target` afterwards."""
    finished = subprocess.run(
        [*COMMAND, "--package", str(target), f"--people={people}", f"--weeks={weeks}"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return Figure("vivainsights, all weeks", found["seconds"], found["peak_mebibytes"])


def _package_process(people: int, weeks: int, target: Path) -> None:
    data = person_weeks.frame(person_weeks.drawn(people, weeks, SEED))
    package_segments.classified(data.head(weeks * 10))  # imports and first calls are not counted
    begin = time.perf_counter()
    found = package_segments.classified(data)
    seconds = time.perf_counter() - begin
    found[["PersonId", "MetricDate", *package_segments.COLUMNS.values()]].to_parquet(target)
    print(json.dumps({"seconds": seconds, "peak_mebibytes": peak_kibibytes() >> 10}))


def engine(
    people: int,
    weeks: int,
    folder: Path,
    *,
    only_last_week: bool,
) -> tuple[Figure, week_engine.Evaluation]:
    """The engine's week models on the same weeks."""
    rows = person_weeks.drawn(people, weeks, SEED)
    found = week_engine.evaluate(rows, folder, only_last_week=only_last_week)
    counted = len(set(rows.person.tolist()))
    what = f"engine, {'newest week' if only_last_week else 'all weeks'}, {counted:,} people"
    return Figure(what, found.seconds, found.peak_mebibytes), found


def compared(evaluation: week_engine.Evaluation, segments: Path) -> tuple[int, int]:
    """How many of our tiers were compared with the package's, and how many differ."""
    with duckdb.connect(str(evaluation.scratch), read_only=True) as connection:
        row = connection.execute(
            f"""
            with package as (
                unpivot (from read_parquet('{segments}'))
                on UsageSegments_12w as viva_12w, UsageSegments_4w as viva_4w
                into name policy_id value segment
            )
            select count(*), count(case when rules.tier_name is distinct from package.segment then 1 end)
            from int_tier_evaluated as tiers
            inner join tier_rules as rules using (policy_id, policy_version, tier_code)
            left join package
                on package.policy_id = tiers.policy_id
                and package.PersonId = cast(substr(tiers.employee_key, 8) as bigint)
                and cast(package.MetricDate as date) = tiers.as_of_date - 6
            """
        ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def main() -> None:
    """Prints a line a measurement; leaves with 1 where a tier differs from the package's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--package", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.package:
        _package_process(chosen.people, chosen.weeks, chosen.package)
        return
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        segments = folder / "segments.parquet"
        newest, newest_tiers = engine(chosen.people, chosen.weeks, folder / "newest", only_last_week=True)
        whole, whole_tiers = engine(chosen.people, chosen.weeks, folder / "whole", only_last_week=False)
        theirs = package(chosen.people, chosen.weeks, segments)
        results = [compared(found, segments) for found in (newest_tiers, whole_tiers)]
    print(f"{chosen.people:,} people x {chosen.weeks} weeks, both presets")
    for figure in (theirs, newest, whole):
        print(f"{figure.what:38} {figure.seconds:8.2f} s  peak {figure.peak_mebibytes:6,} MiB")
    print(f"newest week: {theirs.seconds / newest.seconds:.1f} times as fast as the package")
    for figure, (count, different) in zip((newest, whole), results, strict=True):
        print(f"{figure.what:38} {different:,} of {count:,} tiers differ")
    sys.exit(any(different for _, different in results))


if __name__ == "__main__":
    main()
