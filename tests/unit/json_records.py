"""Records of the vendors' JSON feeds, with a canary in each place for content. For tests of landing only."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.landing_home import LandingHome

OTEL = "otel/claude_code"
SEATS = "github_copilot/seats"
COMPLETIONS = "openai/usage_completions"
OPENAI_USERS = "openai/users"
DAILY = "cursor/daily_usage"
EVENTS = "cursor/usage_events"
GEMINI = "gemini_workspace/activities"
SPEND = "litellm/spend_logs"
ENTERPRISE = "claude_enterprise/users"

# 2026-03-02T00:00:00Z.
MIDNIGHT = 1_772_409_600
DAY_SECONDS = 86_400
CANARY = "CANARY"


def stated_rows(
    landing: LandingHome, relative: str, content: Any, columns: str = "*"
) -> list[dict[str, Any]]:
    """What the rows of one file state: without delivery_id, and without what is NULL in them."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return [
        {name: value for name, value in row.items() if value is not None and name != "delivery_id"}
        for row in landing.landed_rows(relative, text, columns)
    ]


def attribute(key: str, value: Any, *, is_collected: bool = False) -> dict[str, Any]:
    """An OTLP attribute; a Collector writes whole numbers as texts."""
    if isinstance(value, bool):
        return {"key": key, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value) if is_collected else value}}
    if isinstance(value, float):
        return {"key": key, "value": {"doubleValue": value}}
    return {"key": key, "value": {"stringValue": value}}


def attributes(values: dict[str, Any], *, is_collected: bool = False) -> list[dict[str, Any]]:
    """OTLP attributes of several keys."""
    return [attribute(key, value, is_collected=is_collected) for key, value in values.items()]


