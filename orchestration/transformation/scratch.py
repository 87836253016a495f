"""The run tables: what one run builds, written into schema `run` of the scratch database for dbt to read.

Only the hand-over to dbt belongs here; which dates and deliveries a run takes is decided in run_scope.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from orchestration.transformation.run_scope import DeliveryDates, RunScope, reaches_back_days

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from orchestration.format_ledger import FrozenDelivery, SchemaDrift
    from orchestration.ledger import Delivery
    from orchestration.publishing.manifest import Manifest

RUN_WINDOW = {
    "run_id": "varchar",
    "as_of_date": "date",
    "previous_as_of_date": "date",
    "first_date": "date",
    "previous_first_date": "date",
    "is_full_rebuild": "boolean",
    "generation_number": "integer",
    "built_at": "timestamp",
}
TOUCHED_DATE = {"activity_date": "date"}
TIER_EVALUATION = {"policy_id": "varchar", "policy_version": "integer", "as_of_date": "date"}
DELIVERY = {
    "delivery_id": "varchar",
    "source": "varchar",
    "feed": "varchar",
    "file_path": "varchar",
    "parquet_path": "varchar",
    "content_sha256": "varchar",
    "rank_at": "timestamp",
    "ledger_order": "bigint",
    "record_count": "bigint",
    "rejected_count": "bigint",
    "covers_from": "date",
    "covers_to": "date",
    "landed_at": "timestamp",
    "delivery_status": "varchar",
    "duplicate_of_delivery_id": "varchar",
    "is_pending": "boolean",
    "reaches_back_days": "integer",
}
FROZEN_DELIVERY = {
    "delivery_id": "varchar",
    "source": "varchar",
    "feed": "varchar",
    "file_path": "varchar",
    "content_sha256": "varchar",
    "rank_at": "timestamp",
    "covers_from": "date",
    "covers_to": "date",
    "record_count": "bigint",
    "frozen_reason": "varchar",
    "frozen_at": "timestamp",
}
SCHEMA_DRIFT = {
    "source": "varchar",
    "feed": "varchar",
    "drift_kind": "varchar",
    "key_path": "varchar",
    "first_seen_at": "timestamp",
    "first_delivery_id": "varchar",
    "last_seen_at": "timestamp",
    "last_delivery_id": "varchar",
    "delivery_count": "bigint",
    "record_count": "bigint",
}
RELEASE = {
    "generation_number": "integer",
    "as_of_date": "date",
    "held_checks": "varchar",
    "reason": "varchar",
    "released_at": "timestamp",
}
DELIVERY_DATE = {"delivery_id": "varchar", "activity_date": "date", "record_count": "bigint"}


def write_run_tables(
    scratch: Path,
    scope: RunScope,
    dates: DeliveryDates,
    *,
    home_root: Path,
    run_id: str,
    generation_number: int,
    built_at: datetime,
    schema_drift: Sequence[SchemaDrift] = (),
    tier_evaluations: Sequence[tuple[str, int, date]] = (),
    in_force: Manifest | None = None,
) -> None:
    """Write run.run_window, run.touched_date, run.delivery and run.delivery_date (grains: one row; one date;
    one delivery in effect; one delivery and date up to the as-of date, NULL for records without a date), and
    run.tier_evaluation (one policy version and as-of date to evaluate in addition; none in a night); and
    run.frozen_delivery (one frozen file), run.schema_drift (one source, feed, kind and key path) and
    run.release (the generation in force, if a person released it).

    Paths of Parquet files become absolute; `built_at` is UTC without a zone.
    """
    import duckdb

    window = (
        run_id,
        scope.as_of_date,
        scope.previous_as_of_date,
        scope.first_date,
        scope.previous_first_date,
        scope.is_full_rebuild,
        generation_number,
        built_at,
    )
    with duckdb.connect(str(scratch)) as connection:
        connection.execute("create schema if not exists run")
        _write(connection, "run_window", RUN_WINDOW, [window])
        _write(connection, "tier_evaluation", TIER_EVALUATION, tier_evaluations)
        _write(connection, "touched_date", TOUCHED_DATE, [(day,) for day in scope.touched_dates])
        _write(
            connection, "delivery", DELIVERY, [_delivery_row(d, scope, home_root) for d in scope.deliveries]
        )
        _write(connection, "delivery_date", DELIVERY_DATE, delivery_date_rows(scope, dates))
        _write(connection, "frozen_delivery", FROZEN_DELIVERY, [_frozen_row(one) for one in scope.frozen])
        drift = [tuple(getattr(one, column) for column in SCHEMA_DRIFT) for one in schema_drift]
        _write(connection, "schema_drift", SCHEMA_DRIFT, drift)
        _write(connection, "release", RELEASE, _release_rows(in_force))


def delivery_date_rows(scope: RunScope, dates: DeliveryDates) -> list[tuple[str, date | None, int]]:
    """Record counts per delivery in effect and date; dates after the as-of date wait."""
    return [
        (delivery.delivery_id, day, count)
        for delivery in scope.deliveries
        for day, count in dates.counts.get(delivery.delivery_id, {}).items()
        if day is None or day <= scope.as_of_date
    ]


def _delivery_row(delivery: Delivery, scope: RunScope, home_root: Path) -> tuple[Any, ...]:
    parquet = None if delivery.parquet_path is None else str(home_root.absolute() / delivery.parquet_path)
    return (
        delivery.delivery_id,
        delivery.source,
        delivery.feed,
        delivery.file_path,
        parquet,
        delivery.content_sha256,
        delivery.rank_at,
        delivery.ledger_order,
        delivery.record_count,
        delivery.rejected_count,
        delivery.covers_from,
        delivery.covers_to,
        delivery.landed_at,
        delivery.status,
        delivery.duplicate_of,
        delivery.delivery_id in scope.pending_ids,
        reaches_back_days(delivery),
    )


def _release_rows(in_force: Manifest | None) -> list[tuple[Any, ...]]:
    """Why, not who: the name stays in the manifest, since nobody is named in the tables."""
    if in_force is None or in_force.release is None:
        return []
    checks = ", ".join(check.check_name for check in in_force.verdict.blocking_failures)
    release = in_force.release
    return [(in_force.generation, in_force.as_of_date, checks, release.reason, release.released_at)]


def _frozen_row(frozen: FrozenDelivery) -> tuple[Any, ...]:
    return (
        frozen.delivery_id,
        frozen.source,
        frozen.feed,
        frozen.file_path,
        frozen.content_sha256,
        frozen.rank_at,
        frozen.covers_from,
        frozen.covers_to,
        frozen.record_count,
        frozen.reason,
        frozen.frozen_at,
    )


def _write(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Replace one run table; whole columns are handed over at once, which is fast for 100,000 rows."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create or replace table run.{table} ({declared})")
    if not rows:
        return
    values = [list(column) for column in zip(*rows, strict=True)]
    selected = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    connection.execute(f"insert into run.{table} select {selected}", values)
