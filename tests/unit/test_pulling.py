"""Pulling from vendors in order: whole days, pruned, in files that landing reads like those of the inbox."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from orchestration.errors import RunFailed
from orchestration.landing.inbox import list_inbox
from orchestration.landing.land import LandingReport, land_inbox
from orchestration.pulling.pulled_files import LINE_RECORDS
from tests.unit.landing_home import chat_record, claude_record, copilot_record
from tests.unit.pulling_home import DAY, NOW, PullingHome
from tests.vendors import misbehaviour as bad
from tests.vendors import rules
from tests.vendors.server import Asked, Handler, Reply, Vendor, serving

FOLDER = "pulled/claude_code/usage_report"
FILE = f"{FOLDER}/2026-03-30_20260331T063000Z.ndjson.zst"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(Vendor()) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, vendor: Vendor) -> PullingHome:
    return PullingHome(tmp_path / "home", vendor)


def land(home: PullingHome, *sources: str) -> LandingReport:
    home.home.inbox.mkdir(parents=True, exist_ok=True)
    return land_inbox(home.home, home.settings(*sources), now=NOW)


def claude_days(*days: int, people: int = 5) -> dict[str, list[dict[str, object]]]:
    """So many people on each of some days of March."""
    return {
        f"2026-03-{day:02}": [
            claude_record(f"p{number}@example.com", date=f"2026-03-{day:02}T00:00:00Z")
            for number in range(people)
        ]
        for day in days
    }


def asked_days(vendor: Vendor) -> list[str]:
    """The days asked for, first pages only."""
    days = [asked.one("starting_at") or "" for asked in vendor.asked if asked.one("page") is None]
    return sorted(days)


def test_all_pages_of_a_day_are_pulled_in_their_order(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    assert home.pull("claude_code").failed == []
    assert list(home.files()) == [FILE]
    found = home.records("claude_code/usage_report")
    assert [record["actor"]["email_address"] for record in found] == [f"p{n}@example.com" for n in range(5)]
    assert len(vendor.asked) == 3
    (delivery,) = land(home).landed
    assert (delivery.record_count, delivery.rejected_count) == (5, 0)
    assert (delivery.covers_from, delivery.covers_to) == (DAY, DAY)
    assert str(delivery.stamp_at) == "2026-03-31 06:30:00"


def test_a_day_of_many_records_is_several_lines_and_lands_whole(home: PullingHome, vendor: Vendor) -> None:
    count = 2 * LINE_RECORDS + 500
    vendor.rules |= rules.claude_code(claude_days(30, people=count), page_size=1_000)
    home.pull("claude_code")
    assert home.files()[FILE].count(b"\n") == 3
    (delivery,) = land(home).landed
    assert delivery.record_count == count


def test_only_the_owner_reads_what_was_pulled(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    home.pull("claude_code")
    assert (home.root / FILE).stat().st_mode & 0o777 == 0o600


def test_a_day_of_nobody_is_covered(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code({})
    vendor.rules |= rules.copilot(vendor, {"2026-03-30": [[]]})
    assert home.pull("claude_code", "github_copilot").failed == []
    found = land(home)
    assert found.refused == ()
    assert [(d.source, d.record_count, d.covers_from) for d in found.landed] == [
        ("claude_code", 0, DAY),
        ("github_copilot", 0, DAY),
    ]


def test_a_report_without_links_is_not_there_yet_and_no_failure(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.copilot(vendor, {"2026-03-29": [[copilot_record(day="2026-03-29")]]})
    found = home.pull("github_copilot", forced=(date(2026, 3, 28), DAY))
    assert found.failed == []
    assert found.notice_lines == [
        "github_copilot/users_1_day: the vendor does not have 2 days of 2026-03-28 to 2026-03-30 yet."
    ]
    assert [path.rpartition("/")[2][:10] for path in home.files()] == ["2026-03-29"]


def test_messages_since_a_day_are_one_file_without_content(home: PullingHome, vendor: Vendor) -> None:
    # 2026-03-29T00:00Z is 1,774,742,400 seconds after 1970
    moments = [1_774_742_399.5, 1_774_742_400, 1_774_830_000, 1_774_900_000, 1_774_915_300]
    messages = []
    for number, moment in enumerate(moments):
        record = chat_record(f"m{number}")
        record["message"]["created_at"] = moment
        messages.append(record)
    vendor.rules |= rules.chatgpt(messages)
    found = home.pull("chatgpt", forced=(date(2026, 3, 29), DAY))
    assert found.failed == []
    (name,) = home.files()
    assert name.endswith("/2026-03-29_2026-03-30_20260331T063000Z.ndjson.zst")
    assert [r["message"]["id"] for r in home.records("chatgpt/conversation_messages")] == [
        "m1",
        "m2",
        "m3",
        "m4",
    ]
    (delivery,) = land(home, "chatgpt").landed
    assert (delivery.record_count, delivery.covers_from, delivery.covers_to) == (4, date(2026, 3, 29), DAY)
    for name, content in home.files().items():
        assert b"CANARY" not in content, name
    assert "CANARY" not in "".join(home.said)


def test_content_is_neither_pulled_nor_landed_without_an_approval(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.chatgpt([chat_record()])
    home.pull("chatgpt", forced=(date(2026, 3, 2), DAY))
    allowed = home.settings("chatgpt")
    home.approval = None
    found = home.pull("chatgpt")
    assert [line for line in found.notice_lines if "content_access_approval_id" in line] == found.notice_lines
    assert len(found.notice_lines) == 1
    assert len(vendor.asked) == 1
    home.home.inbox.mkdir()
    assert list_inbox(home.home, home.settings("chatgpt")).files == []
    assert len(list_inbox(home.home, allowed).files) == 1


def test_nights_follow_each_other(home: PullingHome, vendor: Vendor) -> None:
    """The first one looks back three days, the second finds a gap that the first left."""
    days = claude_days(*range(20, 31))
    vendor.rules |= rules.claude_code(days)
    in_order = vendor.rules[rules.CLAUDE_PATH]
    sign_in = Reply(bad.HTML, headers={"content-type": "text/html"})
    vendor.rules[rules.CLAUDE_PATH] = lambda a: (
        sign_in if a.one("starting_at") == "2026-03-25" else in_order(a)
    )
    first = home.pull("claude_code", wanted=date(2026, 3, 26), forced=None)
    assert [str(failed.window) for failed in first.failed] == ["2026-03-25"]
    land(home)
    vendor.asked.clear()
    vendor.rules[rules.CLAUDE_PATH] = in_order
    later = NOW + timedelta(days=1)
    home.pull("claude_code", forced=None, now=later)
    assert asked_days(vendor) == [f"2026-03-{day}" for day in (25, 27, 28, 29, 30)]


def test_what_waits_to_be_landed_is_not_pulled_again(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(20, 30))
    home.pull("claude_code", forced=(date(2026, 3, 20), date(2026, 3, 27)))
    vendor.asked.clear()
    home.pull("claude_code", forced=None, now=NOW + timedelta(hours=1))
    assert asked_days(vendor) == ["2026-03-28", "2026-03-29", "2026-03-30"]


def test_a_vendor_that_says_the_same_again_leaves_no_second_file(home: PullingHome, vendor: Vendor) -> None:
    days = claude_days(30)
    vendor.rules |= rules.claude_code(days)
    home.pull("claude_code")
    land(home)
    again = home.pull("claude_code", now=NOW + timedelta(hours=1))
    assert [pulled.path for pulled in again.pulled] == [None]
    assert list(home.files()).count(FILE) == 1
    days["2026-03-30"].append(claude_record("late@example.com", date="2026-03-30T00:00:00Z"))
    restated = home.pull("claude_code", now=NOW + timedelta(hours=2))
    assert [pulled.path for pulled in restated.pulled] == [FILE.replace("T063000Z", "T083000Z")]
    days["2026-03-30"].pop()
    taken_back = home.pull("claude_code", now=NOW + timedelta(hours=3))
    land(home)
    assert [pulled.path for pulled in taken_back.pulled] == [None]


def test_days_are_pulled_side_by_side_as_many_as_the_vendor_allows(home: PullingHome, vendor: Vendor) -> None:
    at_once, most, turn = 0, 0, threading.Lock()

    def count(handler: Handler, reply: Reply) -> None:
        nonlocal at_once, most
        with turn:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.2)
        with turn:
            at_once -= 1
        handler.send(reply)

    vendor.rules |= rules.claude_code(claude_days(*range(20, 31), people=1))
    vendor.faults.append((rules.CLAUDE_PATH, 0, count))
    assert home.pull("claude_code", forced=(date(2026, 3, 20), DAY)).failed == []
    assert most == 4
    assert asked_days(vendor) == [f"2026-03-{day}" for day in range(20, 31)]


def test_one_feed_that_fails_stops_no_other_and_asks_no_further(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    vendor.rules[rules.COPILOT_PATH] = lambda _: rules.UNAUTHORISED
    found = home.pull("claude_code", "github_copilot", forced=(date(2026, 3, 11), DAY))
    assert len(found.pulled) == 20
    lines = found.failure_lines
    assert "HTTP 401" in lines[0]
    assert lines[-1].startswith("github_copilot/users_1_day: ")
    assert lines[-1].endswith(" further pulls were not tried after that.")
    assert len(found.failed) == 20
    assert sum(asked.path == rules.COPILOT_PATH for asked in vendor.asked) <= 4


def test_a_clock_that_is_off_shifts_neither_waits_nor_windows(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    vendor.clock_is_off_by = -90 * 86_400.0
    vendor.faults.append((rules.CLAUDE_PATH, 1, bad.retry_at(429, 2)))
    begun = time.monotonic()
    assert home.pull("claude_code").failed == []
    assert time.monotonic() - begun >= 1
    assert list(home.files()) == [FILE]
    assert "claude_code/usage_report: waiting 2 s, as the vendor asks" in home.said


def test_what_a_killed_pull_left_goes_and_is_never_landed(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    (home.root / FOLDER).mkdir(parents=True)
    hidden = home.root / FOLDER / ".new-2026-03-29_20260330T063000Z.ndjson.zst"
    hidden.write_bytes(b"half a day")
    assert land(home).landed == ()
    home.pull("claude_code")
    assert not hidden.exists()


def test_what_a_broken_download_brought_is_taken_back(home: PullingHome, vendor: Vendor) -> None:
    """Large enough that records of the first half were written before it broke off."""
    logins = [f"p{number}_acme" for number in range(5_000)]
    rows = [copilot_record(login, day="2026-03-30") for login in logins]
    vendor.rules |= rules.copilot(vendor, {"2026-03-30": [rows]})
    vendor.faults.append((rules.DOWNLOADS, 1, bad.closed_early))
    assert home.pull("github_copilot").failed == []
    assert [record["user_login"] for record in home.records("github_copilot/users_1_day")] == logins


@pytest.fixture
def hears_interrupts() -> Iterator[None]:
    """A shell starts its background jobs with interrupts ignored, and Python leaves it at that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_interrupts")
