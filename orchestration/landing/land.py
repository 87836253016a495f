"""Landing: every new file of the inbox becomes one Parquet file of allow-listed fields and a ledger entry.

Order and durability of the steps belong here; whether a file is whole: integrity; what a record must be:
judgement_sql.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import duckdb

from orchestration import fault_points
from orchestration.durable import (
    TEMPORARY_PREFIX,
    disk_errors,
    remove_leftovers,
    sync_directory,
    sync_file,
)
from orchestration.errors import InputRefused, RunFailed
from orchestration.format_ledger import FrozenDelivery
from orchestration.home import Home
from orchestration.landing import companion, file_names, integrity
from orchestration.landing.drift import DriftedFormat
from orchestration.landing.frozen import FrozenFile, keep_frozen
from orchestration.landing.inbox import InboxFile, InboxListing, RefusedFile, list_inbox
from orchestration.landing.integrity import Content, FileStamp, StillBeingWritten
from orchestration.landing.judgement_sql import DateBounds
from orchestration.landing.read_ahead import READERS, Readers, open_readers
from orchestration.landing.record_reader import Counted, RecordReader, is_small
from orchestration.ledger import Delivery, Ledger, short_hash
from orchestration.settings import Settings

# Files read but not yet entered: enough that no reader waits while an entry is synced to disk.
READ_AHEAD = 2 * READERS


@dataclass(frozen=True)
class LandingReport:
    """What one look at the inbox did; files known from before are not in it."""

    landed: tuple[Delivery, ...]
    duplicates: tuple[Delivery, ...]
    refused: tuple[RefusedFile, ...]
    notices: tuple[str, ...]
    frozen: tuple[FrozenDelivery, ...] = ()


def land_inbox(
    home: Home, settings: Settings, *, now: datetime, progress: Callable[[str], None] | None = None
) -> LandingReport:
    """Land every file of the inbox that the ledger does not know, in the order of their paths.

    A file that cannot be trusted is listed under `refused`, one whose format is not the declared one under
    `frozen`; both are left for the next run, all others go in. `now` sets landed_at and the bound of future
    dates (naive is taken for UTC). Raises RunFailed without an inbox.
    """
    if not home.inbox.is_dir():
        raise RunFailed(
            f"There is no inbox at {home.inbox}; create it and put the vendors' files under <source>/<feed>/ "
            "in it, or try `adoption sample` first."
        )
    utc_now = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    bounds = DateBounds(settings.earliest_date, (utc_now + timedelta(days=1)).date())
    listing = list_inbox(home, settings)
    with Ledger(home.ledger) as ledger, open_readers(settings, bounds) as readers:
        landing = _Landing(home, ledger, readers, bounds, utc_now, listing)
        for folder, count in _count_by_feed(listing.files).items():
            remove_leftovers(home.landing / folder)
            if progress:
                progress(f"{folder}: {count} {'file' if count == 1 else 'files'} in the inbox")
        entered = landing.land_all(listing.files)
        frozen, notices = keep_frozen(ledger, landing.frozen, utc_now)
    return LandingReport(
        landed=tuple(delivery for delivery in entered if delivery.status == "landed"),
        duplicates=tuple(delivery for delivery in entered if delivery.status == "duplicate"),
        refused=tuple(sorted(listing.refused, key=lambda refused: refused.path)),
        notices=(*listing.notices, *notices),
        frozen=tuple(frozen),
    )


@dataclass(frozen=True)
class _Reading:
    """A file whose Parquet file is being written; its counts are still to come."""

    file: InboxFile
    content: Content
    delivery: Delivery
    counted: Future[Counted]


@dataclass(frozen=True)
class _Landing:
    """One look at the inbox: what its steps share. Findings go into the listing."""

    home: Home
    ledger: Ledger
    readers: Readers
    bounds: DateBounds
    now: datetime
    listing: InboxListing
    entered: list[Delivery] = field(default_factory=list)
    readings: deque[_Reading] = field(default_factory=deque)
    frozen: list[FrozenFile] = field(default_factory=list)

    def land_all(self, files: Sequence[InboxFile]) -> list[Delivery]:
        """Read the files ahead and enter them one by one in their order; what was entered."""
        for file in files:
            with self._finding(file):
                self._begin(file)
            self._enter(READ_AHEAD)
        self._enter()
        return self.entered

    @contextmanager
    def _finding(self, file: InboxFile) -> Iterator[None]:
        """What is wrong with a file is put down and stops no other file."""
        try:
            yield
        except InputRefused as error:
            self._refuse(file, str(error))
        except StillBeingWritten:
            self._notice(f"{file.relative} is still being written; it is left for the next run.")
        except FileNotFoundError:
            self._notice(f"{file.relative} was taken away while the inbox was read.")
        except PermissionError:
            self._refuse(file, "It cannot be read; give this user permission to.")
        except duckdb.OutOfMemoryException:
            self._refuse(
                file, "It does not fit into memory; raise duckdb_memory_limit or deliver smaller files."
            )
        except duckdb.Error as error:
            if "No space left" in str(error):
                raise RunFailed(
                    f"No space is left for {self.home.landing}; free some, then run again."
                ) from None
            # Its text would quote the line; the kind of error says enough.
            self._refuse(file, f"It cannot be read ({type(error).__name__}); check it and deliver it again.")

    def _refuse(self, file: InboxFile, sentence: str) -> None:
        self.listing.refused.append(RefusedFile(file.relative, sentence))

    def _notice(self, text: str) -> None:
        self.listing.notices.append(text)

    def _begin(self, file: InboxFile) -> None:
        """Verify a file and have it read, unless the ledger knows it already."""
        if self.ledger.seen_file(file.relative) == integrity.file_stamp(file.path):
            return
        content = integrity.inspect(file.path, file_names.compression(file.path.name))
        companion.check(file.path, content)
        if self.ledger.is_known(file.relative, content.sha256):
            self.ledger.remember_file(file.relative, content.stamp)
            return
        delivery = self._new_delivery(file, content)
        if any(reading.delivery.delivery_id == delivery.delivery_id for reading in self.readings):
            self._enter()
        original = self.ledger.find(delivery.delivery_id)
        if original is not None:
            self._enter()
            self.entered.append(self._enter_duplicate(file, delivery, original, content.stamp))
            return
        # A large file has the memory to itself; meanwhile the next one is verified.
        if not is_small(content) or any(not is_small(reading.content) for reading in self.readings):
            self._enter()
        counted = self.readers.start(lambda reader: self._read(reader, file, content, delivery))
        self.readings.append(_Reading(file, content, delivery, counted))

    def _read(self, reader: RecordReader, file: InboxFile, content: Content, delivery: Delivery) -> Counted:
        fault_points.reach("landing.before_parquet")
        counted = self._write_parquet(reader, file, content, delivery)
        fault_points.reach("landing.after_parquet")
        return counted

    def _enter(self, still_read: int = 0) -> None:
        """Enter the files that were begun first, until no more than `still_read` are left."""
        while len(self.readings) > still_read:
            reading = self.readings.popleft()
            with self._finding(reading.file):
                try:
                    self.entered.append(self._enter_reading(reading))
                except DriftedFormat as error:
                    self.frozen.append(
                        FrozenFile(reading.delivery, reading.content.stamp, reading.file.feed.is_usage, error)
                    )

    def _enter_reading(self, reading: _Reading) -> Delivery:
        counted = reading.counted.result()
        delivery = replace(
            reading.delivery,
            record_count=counted.record_count,
            rejected_count=counted.rejected_count,
            is_complete=counted.is_complete,
        )
        if counted.covered:
            first, last = self._believable(counted.covered, reading.file.relative)
            delivery = replace(delivery, covers_from=first, covers_to=last)
        if reading.file.feed.is_usage and not counted.is_complete:
            delivery = _without_coverage(delivery)
        entered = self.ledger.enter(delivery, counted.dates, reading.content.stamp, counted.drift)
        fault_points.reach("landing.after_ledger")
        return entered

    def _new_delivery(self, file: InboxFile, content: Content) -> Delivery:
        """The delivery as its name and its content's hash say, before its records are counted."""
        feed = file.feed
        named = file_names.named_dates(file.path.name)
        day = _named_date(file)
        if feed.is_usage:
            covered = self._believable(file_names.coverage(named), file.relative)
        else:
            covered = (day, day) if day else (None, None)
        identity = f"{feed.folder}/{content.sha256}"
        if day:
            identity += f"/{day}"
        delivery_id = short_hash(identity)
        return Delivery(
            delivery_id=delivery_id,
            source=feed.source,
            feed=feed.name,
            file_path=file.relative,
            parquet_path=f"{self.home.landing.name}/{feed.folder}/{delivery_id}.parquet",
            content_sha256=content.sha256,
            rank_at=named.stamp_at or self.now,
            ledger_order=0,
            record_count=0,
            rejected_count=0,
            covers_from=covered[0],
            covers_to=covered[1],
            landed_at=self.now,
            status="landed",
            stamp_at=named.stamp_at,
        )

    def _believable(
        self, covered: tuple[date, date] | None, relative: str
    ) -> tuple[date, date] | tuple[None, None]:
        """The days a name says it covers, unless no delivery could."""
        if covered is None:
            return None, None
        if covered[0] < self.bounds.earliest or covered[1] > self.bounds.latest:
            self._notice(
                f"{relative} names a day before {self.bounds.earliest} or in the future, so it covers no day."
            )
            return None, None
        return covered

    def _enter_duplicate(
        self, file: InboxFile, delivery: Delivery, original: Delivery, stamp: FileStamp
    ) -> Delivery:
        """Enter known content under a new name: it adds no record, only the days its own name covers."""
        duplicate = replace(
            delivery,
            delivery_id=short_hash(f"{delivery.delivery_id}/{delivery.file_path}"),
            parquet_path=None,
            status="duplicate",
            duplicate_of=original.delivery_id,
            record_count=original.record_count,
            rejected_count=original.rejected_count,
            is_complete=original.is_complete,
        )
        if file.feed.covered and original.covers_from:
            duplicate = replace(
                duplicate, covers_from=original.covers_from, covers_to=original.covers_to
            )  # what its envelopes state, whatever its name says
        # Days whose records were withdrawn, or never came, are not covered by a second copy either.
        is_withdrawn = original.status == "withdrawn" and original.record_count > 0
        if is_withdrawn or (file.feed.is_usage and not original.is_complete):
            duplicate = _without_coverage(duplicate)
        return self.ledger.enter(duplicate, {}, stamp)

    def _write_parquet(
        self, reader: RecordReader, file: InboxFile, content: Content, delivery: Delivery
    ) -> Counted:
        """Write the delivery's records under its final name, durably; returns their counts."""
        target = self.home.root / str(delivery.parquet_path)
        temporary = target.with_name(TEMPORARY_PREFIX + target.name)
        with disk_errors(f"Landing {file.relative}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                counted = reader.write(
                    file.feed,
                    file.path.absolute(),
                    content,
                    temporary,
                    delivery_id=delivery.delivery_id,
                    named_date=_named_date(file),
                )
                # The reader opened the file anew: it must still be the one that was verified.
                integrity.ensure_unchanged(file.path, content.stamp)
                sync_file(temporary)
                temporary.replace(target)
                sync_directory(target.parent)
            finally:
                temporary.unlink(missing_ok=True)
        return counted


def _named_date(file: InboxFile) -> date | None:
    """The date of every record of a file whose records carry none: the one in its name."""
    if file.feed.dated_by == "record":
        return None
    return file_names.snapshot_date(file_names.named_dates(file.path.name))


def _without_coverage(delivery: Delivery) -> Delivery:
    return replace(delivery, covers_from=None, covers_to=None)


def _count_by_feed(files: Sequence[InboxFile]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in files:
        counts[file.feed.folder] = counts.get(file.feed.folder, 0) + 1
    return counts
