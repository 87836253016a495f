"""When the next request may be sent: what a vendor asks for in its answers, and its rate limit.

The vendor's clock is read only against itself: a wait is the distance of two times that it states.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MINUTE = 60.0
_PASSING_STATUS = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Limits:
    """How long and how often anything is tried; seconds. Times are per request, retries included."""

    connect_seconds: float = 10
    silence_seconds: float = 60
    request_seconds: float = 900
    attempts: int = 8
    retry_seconds: float = 1800
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 900
    restarts: int = 3


def is_passing(status: int) -> bool:
    """Whether an HTTP status says that asking again may help."""
    return status in _PASSING_STATUS or status >= 500


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer asks to wait: Retry-After in seconds or as a date, else the reset of a used-up
    limit; None where it asks for nothing that can be understood.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return float(asked)
    moment = _http_date(asked)
    if moment is None and headers.get("x-ratelimit-remaining", "").strip() == "0":
        reset = headers.get("x-ratelimit-reset", "").strip()
        moment = datetime.fromtimestamp(int(reset), UTC) if reset.isdecimal() and len(reset) < 12 else None
    if moment is None:
        return None
    vendor_now = _http_date(headers.get("date", "")) or datetime.now(UTC)
    return max((moment - vendor_now).total_seconds(), 0.0)


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


class RateLimit:
    """Lets at most `per_minute` requests start within any minute, None any number."""

    def __init__(self, per_minute: int | None, minute: float = MINUTE) -> None:
        self._started: deque[float] = deque(maxlen=per_minute)
        self._per_minute = per_minute
        self._minute = minute
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until one more request may start, and count it."""
        if self._per_minute is None:
            return
        async with self._turn:
            if len(self._started) == self._per_minute:
                await asyncio.sleep(self._started[0] + self._minute - time.monotonic())
            self._started.append(time.monotonic())
