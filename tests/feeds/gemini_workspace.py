"""Gemini in Workspace: an activity holds several events, of which only used features count.

Figures: Carla used Gmail twice (two spellings) and the chat once in one activity, and gave an opinion.
"""

from __future__ import annotations

import json
from typing import Any

from tests.feeds.case import CANARY, CARLA, STRANGER, THURSDAY, Case, Reconciled


def _event(name: str, app: str) -> dict[str, Any]:
    return {
        "type": "ai_usage_event",
        "name": name,
        "parameters": [
            {"name": "app_name", "value": app},
            {"name": "action", "value": "help_me_write"},
            {"name": "free_text", "value": CANARY},
        ],
    }


def _activity(second: int, email: str, *events: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "admin#reports#activity",
        "id": {
            "time": f"2026-03-05T08:30:{second:02}.250Z",
            "uniqueQualifier": f"-{second}77",
            "applicationName": "gemini_in_workspace_apps",
        },
        "actor": {"email": email, "profileId": "1234"},
        "ipAddress": CANARY,
        "events": list(events),
    }


USED = "feature_utilization"
PAGE = {
    "kind": "admin#reports#activities",
    "items": [
        _activity(
            2, CARLA.work_email, _event(USED, "GMAIL"), _event(USED, "gmail"), _event(USED, "gemini_app")
        ),
        _activity(1, CARLA.work_email, _event("feature_feedback", "docs")),
        _activity(3, STRANGER, _event(USED, "docs")),
    ],
}

CASE = Case(
    tools=frozenset({"gemini_workspace"}),
    files={"gemini_workspace/activities/2026-03-05_20260306T010000Z.json": json.dumps(PAGE)},
    records={("gemini_workspace", "activities", THURSDAY): Reconciled(accepted=4, unresolved=1)},
    tool_days={
        (CARLA.employee_id, "gemini_workspace", THURSDAY): {
            "is_active": True,
            "is_substantive": True,
            "intentional_action_count": 3,
            "passive_action_count": 0,
            "prompt_count": 1,
        },
    },
    mode_days={
        (CARLA.employee_id, "gemini_workspace", "chat", THURSDAY): (True, False, 1),
        (CARLA.employee_id, "gemini_workspace", "office", THURSDAY): (True, True, 2),
    },
)
