"""Telemetry of Claude Code, which is only compared: its records are kept and told apart, and add to no fact.

Figures: Anna's prompt comes twice, her request and a metric point once; the point of Ben's machine
is not delta; one session names a stranger, one only an installation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.feeds.case import ANNA, BEN, CANARY, MONDAY, STRANGER, Case, Reconciled

# Monday, ten o'clock UTC.
TEN = 1772445600 * 10**9


def _attributes(values: dict[str, str | int], *, is_quoted: bool) -> list[dict[str, Any]]:
    """As a Collector writes them, or as the tool itself does: with numbers in quotes or without."""
    return [
        {
            "key": key,
            "value": {"intValue": str(value) if is_quoted else value}
            if isinstance(value, int)
            else {"stringValue": value},
        }
        for key, value in values.items()
    ]


def _event(
    name: str, number: int, more: Mapping[str, str | int], *, is_quoted: bool = True
) -> dict[str, Any]:
    attributes = {"event.name": name, "event.sequence": number, **more}
    return {
        "timeUnixNano": str(TEN + number) if is_quoted else TEN + number,
        "body": {"stringValue": f"claude_code.{name}"},
        "attributes": _attributes(attributes, is_quoted=is_quoted),
    }


def _logs(*records: dict[str, Any]) -> str:
    return json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]})


def _sessions(email: str, session: str, temporality: int) -> str:
    point = {
        "timeUnixNano": str(TEN),
        "asDouble": 1.0,
        "attributes": _attributes({"session.id": session, "user.email": email}, is_quoted=False),
    }
    metric = {
        "name": "claude_code.session.count",
        "sum": {"aggregationTemporality": temporality, "dataPoints": [point]},
    }
    return json.dumps({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]})


_ANNA: dict[str, str | int] = {
    "session.id": "s-anna",
    "user.email": ANNA.work_email.upper(),
    "prompt": CANARY,
}

FILE = "\n".join(
    (
        _logs(
            _event("user_prompt", 1, _ANNA),
            _event("api_request", 2, _ANNA | {"model": "claude-sonnet-4-5", "input_tokens": 1200}),
        ),
        # sent again, by the tool itself this time
        _logs(_event("user_prompt", 1, _ANNA, is_quoted=False)),
        _logs(
            _event("user_prompt", 1, {"session.id": "s-stranger", "user.email": STRANGER}),
            _event("user_prompt", 1, {"session.id": "s-nobody", "user.id": "installation-1"}),
        ),
        _sessions(ANNA.work_email, "s-anna", temporality=1),
        _sessions(BEN.work_email, "s-ben", temporality=2),
    )
)

CASE = Case(
    tools=frozenset({"claude_code"}),
    files={f"otel/claude_code/{MONDAY}_20260303T020000Z.ndjson": FILE + "\n"},
    records={
        ("otel", "claude_code", MONDAY): Reconciled(accepted=3, duplicate=1, rejected=1, unresolved=2),
    },
)
