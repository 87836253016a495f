"""Claude Enterprise: one row a user and day that speaks of several products; Claude Code is only compared.

Figures: Anna wrote 5 messages in chat and 2 in design, 3 in Excel and 1 in Word; Cowork is not enabled for
her (null). Ben's products all say zero. Anna stands in two groups, so her row comes twice.
"""

from __future__ import annotations

import json
from typing import Any

from tests.feeds.case import ANNA, BEN, CANARY, STRANGER, TUESDAY, Case, Reconciled


def _user(email: str, group: str, *, cowork: int | None = 0, **counts: int) -> dict[str, Any]:
    office = {
        app: {"message_count": counts.get(app, 0), "distinct_session_count": 0}
        for app in ("excel", "outlook", "powerpoint", "word")
    }
    return {
        "user": {"id": f"user_{email[:3]}", "type": "user", "email_address": email, "name": CANARY},
        "chat_metrics": {
            "message_count": counts.get("chat", 0),
            "distinct_conversation_count": counts.get("conversations", 0),
        },
        "claude_code_metrics": {
            "core_metrics": {
                "distinct_session_count": counts.get("sessions", 0),
                "commit_count": 0,
                "pull_request_count": 0,
                "lines_of_code": {"added_count": 0, "removed_count": 0},
            },
            "tool_actions": {"edit_tool": {"accepted_count": 4, "rejected_count": 0}},
        },
        "cowork_metrics": {"message_count": cowork, "distinct_session_count": cowork},
        "design_metrics": {"message_count": counts.get("design", 0)},
        "science_metrics": {"message_count": 0},
        "office_metrics": office,
        "web_search_count": 0,
        "rbac_group_id": group,
        "rbac_group_name": CANARY,
    }


_ANNA = {"chat": 5, "conversations": 2, "design": 2, "excel": 3, "word": 1, "sessions": 1}
PAGES = [
    {
        "data": [_user(ANNA.work_email, "g1", cowork=None, **_ANNA), _user(BEN.work_email, "g1")],
        "next_page": "page_2",
    },
    {
        "data": [_user(ANNA.work_email, "g2", cowork=None, **_ANNA), _user(STRANGER, "g2", chat=1)],
        "next_page": None,
    },
]
_ZERO = {"is_active": False, "is_substantive": False, "intentional_action_count": 0, "prompt_count": 0}

CASE = Case(
    tools=frozenset({"claude", "claude_cowork", "claude_office"}),
    files={
        "claude_enterprise/users/2026-03-03_20260304T110000Z.json": "\n".join(
            json.dumps(page) for page in PAGES
        )
    },
    records={
        ("claude_enterprise", "users", TUESDAY): Reconciled(accepted=2, duplicate=1, unresolved=1),
    },
    tool_days={
        (ANNA.employee_id, "claude", TUESDAY): {
            "is_active": True,
            "is_substantive": True,
            "intentional_action_count": 7,
            "passive_action_count": 0,
            "prompt_count": 7,
            "session_count": 2,
        },
        # a feature that is not enabled states nothing, which is not 0
        (ANNA.employee_id, "claude_cowork", TUESDAY): {
            "is_active": False,
            "is_substantive": False,
            "passive_action_count": 0,
        },
        (ANNA.employee_id, "claude_office", TUESDAY): {
            "is_active": True,
            "is_substantive": True,
            "intentional_action_count": 4,
            "passive_action_count": 0,
            "prompt_count": 4,
        },
        (BEN.employee_id, "claude", TUESDAY): {**_ZERO, "passive_action_count": 0, "session_count": 0},
        (BEN.employee_id, "claude_cowork", TUESDAY): {**_ZERO, "passive_action_count": 0, "session_count": 0},
        (BEN.employee_id, "claude_office", TUESDAY): {**_ZERO, "passive_action_count": 0},
    },
    mode_days={
        (ANNA.employee_id, "claude", "chat", TUESDAY): (True, True, 7),
        (ANNA.employee_id, "claude_office", "office", TUESDAY): (True, True, 4),
    },
)
