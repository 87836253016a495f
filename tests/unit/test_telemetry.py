"""Telemetry of Claude Code as OTLP: both encodings alike, delta points only, attributes found by key."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from orchestration.settings import Settings
from tests.unit import json_records as records
from tests.unit.json_records import OTEL, stated_rows
from tests.unit.landing_home import LandingHome, ndjson
from tests.unit.vendor_examples import vendor_example

DAY = date(2026, 3, 2)
Rows = list[tuple[Any, ...]]
# Some examples were made up long before any AI tool was used.
EARLY = Settings(earliest_date=date(2018, 1, 1), duckdb_memory_limit="1GB")


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _rows(landing: LandingHome, relative: str, content: Any, columns: str) -> Rows:
    text = content if isinstance(content, str) else json.dumps(content)
    return [tuple(row.values()) for row in landing.landed_rows(relative, text, columns)]


def _landed_early(landing: LandingHome, relative: str, example: str, columns: str) -> list[dict[str, Any]]:
    landing.put(relative, vendor_example(example))
    report = landing.land(EARLY)
    assert report.refused == ()
    (delivery,) = report.landed
    return landing.rows(delivery, columns)


def test_both_encodings_of_the_telemetry_example_give_the_same_rows(landing: LandingHome) -> None:
    columns = "* exclude (delivery_id)"
    direct = _landed_early(landing, f"{OTEL}/direct.json", "otel/claude_code_metrics_direct.json", columns)
    collected = _landed_early(
        landing, f"{OTEL}/collected.json", "otel/claude_code_metrics_via_collector.json", columns
    )
    assert direct == collected
    shown = ("metric_name", "value_type", "metric_value", "actor_kind", "actor_name", "activity_date")
    assert [tuple(row[name] for name in shown) for row in direct] == [
        ("claude_code.token.usage", "input", Decimal(1234), "email", "u@example.com", date(2023, 11, 14)),
        ("claude_code.token.usage", "output", Decimal(567), "email", "u@example.com", date(2023, 11, 14)),
        ("claude_code.cost.usage", None, Decimal("0.0125"), "none", None, date(2023, 11, 14)),
    ]
    assert {row["recorded_at"] for row in direct} == {datetime(2023, 11, 14, 22, 13, 20)}
    assert {row["reject_reason"] for row in direct} == {None}
    assert len({row["attributes_hash"] for row in direct}) == 3


def test_the_example_of_an_api_request_has_no_time_and_lands_whole_with_one(landing: LandingHome) -> None:
    example = "otel/claude_code_api_request_log.json"
    (row,) = _landed_early(landing, f"{OTEL}/a.json", example, "reject_reason, activity_date")
    assert row == {"reject_reason": "timeUnixNano: missing", "activity_date": None}
    request = json.loads(vendor_example(example))
    (record,) = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    record["timeUnixNano"] = f"{records.MIDNIGHT}000000000"
    assert stated_rows(landing, f"{OTEL}/b.json", request) == [
        {
            "record_line": 1,
            "activity_date": DAY,
            "actor_kind": "none",
            "event_name": "api_request",
            "session_id": "e2e-info-session",
            "model_name": "claude-opus-4-8",
            "input_token_count": 30000,
            "output_token_count": 1000,
            "list_cost_usd": Decimal("1.23"),
            "duration_ms_count": 1500,
            "recorded_at": datetime(2026, 3, 2),
        }
    ]


def test_instruments_of_other_programs_are_rejected_one_by_one(landing: LandingHome) -> None:
    """The examples of the protocol itself: a counter, a gauge, two histograms, and a log record."""
    columns = "reject_reason"
    metrics = _landed_early(landing, f"{OTEL}/m.json", "otel/otlp_proto_example_metrics.json", columns)
    assert [row["reject_reason"] for row in metrics] == [
        "metric>name: not a metric of Claude Code",
        "metric>sum.dataPoints: missing",
        "metric>sum.dataPoints: missing",
        "metric>sum.dataPoints: missing",
    ]
    logs = _landed_early(landing, f"{OTEL}/l.json", "otel/otlp_proto_example_logs.json", columns)
    assert [row["reject_reason"] for row in logs] == ["metric>name or attributes[event.name]: missing"]


TELEMETRY = "record_line, metric_name, event_name, service_name, actor_name, reject_reason"


def test_a_file_may_mix_metrics_and_events_in_its_own_order(landing: LandingHome) -> None:
    both = records.metrics_request(records.metric()) | records.logs_request(records.log_record())
    lines = ndjson(
        records.logs_request(records.log_record(), resource={"service.name": "claude-code-desktop"}),
        records.metrics_request(records.metric(name="claude_code.commit.count")),
        both,
    )
    assert _rows(landing, f"{OTEL}/x.json", lines, TELEMETRY) == [
        (1, None, "user_prompt", "claude-code-desktop", "ann@example.com", None),
        (2, "claude_code.commit.count", None, "claude-code", "ann@example.com", None),
        (3, "claude_code.session.count", None, "claude-code", "ann@example.com", None),
        (4, None, "user_prompt", "claude-code", "ann@example.com", None),
    ]


def test_empty_parts_of_an_export_hold_no_record(landing: LandingHome) -> None:
    lines = ndjson(
        {"resourceMetrics": []},
        {"resourceLogs": [{}]},
        {"resourceMetrics": [{"scopeMetrics": [{}]}, {"scopeMetrics": []}]},
        records.logs_request(),
        records.logs_request(records.log_record()),
    )
    assert len(_rows(landing, f"{OTEL}/x.json", lines, TELEMETRY)) == 1


def test_who_acted_may_be_said_by_the_resource_or_only_by_ids(landing: LandingHome) -> None:
    def one(resource: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        return records.logs_request(records.log_record(user__email="", **changes), resource=resource)

    lines = ndjson(
        one({"user.email": "Bob@Example.com"}),
        one(user__account_id="user_1", user__id="inst"),
        one(user__id="inst"),
        one(),
    )
    assert _rows(landing, f"{OTEL}/x.json", lines, "actor_kind, actor_name") == [
        ("email", "bob@example.com"),
        ("vendor_id", "user_1"),
        ("installation_id", "inst"),
        ("none", None),
    ]


@pytest.mark.parametrize("temporality", [2, "AGGREGATION_TEMPORALITY_CUMULATIVE", 0, "1", None])
def test_points_that_are_not_delta_are_rejected(landing: LandingHome, temporality: Any) -> None:
    cumulative = records.metric()
    cumulative["sum"]["aggregationTemporality"] = temporality
    request = records.metrics_request(records.metric(), cumulative)
    rows = _rows(landing, f"{OTEL}/x.json", request, "metric_value, reject_reason")
    assert rows == [(3, None), (None, "metric>sum.aggregationTemporality: not delta")]


def test_numbers_as_numbers_and_as_texts_give_the_same_rows(landing: LandingHome) -> None:
    columns = "* exclude (delivery_id)"
    changes: dict[str, Any] = {"event__sequence": 9, "input_tokens": 12, "cost_usd": 0.25, "success": True}
    texts: dict[str, Any] = {name: str(value).lower() for name, value in changes.items()}
    written = [
        records.logs_request(records.log_record(**changes)),
        records.logs_request(records.log_record(is_collected=True, **changes)),
        records.logs_request(records.log_record(**texts)),
    ]
    rows = [_rows(landing, f"{OTEL}/x{i}.json", request, columns) for i, request in enumerate(written)]
    assert rows[0] == rows[1] == rows[2]
    shown = "event_sequence, input_token_count, list_cost_usd::double, is_success, reject_reason"
    landing.put(f"{OTEL}/y.json", json.dumps(written[2]) + "\n")
    (delivery,) = landing.land().landed
    assert [tuple(row.values()) for row in landing.rows(delivery, shown)] == [(9, 12, 0.25, True, None)]


def test_points_are_told_apart_by_attributes_that_are_not_landed(landing: LandingHome) -> None:
    points = [
        records.metric(),
        records.metric(),
        records.metric(changes={"agent.name": "another"}),
        records.metric(is_collected=True, changes={"number": 5}),
        records.metric(changes={"number": 5}),
    ]
    turned = records.metric()
    turned["sum"]["dataPoints"][0]["attributes"].reverse()
    rows = _rows(
        landing, f"{OTEL}/x.json", records.metrics_request(*points, turned), "attributes_hash as hash"
    )
    same, again, other, collected, direct, reversed_ = (row[0] for row in rows)
    assert same == again == reversed_
    assert collected == direct
    assert len({same, other, direct}) == 3
    (event,) = _rows(landing, f"{OTEL}/y.json", records.logs_request(records.log_record()), "attributes_hash")
    assert event == (None,)


def _with_attributes(attributes: Any) -> dict[str, Any]:
    return records.logs_request(records.log_record() | {"attributes": attributes})


DAMAGED_ATTRIBUTES = [
    ({}, "attributes: not a list"),
    ([5], "attributes: an element has no key"),
    (records.attributes({"session.id": "a"}) * 2, "attributes: a key occurs twice"),
    (None, "metric>name or attributes[event.name]: missing"),
    ([{"key": "event.name", "value": 5}], "metric>name or attributes[event.name]: missing"),
    (records.attributes({"event.name": 5}), "attributes[event.name]: not a text"),
    (
        records.attributes({"event.name": "tool_result", "success": "maybe"}),
        "attributes[success]: not true or false",
    ),
    (
        records.attributes({"event.name": "tool_result", "tool_name": "please run this"}),
        "attributes[tool_name]: not a name",
    ),
    (
        records.attributes({"event.name": "api_request", "cost_usd": "NaN"}),
        "attributes[cost_usd]: not a number",
    ),
]


@pytest.mark.parametrize(("attributes", "reason"), DAMAGED_ATTRIBUTES)
def test_a_damaged_attribute_rejects_its_record_alone(
    landing: LandingHome, attributes: Any, reason: str
) -> None:
    lines = ndjson(records.logs_request(records.log_record()), _with_attributes(attributes))
    assert _rows(landing, f"{OTEL}/x.json", lines, "reject_reason") == [(None,), (reason,)]


def test_a_point_without_a_value_is_rejected(landing: LandingHome) -> None:
    empty = records.metric()
    del empty["sum"]["dataPoints"][0]["asInt"]
    rows = _rows(landing, f"{OTEL}/x.json", records.metrics_request(empty), "reject_reason")
    assert rows == [("asDouble: missing",)]