def metric(
    value: float = 3,
    *,
    name: str = "claude_code.session.count",
    is_collected: bool = False,
    changes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A metric of one delta point; `changes` are attributes of the point."""
    values = {"session.id": "s-1", "user.email": "ann@example.com", "agent.name": CANARY} | (changes or {})
    point: dict[str, Any] = {
        "attributes": attributes(values, is_collected=is_collected),
        "timeUnixNano": f"{MIDNIGHT + 5}123456789",
    }
    if isinstance(value, int):
        point["asInt"] = str(value) if is_collected else value
    else:
        point["asDouble"] = value
    temporality = "AGGREGATION_TEMPORALITY_DELTA" if is_collected else 1
    return {"name": name, "sum": {"aggregationTemporality": temporality, "dataPoints": [point]}}


def log_record(*, is_collected: bool = False, **changes: Any) -> dict[str, Any]:
    """An event of a session, its prompt included; `changes` are attributes with `__` for a dot."""
    values = {
        "event.name": "user_prompt",
        "event.sequence": 7,
        "session.id": "s-1",
        "user.email": "ann@example.com",
        "prompt": CANARY,
        "tool_parameters": f'{{"command": "{CANARY}"}}',
        "error": CANARY,
        "prompt_length": 42,
    } | {key.replace("__", "."): value for key, value in changes.items()}
    return {
        "timeUnixNano": f"{MIDNIGHT}000000000",
        "body": {"stringValue": CANARY},
        "attributes": attributes(values, is_collected=is_collected),
    }


def metrics_request(*metrics: dict[str, Any], resource: dict[str, Any] | None = None) -> dict[str, Any]:
    """One export request of metrics."""
    around = {"attributes": attributes({"service.name": "claude-code"} | (resource or {}))}
    return {"resourceMetrics": [{"resource": around, "scopeMetrics": [{"metrics": list(metrics)}]}]}


def logs_request(*records: dict[str, Any], resource: dict[str, Any] | None = None) -> dict[str, Any]:
    """One export request of events."""
    around = {"attributes": attributes({"service.name": "claude-code"} | (resource or {}))}
    return {"resourceLogs": [{"resource": around, "scopeLogs": [{"logRecords": list(records)}]}]}


def completions_page(*buckets: dict[str, Any], has_more: bool = False) -> dict[str, Any]:
    """A page of the OpenAI usage."""
    return {"object": "page", "data": list(buckets), "has_more": has_more, "next_page": None}


def bucket(day: int, *results: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The bucket of the day `day` days after 2026-03-02."""
    start = MIDNIGHT + day * DAY_SECONDS
    return {"start_time": start, "end_time": start + DAY_SECONDS, "results": list(results)} | changes


def completions(**changes: Any) -> dict[str, Any]:
    """One result in a bucket of the OpenAI usage."""
    return {"num_model_requests": 2, "input_tokens": 10, "user_id": "user-1"} | changes


def daily_row(email: str = "ann@example.com", **changes: Any) -> dict[str, Any]:
    """One member and day of Cursor."""
    return {"date": MIDNIGHT * 1000, "email": email, "totalAccepts": 4, "note": CANARY} | changes


def daily_page(*rows: dict[str, Any], days: int = 1, start: int = 0, **changes: Any) -> dict[str, Any]:
    """A page of Cursor's daily usage that answers for `days` days from `start` days after 2026-03-02."""
    first = (MIDNIGHT + start * DAY_SECONDS) * 1000
    period = {"startDate": first, "endDate": first + days * DAY_SECONDS * 1000}
    return {"data": list(rows), "period": period} | changes


def cursor_event(**changes: Any) -> dict[str, Any]:
    """One usage event of Cursor."""
    return {
        "timestamp": str(MIDNIGHT * 1000 + 250),
        "userEmail": "ann@example.com",
        "model": "m-1",
        "kind": "Usage-based",
        "isHeadless": True,
        "chargedCents": 1.5,
        "prompt": CANARY,
    } | changes


def activity(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """One activity of Gemini in Workspace."""
    return {
        "id": {"time": "2026-03-02T23:59:59.250Z", "uniqueQualifier": "-77"},
        "actor": {"email": "Ann@Example.com", "profileId": "110"},
        "ipAddress": CANARY,
        "events": list(events),
    } | changes


def gemini_event(name: str = "feature_utilization", **parameters: Any) -> dict[str, Any]:
    """One event of an activity."""
    return {
        "type": "ai_usage_event",
        "name": name,
        "parameters": [
            {"name": "prompt_text", "value": CANARY},
            {"name": "apps", "multiValue": [CANARY]},
            *({"name": key, "value": value} for key, value in parameters.items()),
        ],
    }


def spend_log(**changes: Any) -> dict[str, Any]:
    """One request through LiteLLM."""
    return {
        "request_id": "r-1",
        "call_type": "acompletion",
        "api_key": "88dc28d0",
        "user": "Ann@Example.com",
        "end_user": CANARY,
        "startTime": "2026-03-02 23:59:59.123456",
        "endTime": "2026-03-03T00:00:01Z",
        "model": "claude-sonnet-5",
        "custom_llm_provider": "bedrock",
        "spend": 7.5e-07,
        "cache_hit": "False",
        "metadata": {"user_api_key_alias": "nightly key", "spend_logs_metadata": CANARY},
        "request_tags": [CANARY],
        "messages": [{"role": "user", "content": CANARY}],
        "response": {"choices": [CANARY]},
    } | changes


def seat(**changes: Any) -> dict[str, Any]:
    """One Copilot seat."""
    return {
        "created_at": "2026-01-01T00:00:00Z",
        "last_activity_at": "2026-03-01T20:00:00-06:00",
        "last_activity_editor": "vscode/1.1",
        "plan_type": "enterprise",
        "assignee": {"login": "Ann_ACME", "id": 5, "type": "User", "bio": CANARY},
        "assigning_team": {"id": 8, "name": CANARY, "description": CANARY},
    } | changes


def enterprise_user(**changes: Any) -> dict[str, Any]:
    """One user of Claude Enterprise."""
    return {
        "user": {"id": "user_1", "type": "user", "email_address": "Ann@Example.com"},
        "chat_metrics": {"message_count": 3, "distinct_conversation_count": None, "titles": CANARY},
        "web_search_count": 0,
        "rbac_group_name": CANARY,
    } | changes
