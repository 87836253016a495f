"""ChatGPT: the weekly report of users is reconciled and compared; only messages make a fact.

Figures: of the week that began on Sunday the report states 13 messages of Anna (12 in its first version) and
none of Ben; the feed of messages holds one prompt of hers and its answer, on Tuesday.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from tests.feeds.case import ANNA, BEN, CANARY, STRANGER, TUESDAY, Case, Colleague, Reconciled

SUNDAY = date(2026, 3, 1)
NOON_OF_TUESDAY = 1772539200.5
HEADER = "cadence,period_start,period_end,account_id,public_id,name,email,department,is_active,messages\n"


def _user(number: int, email: str, messages: int) -> str:
    return (
        f"Weekly,2026-03-01,2026-03-07,ws1,user-{number},{CANARY},{email},{CANARY},"
        f"{int(messages > 0)},{messages}\n"
    )


def _message(number: int, role: str, author: Colleague) -> dict[str, Any]:
    return {
        "id": "conversation-1",
        "created_at": NOON_OF_TUESDAY,
        "last_active_at": NOON_OF_TUESDAY,
        "title": CANARY,
        "user_id": "user-1",
        "user_email": author.work_email,
        "workspace_id": "ws1",
        "message": {
            "id": f"message-{number}",
            "created_at": NOON_OF_TUESDAY + number,
            "author": {"role": role, "tool_name": None},
            "content": {"type": "text", "value": CANARY},
        },
    }


MESSAGES = [_message(1, "user", ANNA), _message(2, "assistant", ANNA)]

CASE = Case(
    tools=frozenset({"chatgpt"}),
    files={
        "chatgpt/user_analytics/weekly user report 2026-03-01_20260308T010000Z.csv": HEADER
        + _user(1, ANNA.work_email, 12),
        "chatgpt/user_analytics/weekly user report 2026-03-01_20260309T010000Z.csv": HEADER
        + _user(1, ANNA.work_email, 13)
        + _user(2, BEN.work_email, 0)
        + _user(3, STRANGER, 4),
        "chatgpt/conversation_messages/2026-03-03_20260304T010000Z.ndjson": "".join(
            json.dumps(message) + "\n" for message in MESSAGES
        ),
    },
    records={
        ("chatgpt", "user_analytics", SUNDAY): Reconciled(accepted=2, duplicate=1, unresolved=1),
        ("chatgpt", "conversation_messages", TUESDAY): Reconciled(accepted=2),
    },
    tool_days={
        (ANNA.employee_id, "chatgpt", TUESDAY): {
            "is_active": True,
            "is_substantive": False,
            "intentional_action_count": 1,
            "passive_action_count": 0,
            "prompt_count": 1,
            "session_count": 1,
        },
    },
    mode_days={(ANNA.employee_id, "chatgpt", "chat", TUESDAY): (True, False, 1)},
)
