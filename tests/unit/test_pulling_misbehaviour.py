"""A vendor that misbehaves: complete data or nothing of that day, for each way an answer goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from orchestration.landing.land import land_inbox
from tests.unit.landing_home import claude_record, copilot_record
from tests.unit.pulling_home import DAY, NOW, PullingHome
from tests.vendors import misbehaviour as bad
from tests.vendors import rules
from tests.vendors.server import Misbehaviour, Vendor, serving

EARLIER = date(2026, 3, 29)
PEOPLE = [f"p{number}@example.com" for number in range(5)]
LOGINS = [f"p{number}_acme" for number in range(5)]
CLAUDE, COPILOT = "claude_code", "github_copilot"
FEEDS = {CLAUDE: "claude_code/usage_report", COPILOT: "github_copilot/users_1_day"}
PAGES, FILES = rules.CLAUDE_PATH, rules.DOWNLOADS


@dataclass(frozen=True)
class Case:
    """What goes wrong, with which requests (path, number from 1 on; 0 every one), and what must come of it:
    "complete", or the words that say why nothing was kept.
    """

    source: str
    faults: Sequence[tuple[str, int, Misbehaviour]]
    outcome: str


def claude(outcome: str, *faults: tuple[int, Misbehaviour]) -> Case:
    """Faults of pages."""
    return Case(CLAUDE, [(PAGES, number, fault) for number, fault in faults], outcome)


def files(outcome: str, *faults: tuple[int, Misbehaviour]) -> Case:
    """Faults of NDJSON files behind signed links."""
    return Case(COPILOT, [(FILES, number, fault) for number, fault in faults], outcome)


def report(outcome: str, *faults: tuple[int, Misbehaviour]) -> Case:
    """Faults of the answer that lists the links."""
    return Case(COPILOT, [(rules.COPILOT_PATH, number, fault) for number, fault in faults], outcome)


COMPLETE = "complete"
TRUNCATED, FLIPPED = bad.packed(lambda data: data[:-12]), bad.packed(lambda data: data[:-6] + b"\0" * 6)
CASES = {
    "429, come back in a second": claude(COMPLETE, (2, bad.status(429, retry_after="1"))),
    "429, come back at a time": claude(COMPLETE, (2, bad.retry_at(429, 1))),
    "429, no word of when": claude(COMPLETE, (1, bad.status(429)), (2, bad.status(429))),
    "429, Retry-After makes no sense": claude(COMPLETE, (2, bad.status(429, retry_after="soon"))),
    "429, Retry-After in the past": claude(COMPLETE, (2, bad.retry_at(429, -100))),
    "429 for ever": claude("HTTP 429. It was tried 3 times", (0, bad.status(429))),
    "429, come back tomorrow": claude("asks to wait 86400 s", (2, bad.status(429, retry_after="86400"))),
    "403 of a used-up limit": claude(
        COMPLETE, (2, bad.status(403, x_ratelimit_remaining="0", x_ratelimit_reset="1"))
    ),
    "500 twice": claude(COMPLETE, (2, bad.status(500)), (3, bad.status(503, b"<html>"))),
    "500 for ever": claude("HTTP 500. It was tried 3 times", (0, bad.status(500))),
    "reset mid-body": claude(COMPLETE, (2, bad.reset_mid_body)),
    "reset mid-body for ever": claude("broke off. It was tried 3 times", (0, bad.reset_mid_body)),
    "reset in the middle of a file": files(COMPLETE, (2, bad.reset_mid_body)),
    "cut after a line of a file": files(COMPLETE, (1, bad.closed_early)),
    "cut after a line of a file for ever": files("broke off. It was tried", (0, bad.closed_early)),
    "chunks without end": files(COMPLETE, (1, bad.chunks_without_end)),
    "chunks without end for ever": files("broke off. It was tried", (0, bad.chunks_without_end)),
    "neither length nor end": files("neither how long", (1, bad.neither_length_nor_end)),
    "slow drip": claude(COMPLETE, (2, bad.slow_drip)),
    "slow drip for ever": claude("in time, or too slowly. It was tried 3", (0, bad.slow_drip)),
    "silence": claude(COMPLETE, (2, bad.silence)),
    "truncated gzip": claude(COMPLETE, (2, TRUNCATED)),
    "truncated gzip for ever": claude("its gzip lacks its end", (0, TRUNCATED)),
    "truncated gzip of a file": files("cut short", (0, TRUNCATED)),
    "gzip with a wrong checksum": claude("no valid gzip", (0, FLIPPED)),
    "whole gzip": claude(COMPLETE, (0, bad.packed(lambda data: data))),
    "packed otherwise": claude(
        "packed in a way that was not asked for",
        (2, bad.status(200, content_encoding="br")),
    ),
    "repeated page": claude("the same page twice", (0, bad.remembering(after=1))),
    "cursor loop": claude(
        "run in a circle",
        (3, bad.rewritten(lambda page: page | {"has_more": True, "next_page": "page_2026-03-30_2"})),
    ),
    "empty pages without end": claude(
        "empty pages in a row",
        (
            0,
            lambda handler, _: bad.instead(
                b'{"data":[],"has_more":true,"next_page":"page_2026-03-30_%d"}' % len(handler.vendor.asked),
                "application/json",
            )(handler, _),
        ),
    ),
    "410 of a cursor": claude(COMPLETE, (3, bad.status(410))),
    "410 of every cursor": claude(
        "Beginning anew 2 times did not help", *((number, bad.status(410)) for number in (2, 4, 6))
    ),
    "expired link": files(COMPLETE, (2, bad.status(403, b"<Error>AuthenticationFailed</Error>"))),
    "expired link, gone": files(COMPLETE, (1, bad.status(410))),
    "links that are always expired": files("for a download link", (0, bad.status(403))),
    "HTML with status 200": claude("HTML or XML", (2, bad.instead(bad.HTML, "text/html; charset=utf-8"))),
    "HTML said to be JSON": claude("HTML or XML", (2, bad.instead(bad.HTML, "application/json"))),
    "HTML in place of a file": files("HTML or XML", (2, bad.instead(bad.HTML, "application/octet-stream"))),
    "JSON said to be text": claude("not declared as JSON", (2, bad.instead(b"{}", "text/plain"))),
    "an error with status 200": claude(
        "no list data", (2, bad.instead(b'{"error":{"message":"overloaded"}}', "application/json"))
    ),
    "nothing with status 200": claude("is empty", (0, bad.instead(b" ", "application/json"))),
    "half a JSON, whole by its length": claude(
        "its JSON lacks its end", (0, bad.instead(b'{"data":[{"date":"2026', "application/json"))
    ),
    "no word of a next page": claude(
        "does not say whether it is the last page",
        (2, bad.rewritten(lambda page: {name: page[name] for name in page if name != "has_more"})),
    ),
    "a next page without a name": claude(
        "does not name it", (2, bad.rewritten(lambda page: page | {"next_page": None}))
    ),
    "a redirect": claude("is not followed", (2, bad.status(302, location="http://127.0.0.1:9/login"))),
    "a refused secret": claude("check the secret in the variable VENDOR_SECRET", (0, bad.status(401))),
    "no such path": claude("check base_url and parameters", (0, bad.status(404))),
    "the report of another day": report(
        "for another day", (1, bad.rewritten(lambda page: page | {"report_day": "2026-03-29"}))
    ),
    "the same link twice": report(
        "in a circle",
        (1, bad.rewritten(lambda page: page | {"download_links": page["download_links"][:1] * 2})),
    ),
    "links that are no addresses": report(
        "no address",
        (1, bad.rewritten(lambda page: page | {"download_links": [{"url": "x"}]})),
    ),
    "no list of links": report("no list download_links", (1, bad.rewritten(lambda _: {"message": "moved"}))),
    "a link without https": report(
        "not https",
        (1, bad.rewritten(lambda page: page | {"download_links": ["http://example.com/a.ndjson"]})),
    ),
}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(Vendor()) as found:
        days = {
            day: [claude_record(person, date=f"{day}T00:00:00Z") for person in PEOPLE]
            for day in ("2026-03-29", "2026-03-30")
        }
        found.rules |= rules.claude_code(days)
        rows = {day: [copilot_record(login, day=day) for login in LOGINS] for day in days}
        found.rules |= rules.copilot(found, {day: [all_[:3], all_[3:]] for day, all_ in rows.items()})
        yield found


def landed(home: PullingHome) -> tuple[int, list[date]]:
    """Records that landing takes from what was pulled, and the days that they cover."""
    home.home.inbox.mkdir(parents=True)
    found = land_inbox(home.home, home.settings(), now=NOW)
    assert found.refused == ()
    assert [delivery.rejected_count for delivery in found.landed if delivery.rejected_count] == []
    days = [delivery.covers_from for delivery in found.landed if delivery.covers_from is not None]
    return sum(delivery.record_count for delivery in found.landed), days


def people(home: PullingHome, source: str) -> list[str]:
    """Who is in what was pulled."""
    records = home.records(FEEDS[source])
    return [
        record["user_login"] if source == COPILOT else record["actor"]["email_address"] for record in records
    ]


@pytest.mark.parametrize("name", CASES)
def test_complete_data_or_nothing(name: str, tmp_path: Path, vendor: Vendor) -> None:
    case = CASES[name]
    vendor.faults += case.faults
    home = PullingHome(tmp_path / "home", vendor)
    found = home.pull(case.source)
    if case.outcome == COMPLETE:
        assert found.failed == []
        assert people(home, case.source) == (LOGINS if case.source == COPILOT else PEOPLE)
        assert landed(home) == (5, [DAY])
    else:
        (line,) = found.failure_lines
        assert line.startswith(f"{FEEDS[case.source]} 2026-03-30: ")
        assert case.outcome in line
        assert home.files() == {}
        assert landed(home) == (0, [])
    leaves_no_trace(home, found.failure_lines)


def leaves_no_trace(home: PullingHome, lines: Sequence[str]) -> None:
    """No secret, address or signature in what is said, nor in any file or name."""
    said = "\n".join([*home.said, *lines])
    everything = said.encode() + b"".join(name.encode() + content for name, content in home.files().items())
    for canary in (rules.SECRET, "SIGNATURE-CANARY", home.vendor.url, "p1@example.com\n"):
        assert canary.encode() not in everything, canary
