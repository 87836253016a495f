"""What the ledger remembers of formats: deliveries frozen because theirs changed, and every key that drifted.

Tables beside those of the deliveries, in the same file; opening it and its transactions belong to ledger.py.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.landing.drift import KeyDrift
    from orchestration.ledger import Delivery

# What makes two findings the same drift.
KEY = ("source", "feed", "drift_kind", "key_path")

SCHEMA = """
create table frozen_delivery (
    file_path text primary key,
    delivery_id text not null,
    source text not null,
    feed text not null,
    content_sha256 text not null,
    rank_at text not null,
    covers_from text,
    covers_to text,
    record_count integer not null,
    reason text not null,
    frozen_at text not null
);
create table schema_drift (
    source text not null,
    feed text not null,
    drift_kind text not null check (drift_kind in ('new_key', 'missing_key', 'retyped')),
    key_path text not null,
    delivery_id text not null,
    record_count integer not null,
    seen_at text not null,
    primary key (source, feed, drift_kind, key_path, delivery_id)
);
"""


@dataclass(frozen=True)
class FrozenDelivery:
    """A file of the inbox of which no record could be accepted because its format is another one.

    Nothing of it is landed; it covers no day. `covers_from` and `covers_to` are the days it would cover,
    `reason` is `path: rule`; times are naive UTC. `delivery_id` names this content under this path.
    """

    file_path: str
    delivery_id: str
    source: str
    feed: str
    content_sha256: str
    rank_at: datetime
    covers_from: date | None
    covers_to: date | None
    record_count: int
    reason: str
    frozen_at: datetime

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, without the file's name."""
        return f"frozen, {self.record_count:,} records not read: {self.reason}"


@dataclass(frozen=True)
class SchemaDrift:
    """One key of a feed that is not as declared, over all deliveries that showed it."""

    source: str
    feed: str
    drift_kind: str
    key_path: str
    first_seen_at: datetime
    first_delivery_id: str
    last_seen_at: datetime
    last_delivery_id: str
    delivery_count: int
    record_count: int


def is_superseded(frozen: FrozenDelivery, by: Delivery, *, is_usage: bool) -> bool:
    """Whether a later delivery that was read says all that the frozen one could, so that nobody needs it.

    Usage: it covers all of its days. Snapshots and statements: it is of the same date or a later one. One of
    the same rank does not: a day may come in several files.
    """
    if by.status not in ("landed", "duplicate") or by.rank_at <= frozen.rank_at:
        return False
    if (by.source, by.feed) != (frozen.source, frozen.feed):
        return False
    if frozen.covers_from is None or by.covers_from is None:
        return not is_usage
    if not is_usage:
        return by.covers_from >= frozen.covers_from
    last, by_last = frozen.covers_to or frozen.covers_from, by.covers_to or by.covers_from
    return by.covers_from <= frozen.covers_from and last <= by_last


def frozen_deliveries(database: sqlite3.Connection) -> list[FrozenDelivery]:
    """Every frozen delivery of the last look at the inbox, in the order of their paths."""
    rows = database.execute("select * from frozen_delivery order by file_path")
    return [
        FrozenDelivery(
            **{name: row[name] for name in ("file_path", "delivery_id", "source", "feed", "content_sha256")},
            rank_at=datetime.fromisoformat(row["rank_at"]),
            covers_from=_date(row["covers_from"]),
            covers_to=_date(row["covers_to"]),
            record_count=row["record_count"],
            reason=row["reason"],
            frozen_at=datetime.fromisoformat(row["frozen_at"]),
        )
        for row in rows
    ]


def replace_frozen(database: sqlite3.Connection, found: Sequence[FrozenDelivery]) -> None:
    """Keep what one look at the inbox found frozen, and nothing else."""
    database.execute("delete from frozen_delivery")
    database.executemany(
        "insert into frozen_delivery values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.file_path,
                one.delivery_id,
                one.source,
                one.feed,
                one.content_sha256,
                one.rank_at.isoformat(),
                one.covers_from.isoformat() if one.covers_from else None,
                one.covers_to.isoformat() if one.covers_to else None,
                one.record_count,
                one.reason,
                one.frozen_at.isoformat(),
            )
            for one in found
        ],
    )


def remember_drift(
    database: sqlite3.Connection,
    delivery: Delivery | FrozenDelivery,
    drift: Sequence[KeyDrift],
    seen_at: datetime,
) -> None:
    """Keep what one delivery showed; a second look at the same content adds nothing."""
    database.executemany(
        "insert or ignore into schema_drift values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                delivery.source,
                delivery.feed,
                one.kind,
                one.key_path,
                delivery.delivery_id,
                one.record_count,
                seen_at.isoformat(),
            )
            for one in drift
        ],
    )


def schema_drift(database: sqlite3.Connection) -> list[SchemaDrift]:
    """Every key that drifted, one per source, feed, kind and path, in that order."""
    rows = database.execute(
        "select * from schema_drift order by source, feed, drift_kind, key_path, rowid"
    ).fetchall()
    groups = itertools.groupby(rows, key=lambda row: tuple(row[name] for name in KEY))
    return [_over_deliveries(list(group)) for _, group in groups]


def _over_deliveries(rows: list[sqlite3.Row]) -> SchemaDrift:
    first, last = rows[0], rows[-1]
    return SchemaDrift(
        **{name: first[name] for name in KEY},
        first_seen_at=datetime.fromisoformat(first["seen_at"]),
        first_delivery_id=first["delivery_id"],
        last_seen_at=datetime.fromisoformat(last["seen_at"]),
        last_delivery_id=last["delivery_id"],
        delivery_count=len(rows),
        record_count=sum(row["record_count"] for row in rows),
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
