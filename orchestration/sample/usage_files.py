"""Turns drawn usage into the vendors' deliveries: pages, compression, late, repeated and restated ones.

Books what becomes of every record sent; draws nothing but what an earlier state of a row looked like.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from orchestration.sample import claude_code, github_copilot
from orchestration.sample.chatgpt import Message
from orchestration.sample.deliveries import Books, Fate, Inbox, Sent, dashed_stamp, lines, stamp
from orchestration.sample.period import Period, Troubles

CLAUDE = ("claude_code", "usage_report")
COPILOT = ("github_copilot", "users_1_day")
CHATGPT = ("chatgpt", "conversation_messages")
USAGE_FEEDS = (CLAUDE, COPILOT, CHATGPT)
PAGE_LIMIT = 40
WHOLE_DAY_LIMIT = 1000
EMPTY_CHATGPT_PAGE = b'{"object":"list","data":[],"has_more":false}\n'
CLAUDE_AT, COPILOT_AT, CHATGPT_AT = time(2, 15), time(3, 10), time(4, 5)


@dataclass
class Drawn:
    """All usage, per date, in the order it is sent."""

    claude: dict[date, list[Sent]] = field(default_factory=dict)
    copilot: dict[date, list[Sent]] = field(default_factory=dict)
    chatgpt: dict[date, list[tuple[Message, Fate]]] = field(default_factory=dict)


def write_usage(inbox: Inbox, books: Books, drawn: Drawn, period: Period, troubles: Troubles) -> None:
    """Write every usage delivery of the period."""
    for number, day in enumerate(period.days):
        _write_claude_day(inbox, books, drawn.claude.get(day, []), day, number=number, troubles=troubles)
        sent = drawn.copilot.get(day, [])
        if not sent:  # no report for a day without a row: such a day is not covered
            continue
        books.covered[COPILOT].add(day)
        later = _restated_on(day, period, troubles)
        if later:
            _restate_copilot_day(inbox, books, sent, day, [1, *later])
        else:
            _write_copilot_day(inbox, books, sent, day, number=number, troubles=troubles)
    _write_chatgpt(inbox, books, drawn, period, troubles)


def _book(books: Books, feed: tuple[str, str], day: date, sent: Sequence[Sent]) -> None:
    for record in sent:
        books.enter(*feed, day, record.fate)


def _write_claude_day(
    inbox: Inbox, books: Books, sent: list[Sent], day: date, *, number: int, troubles: Troubles
) -> None:
    books.covered[CLAUDE].add(day)
    rows = _with_superseded(sent) if number % 5 == 2 else list(sent)
    _book(books, CLAUDE, day, rows)
    days_later = 6 if day == troubles.late_claude_day else 1
    is_whole = number % 3 == 0 and len(rows) <= WHOLE_DAY_LIMIT
    content = _pages([record.row for record in rows], is_whole=is_whole, day=day)
    ending = ("json", "json.gz", "json.zst")[number // 2 % 3]
    inbox.put(*CLAUDE, f"{day}_{stamp(day, days_later, CLAUDE_AT)}.{ending}", content)
    if day == troubles.recompressed_claude_day:
        other = "json.gz" if ending == "json.zst" else "json.zst"
        inbox.put(*CLAUDE, f"{day}_{stamp(day, 2, CLAUDE_AT)}.{other}", content)
        books.enter(*CLAUDE, day, Fate.DUPLICATE, len(rows))
    if day == troubles.restated_claude_day:
        _restate_claude_day(inbox, books, sent, day)


def _restate_claude_day(inbox: Inbox, books: Books, sent: list[Sent], day: date) -> None:
    """An older state of the day under an older stamp than the one already written: it never counts."""
    earlier = [claude_code.earlier_state(record.row) for record in sent[:-1]]
    content = _pages(earlier, is_whole=False, day=day)
    inbox.put(*CLAUDE, f"{day}_{stamp(day, 1, time(1, 0))}.json", content)
    books.enter(*CLAUDE, day, Fate.DUPLICATE, len(earlier))


def _with_superseded(sent: list[Sent]) -> list[Sent]:
    """Some rows come twice in one delivery; the last one, at its usual place, is the one that holds."""
    early = [
        Sent(claude_code.earlier_state(record.row), Fate.DUPLICATE)
        for record in sent[::17]
        if record.fate is not Fate.REJECTED
    ]
    return early + list(sent)


def _pages(rows: list[dict[str, Any]], *, is_whole: bool, day: date) -> bytes:
    """API pages: one indented document, or one page a line; has_more and next_page as the API sets them."""
    if not rows:
        return b'{"data":[],"has_more":false,"next_page":null}\n'
    if is_whole:
        page = {"data": rows, "has_more": False, "next_page": None}
        return (json.dumps(page, indent=2) + "\n").encode()
    pages = []
    for start in range(0, len(rows), PAGE_LIMIT):
        has_more = start + PAGE_LIMIT < len(rows)
        following = f"page_{day:%Y%m%d}{start + PAGE_LIMIT:06d}" if has_more else None
        page = {"data": rows[start : start + PAGE_LIMIT], "has_more": has_more, "next_page": following}
        pages.append(json.dumps(page))
    return lines(pages)


def _restated_on(day: date, period: Period, troubles: Troubles) -> list[int]:
    """How many days after the activity date this date is delivered again."""
    if day in (troubles.missing_copilot_day, troubles.late_copilot_day, troubles.bad_copilot_day):
        return []
    nights = [night for night in troubles.restating_nights if 0 < (night - day).days <= 2]
    return [(night - day).days + 1 for night in nights if night <= period.last]


def _write_copilot_day(
    inbox: Inbox, books: Books, sent: list[Sent], day: date, *, number: int, troubles: Troubles
) -> None:
    _book(books, COPILOT, day, sent)
    days_later = 6 if day == troubles.late_copilot_day else 1
    ending = "ndjson.gz" if number % 2 else "ndjson"
    name = f"users-1-day_{day}_{dashed_stamp(day, days_later, COPILOT_AT)}.{ending}"
    inbox.put(*COPILOT, name, _ndjson(record.row for record in sent))


def _ndjson(rows: Iterable[dict[str, Any]]) -> bytes:
    return lines(json.dumps(row, separators=(",", ":")) for row in rows)


def _restate_copilot_day(
    inbox: Inbox, books: Books, sent: list[Sent], day: date, versions: list[int]
) -> None:
    """One date delivered in several states; `versions` are days from the date to each delivery.

    Earlier states count lower and lack the last row. The last state lacks the first row, which stays as the
    delivery before it stated it: what a later delivery no longer holds stays.
    """
    for position, days_later in enumerate(versions):
        left = len(versions) - 1 - position
        if left == 0:
            records = sent[1:]
        else:
            first = sent[:1] if left == 1 else _earlier(sent[:1], left)
            records = first + _earlier(sent[1:-1], left)
        if not records:
            continue
        _book(books, COPILOT, day, records)
        name = f"users-1-day_{day}_{dashed_stamp(day, days_later, COPILOT_AT)}.ndjson"
        inbox.put(*COPILOT, name, _ndjson(record.row for record in records))


def _earlier(sent: list[Sent], times: int) -> list[Sent]:
    for _ in range(times):
        sent = [Sent(github_copilot.earlier_state(record.row), Fate.DUPLICATE) for record in sent]
    return sent


def _write_chatgpt(inbox: Inbox, books: Books, drawn: Drawn, period: Period, troubles: Troubles) -> None:
    ranges = dict(troubles.chatgpt_ranges)
    second_days = set(ranges.values())
    for number, day in enumerate(period.days):
        books.covered[CHATGPT].add(day)
        messages = _in_time_order(drawn, day)
        for _, fate in messages:
            books.enter(*CHATGPT, day, fate)
        if day in second_days:
            continue
        name, days_later = f"{day}", 1
        if day in ranges:
            messages = messages + _in_time_order(drawn, ranges[day])
            name, days_later = f"{day}_{ranges[day]}", 2
        ending = ("ndjson", "ndjson.zst", "ndjson.gz")[number % 3]
        content = lines(message.line for message, _ in messages) or EMPTY_CHATGPT_PAGE
        inbox.put(*CHATGPT, f"messages_{name}_{stamp(day, days_later, CHATGPT_AT)}.{ending}", content)
        if day == troubles.renamed_chatgpt_day:
            inbox.put(*CHATGPT, f"copy-of_{day}_{stamp(day, 3, CHATGPT_AT)}.ndjson.gz", content)
            books.enter(*CHATGPT, day, Fate.DUPLICATE, len(messages))
    _resend_some(inbox, books, drawn, troubles)


def _resend_some(inbox: Inbox, books: Books, drawn: Drawn, troubles: Troubles) -> None:
    """A second export of a date holds some of its messages once more, unchanged; it covers nothing new."""
    day = troubles.resent_chatgpt_day
    if day is None or not drawn.chatgpt.get(day):
        return
    again = _in_time_order(drawn, day)[:7]
    inbox.put(
        *CHATGPT,
        f"messages_{day}_{stamp(day, 2, time(22, 0))}.ndjson",
        lines(message.line for message, _ in again),
    )
    books.enter(*CHATGPT, day, Fate.DUPLICATE, len(again))


def _in_time_order(drawn: Drawn, day: date) -> list[tuple[Message, Fate]]:
    return sorted(drawn.chatgpt.get(day, []), key=lambda pair: (pair[0].at_ms, pair[0].conversation_id))
