"""When the next request may go: what vendors ask for, told by their own clock, and their rate limits."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from orchestration.pulling.waits import RateLimit, asked_wait

THEIR_NOW = datetime(1999, 12, 31, 23, 59, tzinfo=UTC)
DATE = {"date": format_datetime(THEIR_NOW, usegmt=True)}


def http_date(seconds: float) -> str:
    return format_datetime(THEIR_NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": http_date(90)}, 90),
        ({"retry-after": http_date(-90)}, 0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "soon"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(THEIR_NOW.timestamp()) + 45)}, 45),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": str(int(THEIR_NOW.timestamp()) + 45)}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "later"}, None),
    ],
)
def test_waits_are_read_by_the_clock_that_states_them(headers: dict[str, str], wait: float | None) -> None:
    assert asked_wait(DATE | headers) == wait


def test_no_more_requests_start_within_a_minute_than_allowed() -> None:
    async def starts() -> list[float]:
        rate = RateLimit(3, minute=0.5)
        begun = []
        for _ in range(7):
            await rate.turn()
            begun.append(time.monotonic())
        return begun

    begun = asyncio.run(starts())
    assert begun[2] - begun[0] < 0.4
    for early, late in zip(begun, begun[3:], strict=False):
        assert late - early >= 0.499
