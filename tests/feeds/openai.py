"""OpenAI API: requests by bucket, user, key and model; a batch is automated.

Figures: Carla's own key made 2 requests of 500 and 100 tokens in; her batch 40 more. The console names a user
by an id that nobody knows yet, and use without any of them belongs to nobody.
"""

from __future__ import annotations

import json
from typing import Any

from tests.feeds.case import CANARY, CARLA, TUESDAY, Case, Reconciled

START, END = 1772496000, 1772582400  # Tuesday, Wednesday


def _result(requests: int, tokens: tuple[int, int, int], **dimensions: Any) -> dict[str, Any]:
    uncached, cached, output = tokens
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": uncached + cached,
        "input_cached_tokens": cached,
        "input_uncached_tokens": uncached,
        "output_tokens": output,
        "num_model_requests": requests,
        "project_id": "proj_1",
        "user_id": None,
        "api_key_id": None,
        "model": "gpt-5",
        "batch": None,
        "service_tier": None,
        "note": CANARY,
        **dimensions,
    }


RESULTS = [
    _result(2, (500, 100, 60), api_key_id="key_carla"),
    _result(40, (8000, 0, 900), api_key_id="key_carla", batch=True),
    _result(7, (70, 0, 7), user_id="user-unknown"),
    _result(3, (30, 0, 3)),
    _result(9, (90, 0, 9), api_key_id="key_ci"),
]
PAGE = {
    "object": "page",
    "data": [{"object": "bucket", "start_time": START, "end_time": END, "results": RESULTS}],
    "has_more": False,
    "next_page": None,
}
ACCOUNTS = (
    "source,account_name,kind,owner_employee_id,from_date,to_date\n"
    f"openai,key_carla,personal_key,{CARLA.employee_id},2026-01-01,\n"
    "openai,key_ci,automation,,2026-01-01,\n"
)

CASE = Case(
    tools=frozenset({"openai_api"}),
    files={
        "openai/usage_completions/usage_20260304T020000Z.json": json.dumps(PAGE),
        "identity/service_accounts/openai.csv": ACCOUNTS,
    },
    records={
        ("openai", "usage_completions", TUESDAY): Reconciled(accepted=2, unresolved=2, non_human=1),
    },
    tool_days={
        (CARLA.employee_id, "openai_api", TUESDAY): {
            "is_active": True,
            "is_substantive": False,
            "intentional_action_count": 2,
            "automated_action_count": 40,
            "input_token_count": 8500,
            "output_token_count": 960,
            "cache_read_token_count": 100,
        },
    },
    mode_days={
        (CARLA.employee_id, "openai_api", "chat", TUESDAY): (True, False, 2),
        (CARLA.employee_id, "openai_api", "automation", TUESDAY): (False, False, None),
    },
    model_days={
        (CARLA.employee_id, "openai_api", "gpt-5", TUESDAY): {
            "request_count": 42,
            "input_token_count": 8500,
            "output_token_count": 960,
            "cache_read_token_count": 100,
        },
    },
)
