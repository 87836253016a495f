"""LiteLLM: one request a line, by person, key or nobody; what Claude Code sends is only compared.

Figures: Ben made 3 requests that succeeded and 1 that failed, 0.25 USD together; one of Anna's came from
Claude Code and counts to no fact.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.feeds.case import ANNA, BEN, CANARY, STRANGER, WEDNESDAY, Case, Reconciled


def _request(number: int, user: str, **others: Any) -> dict[str, Any]:
    return {
        "request_id": f"req-{number}",
        "call_type": "acompletion",
        "api_key": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
        "spend": 0.0625,
        "total_tokens": 110,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "startTime": f"2026-03-04 10:00:{number:02}",
        "endTime": f"2026-03-04 10:01:{number:02}",
        "model": "gpt-5",
        "custom_llm_provider": "azure",
        "user": user,
        "end_user": CANARY,
        "metadata": {"user_api_key_alias": "shared-key", "note": CANARY},
        "request_tags": [CANARY],
        "messages": [{"role": "user", "content": CANARY}],
        "response": {"text": CANARY},
        "status": "success",
        **others,
    }


REQUESTS = [
    _request(1, BEN.work_email),
    _request(2, BEN.work_email.capitalize()),
    _request(3, BEN.work_email, spend=0.125),
    _request(4, BEN.work_email, spend=0, status="failure", completion_tokens=0, prompt_tokens=0),
    # the same request in the export of the next hour
    _request(3, BEN.work_email, spend=0.125),
    _request(5, ANNA.work_email, call_type="anthropic_messages", model="claude-sonnet-4-5"),
    _request(6, STRANGER),
    _request(7, ""),
]

CASE = Case(
    tools=frozenset({"llm_gateway"}),
    files={
        "litellm/spend_logs/2026-03-04_20260305T000500Z.ndjson": "".join(
            json.dumps(request) + "\n" for request in REQUESTS
        )
    },
    records={
        ("litellm", "spend_logs", WEDNESDAY): Reconciled(accepted=5, duplicate=1, unresolved=2),
    },
    tool_days={
        (BEN.employee_id, "llm_gateway", WEDNESDAY): {
            "is_active": True,
            "is_substantive": True,
            "intentional_action_count": 3,
            "input_token_count": 300,
            "output_token_count": 30,
            "list_cost_usd": Decimal("0.250000"),
        },
    },
    mode_days={(BEN.employee_id, "llm_gateway", "chat", WEDNESDAY): (True, True, 3)},
    model_days={
        (BEN.employee_id, "llm_gateway", "gpt-5", WEDNESDAY): {
            "request_count": 3,
            "input_token_count": 300,
            "output_token_count": 30,
            "list_cost_usd": Decimal("0.250000"),
        },
    },
)
