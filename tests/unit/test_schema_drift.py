"""Keys that are not as declared: recorded with how often, named only if they look like names."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from orchestration.landing import drift, key_sets
from orchestration.ledger import Ledger
from orchestration.sources import FEEDS
from tests.unit.landing_home import (
    CHATGPT,
    CLAUDE,
    COPILOT,
    NOW,
    LandingHome,
    chat_record,
    claude_record,
    copilot_record,
    ndjson,
    page,
)

Found = dict[tuple[str, str], tuple[int, int]]


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def drifted(landing: LandingHome) -> Found:
    """(kind, path) to (deliveries, records)."""
    with Ledger(landing.home.ledger) as ledger:
        return {
            (one.drift_kind, one.key_path): (one.delivery_count, one.record_count)
            for one in ledger.schema_drift()
        }


def drift_in(landing: LandingHome, path: str, content: str) -> Found:
    """What one delivery that lands whole shows."""
    landing.put(path, content)
    report = landing.land()
    assert (report.refused, report.frozen) == ((), ())
    return drifted(landing)


OTEL, GEMINI, OPENAI = "otel/claude_code", "gemini_workspace/activities", "openai/usage_completions"


def attributes(**values: Any) -> list[dict[str, Any]]:
    return [{"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in values.items()]


def telemetry(
    resource: list[dict[str, Any]], *points: list[dict[str, Any]], **more: Any
) -> dict[str, list[dict[str, Any]]]:
    """One metric with its points, each given by its attributes; `more` stands in the metric."""
    metric = {
        "name": "claude_code.session.count",
        "sum": {
            "aggregationTemporality": 1,
            "isMonotonic": True,
            "dataPoints": [
                {"timeUnixNano": f"{1772445600 + number}000000000", "asInt": 1, "attributes": point}
                for number, point in enumerate(points)
            ],
        },
    } | more
    return {
        "resourceMetrics": [{"resource": {"attributes": resource}, "scopeMetrics": [{"metrics": [metric]}]}]
    }


ANN = attributes(session__id="s", user__email="a@bank.example")
MADE_UP_MANY = attributes(**{f"key_{letter}": "x" for letter in "abcdefghijklmnopqrstuvwxyz"})
CORE = claude_record()["core_metrics"]
BREAKDOWN = claude_record()["model_breakdown"][0]
NEW_KEYS: list[tuple[str, str, Found]] = [
    (f"{COPILOT}/x.ndjson", ndjson(copilot_record("a"), copilot_record("b")), {}),
    (
        f"{COPILOT}/x.ndjson",
        ndjson(copilot_record("a", fresh=1, newer=2), copilot_record("b", fresh=[1]), copilot_record("c")),
        {("new_key", "fresh"): (1, 2), ("new_key", "newer"): (1, 1)},
    ),
    (
        f"{CLAUDE}/x.json",
        page(claude_record(fresh=1), claude_record()) + "\n" + page(claude_record(fresh={"a": 1})),
        {("new_key", "fresh"): (1, 2)},
    ),
    (f"{CLAUDE}/x.json", json.dumps({"data": [claude_record()], "has_more": False, "envelope": 1}), {}),
    (
        f"{CLAUDE}/x.json",
        page(
            claude_record(
                core_metrics=CORE | {"reviews": 1},
                model_breakdown=[
                    BREAKDOWN | {"tokens": BREAKDOWN["tokens"] | {"thinking": 1}},
                    BREAKDOWN | {"latency": 1},
                ],
            ),
            claude_record(core_metrics=CORE | {"lines_of_code": {"added": 1, "removed": 2, "moved": 3}}),
        ),
        {
            ("new_key", "core_metrics.reviews"): (1, 1),
            ("new_key", "core_metrics.lines_of_code.moved"): (1, 1),
            ("new_key", "model_breakdown.latency"): (1, 1),
            ("new_key", "model_breakdown.tokens.thinking"): (1, 1),
        },
    ),
    (f"{CHATGPT}/x.json", page(chat_record(), chat_record("m2")), {}),
    (
        f"{CHATGPT}/x.json",
        page(chat_record(summary="x"), chat_record(message=chat_record()["message"] | {"mood": "x"})),
        {("new_key", "summary"): (1, 1), ("new_key", "message.mood"): (1, 1)},
    ),
    # lists read by key, and the objects around a record: each record within shows what is around it
    (
        f"{OTEL}/x.json",
        json.dumps(telemetry(attributes(service__name="claude-code", os__type="linux"), ANN, ANN)),
        {},
    ),
    (
        f"{OTEL}/x.json",
        json.dumps(
            telemetry(
                attributes(department="x"),
                [*ANN, *attributes(prompt="x", mood="x")],
                [*ANN, *attributes(mood="y", a__b="x")],
                [*ANN],
                colour="x",
            )
        ),
        {
            ("new_key", "attributes[mood]"): (1, 2),
            ("new_key", "attributes[a.b]"): (1, 1),
            ("new_key", "resource>resource.attributes[department]"): (1, 3),
            ("new_key", "metric>colour"): (1, 3),
        },
    ),
    (
        f"{OTEL}/x.json",
        json.dumps(telemetry([], [*ANN, *MADE_UP_MANY])),
        {("new_key", "attributes[other]"): (1, 1)},
    ),
    (
        f"{GEMINI}/x.json",
        json.dumps(
            {
                "items": [
                    {
                        "kind": "admin#reports#activity",
                        "id": {"time": "2026-03-02T10:00:00.000Z", "uniqueQualifier": "1", "shard": 2},
                        "actor": {"email": "a@bank.example", "profileId": "1"},
                        "zone": "x",
                        "events": [
                            {
                                "type": "ai_usage_event",
                                "name": "feature_utilization",
                                "parameters": [
                                    {"name": "app_name", "value": "docs"},
                                    {"name": "tone", "value": "x"},
                                ],
                            },
                            {"type": "ai_usage_event", "name": "feature_utilization", "parameters": []},
                        ],
                    }
                ]
            }
        ),
        {
            ("new_key", "activity>id.shard"): (1, 2),
            ("new_key", "activity>zone"): (1, 2),
            ("new_key", "parameters[tone]"): (1, 1),
        },
    ),
    (
        f"{OPENAI}/x.json",
        json.dumps(
            {
                "object": "page",
                "has_more": False,
                "data": [
                    {
                        "object": "bucket",
                        "start_time": 1772409600,
                        "end_time": 1772496000,
                        "region": "x",
                        "results": [
                            {"input_tokens": 1, "num_model_requests": 1, "user_id": "u", "grade": "x"}
                        ],
                    }
                ],
            }
        ),
        {("new_key", "bucket>region"): (1, 1), ("new_key", "grade"): (1, 1)},
    ),
]


@pytest.mark.parametrize(("path", "content", "expected"), NEW_KEYS)
def test_new_keys_are_counted_and_keys_left_on_purpose_are_not(
    landing: LandingHome, path: str, content: str, expected: Found
) -> None:
    assert drift_in(landing, path, content) == expected
    (delivery,) = landing.deliveries()
    assert delivery.rejected_count == 0


def test_a_large_file_is_looked_at_the_same_way(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.landing.record_reader.BUFFERED_BYTES", 0)
    records = [copilot_record(f"u{number}") for number in range(key_sets.SAMPLED_RECORDS)]
    records += [copilot_record("late", fresh=1, totals_by_cli={"late_key": 1})]
    assert drift_in(landing, f"{COPILOT}/x.ndjson", ndjson(*records)) == {("new_key", "fresh"): (1, 1)}
    landing.put(f"{COPILOT}/y.ndjson", ndjson(*reversed(records)))
    landing.land()
    assert drifted(landing) == {
        ("new_key", "fresh"): (2, 2),
        ("new_key", "totals_by_cli.late_key"): (1, 1),
    }


@pytest.mark.parametrize(
    "key",
    ["ann@example.com", "x" * 65, "Ann Lee", "0049602", "emp_0049602", "a/b", "José", "", "'); drop--", "{"],
)
def test_a_key_that_could_be_data_is_never_named(landing: LandingHome, key: str) -> None:
    records = [copilot_record(one, **{key: 1}, totals_by_cli={key: 1}) for one in "ab"]
    assert drift_in(landing, f"{COPILOT}/x.ndjson", ndjson(*records)) == {
        ("new_key", "other"): (1, 2),
        ("new_key", "totals_by_cli.other"): (1, 2),
    }
    is_telling = len(key) > 2  # shorter ones stand among the numbers of any file of SQLite
    assert not is_telling or key.encode() not in landing.home.ledger.read_bytes()


def test_an_object_of_many_unknown_keys_is_a_map_and_names_none(landing: LandingHome) -> None:
    logins = [f"ann_{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    records = [copilot_record("a", **{one: 1, "totals_by_cli": {one: 1, "more": 2}}) for one in logins]
    assert drift_in(landing, f"{COPILOT}/x.ndjson", ndjson(*records, copilot_record("b"))) == {
        ("new_key", "other"): (1, 26),
        ("new_key", "totals_by_cli.other"): (1, 26),
    }


def test_of_the_unknown_keys_of_a_line_no_more_than_the_limit_are_looked_at(landing: LandingHome) -> None:
    """The first ones are; what stands behind them is neither named nor counted, not even as `other`."""
    names = [f"k{letter}" for letter in "abcdefghijklmnopqrst"]
    assert len(names) == drift.MAX_NEW_KEYS
    data = {f"{number}.com": 1 for number in range(key_sets.MAX_LISTED_KEYS)}
    behind = dict.fromkeys(names[1:], 1)
    records = [
        copilot_record("a", **{names[0]: 1}),
        copilot_record("b", **data, **behind),
        copilot_record("c", **dict(list(data.items())[1:]), **behind),
    ]
    landing.put(f"{COPILOT}/x.ndjson", ndjson(*records))
    landing.land()
    assert drifted(landing) == {
        ("new_key", names[0]): (1, 1),
        ("new_key", names[1]): (1, 1),
        ("new_key", "other"): (1, 2),
    }


def test_declared_keys_that_are_missing_or_retyped_are_counted(landing: LandingHome) -> None:
    lines = [
        copilot_record("good"),
        copilot_record("a", day=None),
        copilot_record("b", day=5),
        copilot_record("c", loc_added_sum="x"),
        copilot_record("d", loc_added_sum="x"),
        copilot_record("e", loc_added_sum=-1),
        copilot_record("f f"),
    ]
    assert drift_in(landing, f"{COPILOT}/x.ndjson", ndjson(*lines) + "broken\n") == {
        ("missing_key", "day"): (1, 1),
        ("retyped", "day"): (1, 1),
        ("retyped", "loc_added_sum"): (1, 2),
    }


def test_over_deliveries_the_first_and_the_last_are_kept(landing: LandingHome) -> None:
    nights = [NOW + timedelta(days=number) for number in range(3)]
    for number, now in enumerate(nights):
        landing.put(f"{COPILOT}/{number}.ndjson", ndjson(copilot_record(f"u{number}", fresh=1)))
        landing.land(now=now)
    landing.land(now=nights[-1] + timedelta(days=1))
    first, _, last = landing.deliveries()
    with Ledger(landing.home.ledger) as ledger:
        (found,) = ledger.schema_drift()
    assert (found.source, found.feed, found.key_path) == ("github_copilot", "users_1_day", "fresh")
    assert (found.first_seen_at, found.first_delivery_id) == (nights[0], first.delivery_id)
    assert (found.last_seen_at, found.last_delivery_id) == (nights[2], last.delivery_id)
    assert (found.delivery_count, found.record_count) == (3, 3)


def test_a_frozen_file_shows_its_drift_once_however_often_it_is_read(landing: LandingHome) -> None:
    renamed = [{"day": "2026-03-02", "login": login} for login in "ab"]
    landing.put(f"{COPILOT}/x.ndjson", ndjson(*renamed))
    for number in range(3):
        assert len(landing.land(now=NOW + timedelta(days=number)).frozen) == 1
    assert drifted(landing) == {("missing_key", "user_login"): (1, 2), ("new_key", "login"): (1, 2)}


def test_declaring_a_key_as_left_on_purpose_ends_its_drift(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = FEEDS[COPILOT]
    monkeypatch.setitem(FEEDS, COPILOT, replace(feed, ignored_keys=(*feed.ignored_keys, "fresh")))
    assert drift_in(landing, f"{COPILOT}/x.ndjson", ndjson(copilot_record(fresh=1))) == {}


@pytest.mark.parametrize("folder", FEEDS)
def test_what_is_left_on_purpose_is_not_also_landed(folder: str) -> None:
    feed = FEEDS[folder]
    known = key_sets.declared_keys(replace(feed, ignored_keys=()))
    for path in feed.ignored_keys:
        *_, (container, key) = key_sets.way_to(path)
        assert key not in known[container], path


REASONS: list[tuple[str, Any]] = [
    ("date: missing", ("missing_key", "date")),
    ("date: not a text", ("retyped", "date")),
    ("model_breakdown: an element is not an object", ("retyped", "model_breakdown")),
    ("model_breakdown.model: not a model name", None),
    ("model_breakdown.estimated_cost.amount: not in USD", None),
    ("actor.email_address: not an e-mail address", None),
    ("actor.type: not user_actor or api_actor", None),
    ("core_metrics.num_sessions: negative", None),
    ("date: before the earliest date of the settings", None),
    ("record: not a JSON object", None),
    ("record: a key occurs twice", None),
    ("line 3: not valid JSON", None),
    ("row: not the columns of the header", None),
    ("no snapshot date", None),
]


@pytest.mark.parametrize(("reason", "expected"), REASONS)
def test_which_reasons_tell_of_the_format(reason: str, expected: Any) -> None:
    assert drift.drift_of(FEEDS[CLAUDE], reason) == expected


@pytest.mark.parametrize(
    ("count", "reasons", "expected"),
    [
        (3, {"date: missing": 3}, "date: missing"),
        (3, {"date: missing": 2}, None),
        (3, {"date: missing": 2, "core_metrics.num_sessions: negative": 1}, "date: missing"),
        (4, {"date: missing": 2, "core_metrics.num_sessions: negative": 2}, None),
        (3, {"date: missing": 1, "date: not a text": 1, "record: not valid JSON": 1}, "date: missing"),
        (2, {"organization_id: missing": 1, "date: missing": 1}, "date: missing"),
        (1, {"date: missing": 1}, None),
        (0, {}, None),
    ],
)
def test_what_freezes_a_delivery(count: int, reasons: dict[str, int], expected: str | None) -> None:
    assert drift.freezing_reason(FEEDS[CLAUDE], count, reasons) == expected
