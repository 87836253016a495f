"""A home of the drawn bank whose generation holds as many days as wanted.

Ten nights are built for real, and their first week is put before them again and again, in the tables and in
the ledger.

What is measured on it belongs to the benchmarks.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.home import Home
from orchestration.ledger import Ledger
from orchestration.lock import run_lock
from orchestration.publishing import generation, verdict
from orchestration.publishing.manifest import ManifestDraft
from orchestration.publishing.verdict import CheckResult
from tests import warehouse
from tests.benchmarks import bank_files

# A Monday; no holiday of the bank's three countries lies in the nights from it on.
FIRST = date(2026, 2, 2)
LAST = FIRST + timedelta(days=9)
WEEK = timedelta(days=7)
# So far apart are the changes of tier of somebody in the drawn history, in weeks.
WEEKS_A_TIER = 4
SETTINGS = """kept_generations = 2
duckdb_memory_limit = "{memory_limit}"

[sources.chatgpt]
content_access_approval_id = "DPIA-1"
"""
_DAILY = "activity_date"
_WEEKLY = "week_start_date"
# Of the tables that a night adds to: the dates by which the week before is told. All others it makes anew.
DATES = {
    "adoption.marts.fct_employee_engagement_daily": (_DAILY,),
    "adoption.marts.fct_employee_mode_daily": (_DAILY,),
    "adoption.marts.fct_employee_tool_daily": (_DAILY,),
    "adoption.marts.fct_employee_tool_mode_daily": (_DAILY,),
    "adoption.marts.fct_employee_tool_model_daily": (_DAILY,),
    "adoption.marts.fct_employee_tier_weekly": (_WEEKLY,),
    "adoption.ops.contrary_evidence": (_DAILY, "stated_date"),
    "adoption.ops.cross_check": ("from_date", "to_date"),
    "adoption.ops.input_fingerprint": (_DAILY,),
    "adoption.ops.person_week": (_WEEKLY,),
    "adoption.ops.person_week_use": (_WEEKLY,),
    "adoption.ops.reconciliation": (_DAILY,),
    "adoption.ops.uncovered_person_day": (_DAILY,),
    "adoption.ops.unresolved_actor": (_DAILY,),
    "adoption.ops.usage_figure": (_DAILY,),
    "adoption_shared.marts.adoption_by_tool_weekly": (_WEEKLY,),
    "adoption_shared.marts.tier_distribution_weekly": (_WEEKLY,),
    "adoption_identity.marts.unresolved_actor_name": (_DAILY,),
}
# The rest are lists. What many of those cost is measured by statement_night.py.
USAGE = tuple(bank_files.FOLDERS[table].split("/")[0] for table in bank_files.USAGE)


def first_nights(home: Path, people: int, memory_limit: str = "4GB") -> None:
    """Draw ten nights into a new home and build them in one run; what is landed stays, the raw files go."""
    home.mkdir(parents=True)
    (home / "adoption.toml").write_text(SETTINGS.format(memory_limit=memory_limit), encoding="utf-8")
    key = home / "pseudonym.key"
    key.write_text(warehouse.KEY)
    key.chmod(0o600)
    for number in range((LAST - FIRST).days + 1):
        bank_files.draw(home, people, FIRST + timedelta(days=number))
    warehouse.succeed(home, "backfill", "--from", FIRST.isoformat(), "--to", LAST.isoformat())
    shutil.rmtree(home / "inbox")


def put_before(root: Path, weeks: int) -> None:
    """Put so many weeks before the first nights of a home, and publish that as its next generation."""
    home = Home(root)
    with run_lock(home, "history"):
        _put_before_deliveries(home, weeks)
        candidate = generation.start_candidate(home)
        for table, dates in DATES.items():
            file, _, name = table.partition(".")
            with duckdb.connect(str(candidate / f"{file}.duckdb")) as connection:
                _put_before_rows(connection, name, dates, weeks)
        with duckdb.connect(str(candidate / "adoption.duckdb")) as connection:
            _put_before_tiers(connection, weeks)
        _publish(home)


def _put_before_rows(
    connection: duckdb.DuckDBPyConnection, table: str, dates: tuple[str, ...], weeks: int
) -> None:
    """Rows stay sorted by their dates, as nights one after another leave them."""
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"create temp table given as select * from {table}")
    connection.execute(f"delete from {table}")
    first = f"{dates[0]} between date '{FIRST}' and date '{FIRST + WEEK - timedelta(days=1)}'"
    for week in range(weeks, 0, -1):
        moved = ", ".join(f"{name} - {7 * week} as {name}" for name in dates)
        connection.execute(
            f"insert into {table} select * replace ({moved}) from given where {first} order by {dates[0]}"
        )
    connection.execute(f"insert into {table} select * from given order by {dates[0]}")
    connection.execute("drop table given")
    if table == "ops.reconciliation":
        connection.execute(f"delete from {table} where source not in {USAGE} and {dates[0]} < date '{FIRST}'")
    connection.execute("checkpoint")


def _put_before_tiers(connection: duckdb.DuckDBPyConnection, weeks: int) -> None:
    """Closed spans before the first one of each person, policy and scope."""
    table = "marts.dim_employee_tier"
    connection.execute(f"create temp table given as select * from {table}")
    connection.execute(f"delete from {table}")
    for week in range(weeks, 0, -WEEKS_A_TIER):
        valid_from = FIRST - week * WEEK
        valid_to = min(valid_from + WEEKS_A_TIER * WEEK, FIRST)
        connection.execute(
            f"""
            insert into {table}
            select
                * replace (
                    date '{valid_from}' as valid_from, date '{valid_to}' as valid_to, false as is_current
                )
            from given where is_current
            """
        )
    connection.execute(f"insert into {table} select * from given")
    connection.execute("checkpoint")


def _put_before_deliveries(home: Home, weeks: int) -> None:
    with sqlite3.connect(home.ledger) as database:
        database.row_factory = sqlite3.Row
        given = database.execute(
            f"select * from delivery where source in {USAGE} and covers_from between ? and ?",
            (FIRST.isoformat(), (FIRST + WEEK - timedelta(days=1)).isoformat()),
        ).fetchall()
        for week in range(weeks, 0, -1):
            for row in given:
                _put_before_delivery(database, row, week * WEEK)


def _put_before_delivery(database: sqlite3.Connection, row: sqlite3.Row, back: timedelta) -> None:
    day = date.fromisoformat(row["covers_from"])
    moved = dict(row) | {
        "delivery_id": hashlib.sha256(f"{row['delivery_id']} {back}".encode()).hexdigest()[:16],
        "file_path": row["file_path"].replace(day.isoformat(), (day - back).isoformat()),
        "content_sha256": hashlib.sha256(f"{row['content_sha256']} {back}".encode()).hexdigest(),
        "covers_from": (day - back).isoformat(),
        "covers_to": (date.fromisoformat(row["covers_to"]) - back).isoformat(),
        "landed_at": (datetime.fromisoformat(row["landed_at"]) - back).isoformat(),
    }
    del moved["ledger_order"]
    names = ", ".join(moved)
    places = ", ".join("?" * len(moved))
    database.execute(f"insert into delivery ({names}) values ({places})", tuple(moved.values()))
    database.execute(
        "insert into delivery_date select ?, date(activity_date, ?), record_count from delivery_date "
        "where delivery_id = ?",
        (moved["delivery_id"], f"-{back.days} days", row["delivery_id"]),
    )


def _publish(home: Home) -> None:
    in_force = generation.current(home)
    assert in_force is not None
    with Ledger(home.ledger) as ledger:
        deliveries = [delivery.delivery_id for delivery in ledger.deliveries()]
    draft = ManifestDraft(
        **{name: getattr(in_force, name) for name in ManifestDraft.model_fields}
        | {"run_id": "history", "delivery_ids": deliveries}
    )
    passed = CheckResult(
        suite="bank", check_name="drawn", outcome="passed", severity="blocking", message="drawn history"
    )
    found = verdict.combine(
        [passed],
        generation.file_hashes(home.candidate),
        base_generation=in_force.generation,
        decided_at=datetime.now(UTC),
        draft_sha256=draft.sha256,
    )
    verdict.write(verdict.verdict_path(home), found, bytes.fromhex(warehouse.KEY))
    generation.publish(home, draft)
