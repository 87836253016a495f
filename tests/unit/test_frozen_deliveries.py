"""Deliveries in another format than declared: frozen with a named reason, nothing landed, read again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.format_ledger import FrozenDelivery, is_superseded
from orchestration.home import Home
from orchestration.landing.land import LandingReport
from orchestration.ledger import Delivery, Ledger
from orchestration.sources import FEEDS
from tests.unit.landing_home import (
    CLAUDE,
    COPILOT,
    NOW,
    WORKERS_HEADER,
    LandingHome,
    claude_record,
    copilot_record,
    ndjson,
    page,
    worker_row,
)

DAY = date(2026, 3, 2)
NAME = f"{COPILOT}/users_2026-03-02.ndjson"
NIGHT = timedelta(days=1)
GOOD = ndjson(copilot_record("a"), copilot_record("b"))


def _without(record: dict[str, Any], key: str, renamed: str | None = None) -> dict[str, Any]:
    kept = {name: value for name, value in record.items() if name != key}
    return kept | ({renamed: record[key]} if renamed else {})


RENAMED = ndjson(*(_without(copilot_record(login), "user_login", "login") for login in "ab"))


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def frozen_in(landing: LandingHome) -> dict[str, str]:
    """Path to reason, as the ledger keeps it."""
    with Ledger(landing.home.ledger) as ledger:
        return {one.file_path: one.reason for one in ledger.frozen_deliveries()}


def only_frozen(report: LandingReport) -> FrozenDelivery:
    assert (report.landed, report.duplicates, report.refused) == ((), (), ())
    (frozen,) = report.frozen
    return frozen


CLAUDE_ACTOR = {"type": "user_actor", "email_address": "ann@example.com"}
DRIFTED: dict[str, tuple[str, str, str]] = {
    "missing": (NAME, ndjson(*(_without(copilot_record(one), "day") for one in "ab")), "day: missing"),
    "null": (NAME, ndjson(*(copilot_record(one, day=None) for one in "ab")), "day: missing"),
    "renamed": (NAME, RENAMED, "user_login: missing"),
    "retyped": (NAME, ndjson(*(copilot_record(one, day=20260302) for one in "ab")), "day: not a text"),
    "another date format": (
        NAME,
        ndjson(*(copilot_record(one, day="02.03.2026") for one in "ab")),
        "day: not a date (YYYY-MM-DD)",
    ),
    "an optional counter retyped": (
        NAME,
        ndjson(*(copilot_record(one, loc_added_sum="8") for one in "ab")),
        "loc_added_sum: not a whole number",
    ),
    "a nested key renamed": (
        f"{CLAUDE}/x_2026-03-02.json",
        page(*(claude_record(core_metrics={"sessions": 5}) for _ in range(3))),
        "core_metrics.num_sessions: missing",
    ),
    "an object became a list": (
        f"{CLAUDE}/x_2026-03-02.json",
        page(*(claude_record(tool_actions=[]) for _ in range(3))),
        "tool_actions: not an object",
    ),
    "a key of an element renamed": (
        f"{CLAUDE}/x_2026-03-02.json",
        page(*(claude_record(model_breakdown=[{"name": "claude-opus-5"}]) for _ in range(3))),
        "model_breakdown.model: missing",
    ),
    "the actor moved": (
        f"{CLAUDE}/x_2026-03-02.json",
        page(*(_without(claude_record(), "actor", "user") for _ in range(2))),
        "actor.type: missing",
    ),
    "a column is missing": (
        "hr/workers/w_2026-03-02.csv",
        f"{WORKERS_HEADER.replace(',job_level', '')}\n{worker_row()}{worker_row('8')}",
        "job_level: missing from the header",
    ),
    "a column is missing and blank lines stand among the rows": (
        "hr/workers/w_2026-03-02.csv",
        f"\n{WORKERS_HEADER.replace(',job_level', '')}\n   \n{worker_row()}\n{worker_row('8')}\t\n",
        "job_level: missing from the header",
    ),
    "a column renamed": (
        "hr/workers/w_2026-03-02.csv",
        f"{WORKERS_HEADER.replace('hired_date', 'hire_date')}\n{worker_row()}{worker_row('8')}",
        "hired_date: missing from the header",
    ),
    "a column retyped": (
        "hr/workers/w_2026-03-02.csv",
        f"{WORKERS_HEADER}\n{worker_row(hired_date='1 Feb 2020')}{worker_row('8', hired_date='3 Feb 2020')}",
        "hired_date: not a date (YYYY-MM-DD)",
    ),
}


@pytest.mark.parametrize("case", DRIFTED)
def test_a_delivery_in_another_format_is_frozen_and_its_neighbour_goes_in(
    landing: LandingHome, case: str
) -> None:
    path, content, reason = DRIFTED[case]
    landing.put(path, content)
    landing.put(f"{COPILOT}/z_2026-03-03.ndjson", ndjson(copilot_record("z", day="2026-03-03")))
    report = landing.land()
    assert [one.file_path for one in report.landed] == [f"{COPILOT}/z_2026-03-03.ndjson"]
    (frozen,) = report.frozen
    assert (frozen.file_path, frozen.reason, frozen.frozen_at) == (path, reason, NOW)
    assert (frozen.covers_from, frozen.covers_to) == (DAY, DAY)
    lines = sum(bool(line.strip()) for line in content.split("\n"))
    expected = {".ndj": lines, ".jso": content.count('"date"'), ".csv": lines - 1}
    assert frozen.record_count == expected[Path(path).suffix[:4]]
    assert report.refused == ()
    assert frozen_in(landing) == {path: reason}
    assert [one.file_path for one in landing.deliveries()] == [f"{COPILOT}/z_2026-03-03.ndjson"]
    assert len(list(landing.home.landing.rglob("*.*"))) == 1


def test_where_one_record_is_good_the_others_are_rejected_one_by_one(landing: LandingHome) -> None:
    landing.put(NAME, RENAMED + ndjson(copilot_record("c")))
    report = landing.land()
    assert report.frozen == ()
    (delivery,) = report.landed
    assert (delivery.record_count, delivery.rejected_count, delivery.covers_from) == (3, 2, DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"loc_added_sum": -1},
        {"day": "1970-01-01"},
        {"day": "2999-01-01"},
        {"user_login": "ann lee"},
        {"user_login": "x" * 101},
        {"loc_added_sum": 10**12},
    ],
)
def test_wrong_values_freeze_nothing(landing: LandingHome, changes: dict[str, Any]) -> None:
    landing.put(NAME, ndjson(*(copilot_record(**changes) for _ in range(3))))
    report = landing.land()
    assert report.frozen == ()
    assert [(one.record_count, one.rejected_count) for one in report.landed] == [(3, 3)]


def test_broken_lines_among_drifted_records_do_not_hide_the_drift(landing: LandingHome) -> None:
    landing.put(NAME, RENAMED + "{broken\n")
    frozen = only_frozen(landing.land())
    assert (frozen.reason, frozen.record_count) == ("user_login: missing", 3)


def test_a_frozen_file_is_read_again_and_keeps_its_first_time(landing: LandingHome) -> None:
    landing.put(NAME, RENAMED)
    first = only_frozen(landing.land())
    second = only_frozen(landing.land(now=NOW + NIGHT))
    assert second == first
    with Ledger(landing.home.ledger) as ledger:
        assert [one.frozen_at for one in ledger.frozen_deliveries()] == [NOW]


def test_a_corrected_file_under_the_same_name_clears_it(landing: LandingHome) -> None:
    landing.put(NAME, RENAMED)
    landing.land()
    landing.put(NAME, GOOD)
    report = landing.land(now=NOW + NIGHT)
    assert [(one.record_count, one.covers_from) for one in report.landed] == [(2, DAY)]
    assert (report.frozen, frozen_in(landing)) == ((), {})


def test_an_upgraded_declaration_lands_what_was_frozen(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing.put(NAME, RENAMED)
    landing.land()
    before = path.stat()
    feed = FEEDS[COPILOT]
    actor = replace(feed.actors[0], name=replace(feed.actors[0].name, path="login"))
    monkeypatch.setitem(FEEDS, COPILOT, replace(feed, actors=(actor,)))
    report = landing.land(now=NOW + NIGHT)
    (delivery,) = report.landed
    assert [row["actor_name"] for row in landing.rows(delivery)] == ["a", "b"]
    assert frozen_in(landing) == {}
    assert path.stat() == before


def test_another_file_that_covers_its_days_settles_it(landing: LandingHome) -> None:
    landing.put(NAME, RENAMED)
    landing.land()
    landing.put(f"{COPILOT}/again_2026-03-01_2026-03-02.ndjson", GOOD)
    report = landing.land(now=NOW + NIGHT)
    assert report.frozen == ()
    assert report.notices == (
        f"{NAME} is left unread (user_login: missing): another delivery says what it could.",
    )
    assert frozen_in(landing) == {}
    assert landing.land(now=NOW + 2 * NIGHT) == LandingReport((), (), (), ())


def test_a_newer_restatement_that_is_frozen_stays_open(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/a_2026-03-02_20260303T010000Z.ndjson", GOOD)
    newer = f"{COPILOT}/b_2026-03-02_20260304T010000Z.ndjson"
    landing.put(newer, RENAMED)
    report = landing.land()
    assert [one.covers_from for one in report.landed] == [DAY]
    assert [one.file_path for one in report.frozen] == [newer]


def test_a_part_of_a_day_that_arrives_with_the_others_stays_open(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/part1_2026-03-02.ndjson", GOOD)
    landing.put(f"{COPILOT}/part2_2026-03-02.ndjson", RENAMED)
    for night in range(2):
        report = landing.land(now=NOW + night * NIGHT)
        assert [one.file_path for one in report.frozen] == [f"{COPILOT}/part2_2026-03-02.ndjson"]


def test_a_file_taken_out_of_the_inbox_is_frozen_no_more(landing: LandingHome) -> None:
    path = landing.put(NAME, RENAMED)
    landing.land()
    path.unlink()
    assert landing.land() == LandingReport((), (), (), ())
    assert frozen_in(landing) == {}


def test_the_same_frozen_content_under_two_names_is_two_files(landing: LandingHome) -> None:
    landing.put(NAME, RENAMED)
    landing.put(f"{COPILOT}/copy_2026-03-02.ndjson", RENAMED)
    report = landing.land()
    assert len({one.delivery_id for one in report.frozen}) == 2
    landing.put(NAME, GOOD)
    assert [one.file_path for one in landing.land().landed] == [NAME]


FROZEN = FrozenDelivery(
    "p", "f" * 16, "s", "f", "0" * 64, datetime(2026, 3, 4), DAY, DAY + NIGHT, 2, "a: missing", NOW
)
OTHER = Delivery(
    "d" * 16,
    "s",
    "f",
    "q",
    None,
    "1" * 64,
    datetime(2026, 3, 5),
    1,
    2,
    0,
    DAY,
    DAY + NIGHT,
    NOW,
    "landed",
)


@pytest.mark.parametrize(
    ("changes", "is_usage", "expected"),
    [
        ({}, True, True),
        ({"status": "duplicate"}, True, True),
        ({"status": "withdrawn"}, True, False),
        ({"rank_at": datetime(2026, 3, 3)}, True, False),
        ({"rank_at": datetime(2026, 3, 4)}, True, False),
        ({"feed": "g"}, True, False),
        ({"covers_from": DAY - NIGHT, "covers_to": DAY + 2 * NIGHT}, True, True),
        ({"covers_to": DAY}, True, False),
        ({"covers_from": DAY + NIGHT}, True, False),
        ({"covers_from": None, "covers_to": None}, True, False),
        ({"covers_from": None, "covers_to": None}, False, True),
        ({"covers_from": DAY - NIGHT, "covers_to": DAY - NIGHT}, False, False),
        ({"covers_from": DAY + 2 * NIGHT, "covers_to": DAY + 2 * NIGHT}, False, True),
    ],
)
def test_which_delivery_settles_a_frozen_one(changes: dict[str, Any], is_usage: bool, expected: bool) -> None:
    assert is_superseded(FROZEN, replace(OTHER, **changes), is_usage=is_usage) is expected


def test_no_reason_holds_a_value(landing: LandingHome) -> None:
    canary = "canary-7f3a"
    landing.put(NAME, ndjson(*(copilot_record(canary, day=canary, **{canary: 1}) for _ in range(2))))
    landing.put(
        "hr/workers/w_2026-03-02.csv", f"{WORKERS_HEADER.replace('job_level', canary)}\n{worker_row(canary)}"
    )
    report = landing.land()
    assert len(report.frozen) == 2
    assert canary not in json.dumps([one.sentence + one.reason for one in report.frozen])
