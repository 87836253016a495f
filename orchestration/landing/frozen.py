"""What becomes of files whose format is not the declared one: kept in the ledger as frozen, or settled.

How that is found out belongs to drift.py and record_reader.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from orchestration.format_ledger import FrozenDelivery, is_superseded
from orchestration.landing.drift import DriftedFormat
from orchestration.landing.integrity import FileStamp
from orchestration.ledger import Delivery, Ledger, short_hash


@dataclass(frozen=True)
class FrozenFile:
    """A file of which no record could be accepted, as the delivery it would have been, and what it showed."""

    delivery: Delivery
    stamp: FileStamp
    is_usage: bool
    error: DriftedFormat


def keep_frozen(
    ledger: Ledger, files: Sequence[FrozenFile], now: datetime
) -> tuple[list[FrozenDelivery], list[str]]:
    """Enter what one look at the inbox found frozen in the place of what the last found; it, and notices.

    A frozen file is read again at each look, so that a corrected file or an upgrade is all it takes. One that
    a later delivery has made superfluous is settled: it is not read again.
    """
    known = ledger.deliveries() if files else []
    before = {one.delivery_id: one for one in ledger.frozen_deliveries()}
    kept, drift, notices = [], {}, []
    for file in files:
        frozen = _frozen_delivery(file, now)
        if frozen.delivery_id in before:
            # Without a stamp it ranks by its first arrival, not by this look.
            first = before[frozen.delivery_id]
            frozen = replace(frozen, frozen_at=first.frozen_at, rank_at=first.rank_at)
        if any(is_superseded(frozen, by, is_usage=file.is_usage) for by in known):
            ledger.remember_file(frozen.file_path, file.stamp)
            notices.append(
                f"{frozen.file_path} is left unread ({frozen.reason}): another delivery says what it could."
            )
            continue
        kept.append(frozen)
        drift[frozen.file_path] = file.error.drift
    ledger.keep_frozen(kept, drift)
    return kept, notices


def _frozen_delivery(file: FrozenFile, now: datetime) -> FrozenDelivery:
    delivery = file.delivery
    return FrozenDelivery(
        file_path=delivery.file_path,
        delivery_id=short_hash(f"{delivery.delivery_id}/{delivery.file_path}"),
        source=delivery.source,
        feed=delivery.feed,
        content_sha256=delivery.content_sha256,
        rank_at=delivery.rank_at,
        covers_from=delivery.covers_from,
        covers_to=delivery.covers_to,
        record_count=file.error.record_count,
        reason=file.error.reason,
        frozen_at=now,
    )
