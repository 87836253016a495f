"""The models that read the workforce and statements, on a night with 30 and with 400 days of them behind it.

A night brings one more file of each feed, every one of them a full statement. Files are drawn in landed form
by statement_night_files.sql; docs/measured.md has the command and the figures.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.home import Home
from orchestration.ledger import Delivery
from orchestration.transformation import dbt_run, known_statements, scratch
from orchestration.transformation.run_scope import DeliveryDates, RunScope
from tests.benchmarks.week_engine import model_seconds, run_dbt
from tests.warehouse import KEY

SNAPSHOTS = (30, 400)
PEOPLE = 20_000
LAST = date(2026, 3, 26)
FEEDS = ("hr/workers", "access/entitlements", "hr/leave", "hr/rota", "identity/service_accounts")
# What a night makes of these feeds, without what it makes of people's use.
MODELS = (
    *known_statements.KEPT_TABLES,
    "int_employment_span",
    "int_entitlement_span",
    "int_leave_span",
    "int_rota_span",
)
FILES = Path(__file__).with_name("statement_night_files.sql")
BASIS = "this benchmark"


@dataclass(frozen=True)
class Night:
    """Seconds from the first model to the last, of each model and of keeping what is known; dbt's peak."""

    seconds: float
    model_seconds: dict[str, float]
    keep_seconds: float
    peak_mebibytes: int


def draw(home: Home, days: Sequence[date], people: int) -> tuple[list[Delivery], DeliveryDates]:
    """A landed file of every feed and day, and what the ledger would say of them."""
    deliveries = []
    counts: dict[str, dict[date | None, int]] = {}
    statements = dict(zip(FEEDS, FILES.read_text(encoding="utf-8").split(";\n"), strict=True))
    with duckdb.connect() as database:
        for number, (feed, day) in enumerate((feed, day) for day in days for feed in FEEDS):
            source, name = feed.split("/")
            delivery_id = f"d{number}"
            path = home.landing / feed / f"{delivery_id}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            values = {"people": people, "day": day, "delivery_id": delivery_id}
            database.execute(f"create or replace table file as {statements[feed]}", values)
            database.execute(f"copy file to '{path}' (format parquet)")
            (record_count, refused_count) = database.execute(
                "select count(*), count(reject_reason) from file"
            ).fetchone() or (0, 0)
            counts[delivery_id] = {day: record_count}
            at = datetime.combine(day, datetime.min.time()) + timedelta(days=1)
            deliveries.append(
                Delivery(
                    delivery_id=delivery_id,
                    source=source,
                    feed=name,
                    file_path=f"{feed}/{day}.csv",
                    parquet_path=str(path.relative_to(home.root)),
                    content_sha256=delivery_id,
                    rank_at=at,
                    ledger_order=number,
                    record_count=record_count,
                    rejected_count=refused_count,
                    covers_from=day,
                    covers_to=day,
                    landed_at=at,
                    status="landed",
                )
            )
    return deliveries, DeliveryDates(counts)


def build(home: Home, key: Path, as_of: date, deliveries: Sequence[Delivery], dates: DeliveryDates) -> Night:
    """One night on what was delivered up to its date."""
    home.scratch.unlink(missing_ok=True)
    scope = RunScope(
        requested_date=as_of,
        as_of_date=as_of,
        previous_as_of_date=as_of - timedelta(days=1),
        first_date=as_of,
        previous_first_date=as_of,
        is_full_rebuild=False,
        touched_dates=(as_of,),
        deliveries=tuple(one for one in deliveries if one.covers_from and one.covers_from <= as_of),
        pending_ids=frozenset(),
        is_due=True,
        reason="benchmark",
    )
    at = datetime.combine(as_of, datetime.min.time())
    scratch.write_run_tables(
        home.scratch, scope, dates, home_root=home.root, run_id="benchmark", generation_number=1, built_at=at
    )
    known_statements.discard_foreign(home, BASIS)
    peak = run_dbt(home, key, *dbt_run.models_arguments(" ".join(f"+{name}" for name in MODELS)))
    started = time.perf_counter()
    known_statements.keep(home, BASIS, memory_limit="4GB", threads=2)
    keep_seconds = time.perf_counter() - started
    return Night(*model_seconds(home), keep_seconds, peak)


def night(snapshots: int, people: int, folder: Path) -> tuple[Night, Night]:
    """The night that reads all but the last day's files, and that of LAST after it."""
    home = Home(folder / "home")
    home.candidate.mkdir(parents=True)
    key = folder / "pseudonym.key"
    key.write_text(KEY)
    key.chmod(0o600)
    dbt_run.ensure_manifest(home)
    days = [LAST - timedelta(days=back) for back in reversed(range(snapshots))]
    deliveries, dates = draw(home, days, people)
    return (
        build(home, key, LAST - timedelta(days=1), deliveries, dates),
        build(home, key, LAST, deliveries, dates),
    )


def main() -> None:
    """Print both nights for each history, and the models of the second that take longest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--snapshots", type=int, nargs="+", default=SNAPSHOTS)
    arguments = parser.parse_args()
    for snapshots in arguments.snapshots:
        with tempfile.TemporaryDirectory() as folder:
            whole, found = night(snapshots, arguments.people, Path(folder))
        print(
            f"{snapshots} days of {arguments.people:,} people: models {found.seconds:.1f} s, peak "
            f"{found.peak_mebibytes} MiB, keeping {found.keep_seconds:.1f} s; all read anew "
            f"{whole.seconds:.1f} s, peak {whole.peak_mebibytes} MiB, keeping {whole.keep_seconds:.1f} s",
            flush=True,
        )
        for name, seconds in sorted(found.model_seconds.items(), key=lambda item: -item[1])[:6]:
            print(f"  {seconds:6.2f}  {name}", flush=True)


if __name__ == "__main__":
    main()
