"""`make bench`: twelve questions of a BI tool over two published years of a drawn bank, each on a cold file.

The questions stand in bank_queries.sql; the home comes from bank_home.py.
"""

from __future__ import annotations

import os
import re
import time
from datetime import timedelta
from pathlib import Path

import duckdb

from orchestration.home import EMPLOYEE_FILE
from tests import warehouse
from tests.benchmarks import bank_home

QUERIES = Path(__file__).with_name("bank_queries.sql")
RUNS = 20
GOAL_MILLISECONDS = 150


def queries(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What is asked and how, for the bank in a file."""
    (manager, person) = connection.execute(
        """
        select manager_key, min(employee_key) from marts.dim_reporting_line
        where depth = 1 group by manager_key order by count(*) desc, manager_key limit 1
        """
    ).fetchone() or ("", "")
    (week,) = connection.execute(
        "select max(week_start_date) from marts.fct_employee_tier_weekly"
    ).fetchone() or ("",)
    text = QUERIES.read_text(encoding="utf-8")
    for name, value in {
        "$last": bank_home.LAST + timedelta(days=2),
        "$manager": manager,
        "$person": person,
        "$week": week,
    }.items():
        text = text.replace(name, str(value))
    return dict(re.findall(r"^-- (.+)\n((?:(?!--).*\n)+)", text, flags=re.MULTILINE))


def forget(file: Path) -> None:
    """Make the next reader fetch the file from the disk."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def milliseconds(file: Path, query: str) -> list[float]:
    """Of some runs, each in a connection of its own on a file that is not in memory, the opening included."""
    found = []
    for _ in range(RUNS):
        forget(file)
        started = time.perf_counter()
        with duckdb.connect(str(file), read_only=True, config={"threads": "2"}) as connection:
            connection.execute(query).fetchall()
        found.append((time.perf_counter() - started) * 1000)
    return sorted(found)


def show(home: Path) -> None:
    """Print the median and the 95th percentile of each question."""
    file = warehouse.current(home) / EMPLOYEE_FILE
    with duckdb.connect(str(file), read_only=True) as connection:
        asked = queries(connection)
    for what, query in asked.items():
        found = milliseconds(file, query)
        print(
            f"{what}: median {found[RUNS // 2]:.0f} ms, p95 {found[int(RUNS * 0.95) - 1]:.0f} ms "
            f"(goal {GOAL_MILLISECONDS})",
            flush=True,
        )