def test_an_interrupted_pull_leaves_nothing(home: PullingHome, vendor: Vendor) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    has_ended = threading.Event()

    def interrupt(handler: Handler, reply: Reply) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        has_ended.wait(timeout=60)  # however busy the machine is, the page does not come before the interrupt

    vendor.faults.append((rules.CLAUDE_PATH, 2, interrupt))
    with pytest.raises(KeyboardInterrupt):
        home.pull("claude_code")
    has_ended.set()
    assert home.files() == {}


def test_a_disk_that_cannot_be_written_ends_the_run_with_a_sentence(
    home: PullingHome, vendor: Vendor
) -> None:
    vendor.rules |= rules.claude_code(claude_days(30))
    home.root.mkdir()
    (home.root / "pulled").write_text("in the way")
    with pytest.raises(RunFailed, match=r"failed at .*pulled.*run again"):
        home.pull("claude_code")


def test_the_secret_is_in_no_log_and_on_no_command_line(
    home: PullingHome, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    def look(asked: Asked) -> Reply:
        command = Path(f"/proc/{os.getpid()}/cmdline").read_bytes()
        assert rules.SECRET.encode() not in command
        return Reply.of({"data": [], "has_more": False})

    vendor.rules[rules.CLAUDE_PATH] = look
    vendor.faults.append((rules.CLAUDE_PATH, 1, bad.status(503)))
    with caplog.at_level("DEBUG"):
        assert home.pull("claude_code").failed == []
    assert len(vendor.asked) == 2
    for canary in (rules.SECRET, "starting_at"):
        assert canary not in caplog.text
