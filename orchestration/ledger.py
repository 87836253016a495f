"""The ledger: which deliveries were landed, from which files, with which content, and which were withdrawn.

It only remembers; reading files and deciding what they hold belongs to landing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from orchestration import format_ledger
from orchestration.errors import RunFailed, WrongUse
from orchestration.format_ledger import FrozenDelivery, SchemaDrift
from orchestration.landing.integrity import FileStamp

if TYPE_CHECKING:
    from orchestration.landing.drift import KeyDrift

Status = Literal["landed", "duplicate", "withdrawn"]

SCHEMA_VERSION = 2
SCHEMA = """
create table delivery (
    ledger_order integer primary key autoincrement,
    delivery_id text not null unique,
    source text not null,
    feed text not null,
    file_path text not null,
    parquet_path text,
    content_sha256 text not null,
    stamp_at text,
    record_count integer not null,
    rejected_count integer not null,
    covers_from text,
    covers_to text,
    is_complete integer not null,
    landed_at text not null,
    status text not null check (status in ('landed', 'duplicate', 'withdrawn')),
    duplicate_of text references delivery (delivery_id),
    withdrawn_reason text
);
create index delivery_by_path on delivery (file_path, content_sha256);
create index delivery_by_original on delivery (duplicate_of);
create table delivery_date (
    delivery_id text not null references delivery (delivery_id),
    activity_date text,
    record_count integer not null
);
create index delivery_date_by_delivery on delivery_date (delivery_id);
create table seen_file (
    file_path text primary key,
    size integer not null,
    mtime_ns integer not null
);
"""


@dataclass(frozen=True)
class Delivery:
    """One delivery as the ledger knows it; times are naive UTC, `file_path` is relative to the inbox,
    or to the home for what this program wrote itself.

    `parquet_path` is relative to the home, None for a duplicate. `covers_from` and `covers_to` are inclusive;
    for a snapshot both are its date. `stamp_at` is the UTC stamp in the file's name, `is_complete` whether
    the file ended with a last page. `rank_at` decides between repeated records: the latest stamp under which
    this content was delivered, else `landed_at`.
    """

    delivery_id: str
    source: str
    feed: str
    file_path: str
    parquet_path: str | None
    content_sha256: str
    rank_at: datetime
    ledger_order: int
    record_count: int
    rejected_count: int
    covers_from: date | None
    covers_to: date | None
    landed_at: datetime
    status: Status
    duplicate_of: str | None = None
    withdrawn_reason: str | None = None
    stamp_at: datetime | None = None
    is_complete: bool = True


class Ledger:
    """The ledger file, opened for reading and writing; a context manager. Created when it does not exist.

    Raises RunFailed if the file is damaged or of a newer version of this program.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, isolation_level=None)
            self._database.row_factory = sqlite3.Row
            # An entry must survive a power cut; a write-ahead log needs one fsync for it instead of three.
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = full")
            self._database.execute("pragma foreign_keys = on")
            self._prepare()
        except (sqlite3.OperationalError, OSError) as error:
            raise RunFailed(
                f"The ledger {path} cannot be opened ({error}); free space or correct permissions, "
                "then run again."
            ) from None
        except sqlite3.Error as error:
            raise RunFailed(
                f"The ledger {path} cannot be opened ({type(error).__name__}); "
                "put its last backup back, then run again."
            ) from None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def _prepare(self) -> None:
        version = self._database.execute("pragma user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            self._database.close()
            raise RunFailed(f"The ledger {self._path} was written by a newer version; install that version.")
        # What each version added. One transaction: a kill in between leaves the ledger as it was.
        added = "".join((SCHEMA, format_ledger.SCHEMA)[version:])
        if added:
            self._database.executescript(f"begin; {added} pragma user_version = {SCHEMA_VERSION}; commit;")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with self._database:
                self._database.execute("begin immediate")
                yield
        except sqlite3.OperationalError as error:
            raise RunFailed(
                f"The ledger {self._path} cannot be written ({error}); free space, correct permissions or "
                "let the other command finish, then run again."
            ) from None

    def deliveries(self) -> list[Delivery]:
        """Every delivery, withdrawn ones included, in the order in which they were landed."""
        return [_delivery(row) for row in self._database.execute(f"{SELECT} order by d.ledger_order")]

    def get(self, delivery_id: str) -> Delivery:
        """One delivery; raises WrongUse if the ledger does not know it."""
        row = self._database.execute(f"{SELECT} where d.delivery_id = ?", (delivery_id,)).fetchone()
        if row is None:
            raise WrongUse(
                f"There is no delivery {delivery_id} in {self._path}; check the id and give it in full."
            )
        return _delivery(row)

    def find(self, delivery_id: str) -> Delivery | None:
        """One delivery, or None."""
        row = self._database.execute(f"{SELECT} where d.delivery_id = ?", (delivery_id,)).fetchone()
        return None if row is None else _delivery(row)

    def delivery_dates(self) -> list[tuple[str, date | None, int]]:
        """(delivery_id, activity_date or None, record_count); a duplicate has those of its original."""
        rows = self._database.execute(
            """
            select d.delivery_id, dd.activity_date, dd.record_count
            from delivery as d
            inner join delivery_date as dd on dd.delivery_id = coalesce(d.duplicate_of, d.delivery_id)
            order by d.ledger_order, dd.activity_date
            """
        )
        return [(row[0], _date(row[1]), row[2]) for row in rows]

    def is_known(self, file_path: str, content_sha256: str) -> bool:
        """Whether this content was already delivered under this path."""
        found = self._database.execute(
            "select 1 from delivery where file_path = ? and content_sha256 = ?", (file_path, content_sha256)
        )
        return found.fetchone() is not None

    def seen_file(self, file_path: str) -> FileStamp | None:
        """Size and time of change of a file when its delivery was last found in the inbox; None if never."""
        found = self._database.execute(
            "select size, mtime_ns from seen_file where file_path = ?", (file_path,)
        )
        row = found.fetchone()
        return None if row is None else FileStamp(row[0], row[1])

    def remember_file(self, file_path: str, stamp: FileStamp) -> None:
        """Keep how a known file looks now, so that it need not be read next time."""
        with self._transaction():
            self._remember(file_path, stamp)

    def _remember(self, file_path: str, stamp: FileStamp) -> None:
        self._database.execute(
            "insert or replace into seen_file values (?, ?, ?)", (file_path, stamp.size, stamp.mtime_ns)
        )

    def frozen_deliveries(self) -> list[FrozenDelivery]:
        """The files that the last look at the inbox found frozen, in the order of their paths."""
        return format_ledger.frozen_deliveries(self._database)

    def keep_frozen(self, found: Sequence[FrozenDelivery], drift: Mapping[str, Sequence[KeyDrift]]) -> None:
        """Put what one look found frozen in the place of what was; `drift` is what each showed, by path."""
        with self._transaction():
            format_ledger.replace_frozen(self._database, found)
            for one in found:
                drifted = drift.get(one.file_path, ())
                format_ledger.remember_drift(self._database, one, drifted, one.frozen_at)

    def schema_drift(self) -> list[SchemaDrift]:
        """Every key that was not as its feed declares it, over all deliveries."""
        return format_ledger.schema_drift(self._database)

    def enter(
        self,
        delivery: Delivery,
        dates: Mapping[date | None, int],
        stamp: FileStamp,
        drift: Sequence[KeyDrift] = (),
    ) -> Delivery:
        """Enter a delivery with its record dates in one transaction; returns it with its ledger_order.

        `dates` is empty for a duplicate, which has those of its original; `drift` is what its keys showed.
        It is landed no earlier than the one before it: the order of arrival outlives a clock put back.
        """
        with self._transaction():
            last = self._database.execute("select max(landed_at) from delivery").fetchone()[0]
            if last is not None and datetime.fromisoformat(last) > delivery.landed_at:
                delivery = replace(delivery, landed_at=datetime.fromisoformat(last))
            cursor = self._database.execute(
                """
                insert into delivery (
                    delivery_id, source, feed, file_path, parquet_path, content_sha256, stamp_at,
                    record_count, rejected_count, covers_from, covers_to, is_complete, landed_at,
                    status, duplicate_of
                ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    delivery.delivery_id,
                    delivery.source,
                    delivery.feed,
                    delivery.file_path,
                    delivery.parquet_path,
                    delivery.content_sha256,
                    _text(delivery.stamp_at),
                    delivery.record_count,
                    delivery.rejected_count,
                    _text(delivery.covers_from),
                    _text(delivery.covers_to),
                    delivery.is_complete,
                    _text(delivery.landed_at),
                    delivery.status,
                    delivery.duplicate_of,
                ),
            )
            self._database.executemany(
                "insert into delivery_date values (?, ?, ?)",
                [(delivery.delivery_id, _text(day), count) for day, count in dates.items()],
            )
            format_ledger.remember_drift(self._database, delivery, drift, delivery.landed_at)
            self._remember(delivery.file_path, stamp)
        return replace(delivery, ledger_order=int(cursor.lastrowid or 0))

    def withdraw(self, delivery_id: str, reason: str) -> Delivery:
        """Take a delivery out; its Parquet file stays. Copies of its records under other names go with it.

        Raises WrongUse for an unknown delivery, one withdrawn before, and an empty reason.
        """
        delivery = self.get(delivery_id)
        if delivery.status == "withdrawn":
            raise WrongUse(f"Delivery {delivery_id} was withdrawn before; nothing was changed.")
        if not reason.strip():
            raise WrongUse("Say why the delivery is withdrawn (--reason).")
        with self._transaction():
            self._database.execute(
                """
                update delivery set status = 'withdrawn', withdrawn_reason = ?
                where status <> 'withdrawn' and (delivery_id = ? or (duplicate_of = ? and record_count > 0))
                """,
                (reason.strip(), delivery_id, delivery_id),
            )
        return self.get(delivery_id)


def short_hash(identity: str) -> str:
    """The id of a delivery: the first 16 hexadecimal digits of the SHA-256 of what identifies it."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


# The same content under a later stamp is the vendor saying it again, so the latest stamp ranks it; a copy
# without a stamp says nothing new. Without any stamp the first arrival counts.
SELECT = """
with stamps as (
    select coalesce(duplicate_of, delivery_id) as original_id, max(stamp_at) as stamp_at
    from delivery where status <> 'withdrawn' group by original_id
)
select
    d.*,
    coalesce(
        nullif(max(coalesce(stamps.stamp_at, ''), coalesce(d.stamp_at, '')), ''),
        d.landed_at
    ) as rank_at
from delivery as d
left join stamps on stamps.original_id = coalesce(d.duplicate_of, d.delivery_id)
"""


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        delivery_id=row["delivery_id"],
        source=row["source"],
        feed=row["feed"],
        file_path=row["file_path"],
        parquet_path=row["parquet_path"],
        content_sha256=row["content_sha256"],
        rank_at=datetime.fromisoformat(row["rank_at"]),
        ledger_order=row["ledger_order"],
        record_count=row["record_count"],
        rejected_count=row["rejected_count"],
        covers_from=_date(row["covers_from"]),
        covers_to=_date(row["covers_to"]),
        landed_at=datetime.fromisoformat(row["landed_at"]),
        status=row["status"],
        duplicate_of=row["duplicate_of"],
        withdrawn_reason=row["withdrawn_reason"],
        stamp_at=None if row["stamp_at"] is None else datetime.fromisoformat(row["stamp_at"]),
        is_complete=bool(row["is_complete"]),
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _text(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()
