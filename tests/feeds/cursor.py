"""Cursor: the daily usage of members decides, single events add tokens and cost.

Figures: of Anna's Monday 4 chat, 2 composer, 1 agent request and 3 inline edits are prompts, 12 of 30 tabs
accepted; of Ben's nothing at all but a row of zeros.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.feeds.case import ANNA, BEN, CANARY, MONDAY, STRANGER, TUESDAY, Case, Reconciled

MONDAY_MS, TUESDAY_MS, WEDNESDAY_MS = 1772409600000, 1772496000000, 1772582400000
COUNTERS = (
    "totalLinesAdded",
    "totalLinesDeleted",
    "acceptedLinesAdded",
    "acceptedLinesDeleted",
    "totalApplies",
    "totalAccepts",
    "totalRejects",
    "totalTabsShown",
    "totalTabsAccepted",
    "composerRequests",
    "chatRequests",
    "agentRequests",
    "cmdkUsages",
    "subscriptionIncludedReqs",
    "apiKeyReqs",
    "usageBasedReqs",
    "bugbotUsages",
)


def _member(email: str, day: str, milliseconds: int, **counters: int) -> dict[str, Any]:
    return {
        "userId": 7,
        "day": day,
        "date": milliseconds,
        **{name: counters.get(name, 0) for name in COUNTERS},
        "mostUsedModel": None,
        "tabMostUsedExtension": CANARY,
        "clientVersion": "1.2.3",
        "email": email,
    }


def _page(records: list[dict[str, Any]], first: int, until: int, *, is_last: bool = True) -> str:
    period = {"startDate": first, "endDate": until}
    return json.dumps({"data": records, "period": period, "pagination": {"hasNextPage": not is_last}})


def _event(milliseconds: int, email: str, *, is_headless: bool = False, **tokens: Any) -> dict[str, Any]:
    return {
        "timestamp": str(milliseconds),
        "userEmail": email,
        "model": "claude-4.5-sonnet",
        "kind": "Usage-based",
        "maxMode": False,
        "isTokenBasedCall": bool(tokens),
        "isChargeable": True,
        "isHeadless": is_headless,
        **({"tokenUsage": tokens} if tokens else {}),
        "chargedCents": 3.25,
        "customPrompt": CANARY,
    }


DAILY = "\n".join(
    (
        _page(
            [
                _member(
                    ANNA.work_email.upper(),
                    "2026-03-02",
                    MONDAY_MS,
                    chatRequests=4,
                    composerRequests=2,
                    agentRequests=1,
                    cmdkUsages=3,
                    totalTabsShown=30,
                    totalTabsAccepted=12,
                    totalAccepts=5,
                    totalRejects=2,
                    acceptedLinesAdded=40,
                    acceptedLinesDeleted=8,
                    totalLinesAdded=99,
                    bugbotUsages=1,
                ),
            ],
            MONDAY_MS,
            WEDNESDAY_MS,
            is_last=False,
        ),
        _page(
            [
                _member(BEN.work_email, "2026-03-02", MONDAY_MS),
                _member(STRANGER, "2026-03-03", TUESDAY_MS, chatRequests=9),
            ],
            MONDAY_MS,
            WEDNESDAY_MS,
        ),
    )
)
EVENTS = json.dumps(
    {
        "usageEvents": [
            _event(
                MONDAY_MS + 5,
                ANNA.work_email,
                inputTokens=100,
                outputTokens=20,
                cacheReadTokens=7,
                cacheWriteTokens=3,
                totalCents=12.5,
            ),
            _event(
                MONDAY_MS + 6,
                ANNA.work_email,
                inputTokens=50,
                outputTokens=10,
                cacheReadTokens=0,
                cacheWriteTokens=0,
                totalCents=2.25,
            ),
            # the same event on two pages that overlap
            _event(
                MONDAY_MS + 6,
                ANNA.work_email,
                inputTokens=50,
                outputTokens=10,
                cacheReadTokens=0,
                cacheWriteTokens=0,
                totalCents=2.25,
            ),
        ],
        "pagination": {"hasNextPage": False},
        "period": {"startDate": MONDAY_MS, "endDate": WEDNESDAY_MS},
    }
)

CASE = Case(
    tools=frozenset({"cursor"}),
    files={
        "cursor/daily_usage/members_20260304T060000Z.json": DAILY,
        "cursor/usage_events/events_20260304T060000Z.json": EVENTS,
    },
    records={
        ("cursor", "daily_usage", MONDAY): Reconciled(accepted=2),
        ("cursor", "daily_usage", TUESDAY): Reconciled(unresolved=1),
        ("cursor", "usage_events", MONDAY): Reconciled(accepted=2, duplicate=1),
    },
    tool_days={
        (ANNA.employee_id, "cursor", MONDAY): {
            "is_active": True,
            "is_substantive": True,
            # 4 + 2 + 1 + 3 prompts, 12 tabs, 5 and 2 edits decided, 1 review asked for
            "intentional_action_count": 30,
            "passive_action_count": 18,
            "prompt_count": 10,
            "suggestion_shown_count": 30,
            "suggestion_accepted_count": 12,
            "edit_accepted_count": 5,
            "edit_rejected_count": 2,
            "lines_added_count": 40,
            "lines_removed_count": 8,
            "input_token_count": 150,
            "output_token_count": 30,
            "cache_read_token_count": 7,
            "cache_write_token_count": 3,
            "list_cost_usd": Decimal("0.147500"),
        },
        (BEN.employee_id, "cursor", MONDAY): {
            "is_active": False,
            "is_substantive": False,
            "intentional_action_count": 0,
            "passive_action_count": 0,
            "prompt_count": 0,
            "suggestion_shown_count": 0,
            "suggestion_accepted_count": 0,
            "edit_accepted_count": 0,
            "edit_rejected_count": 0,
            "lines_added_count": 0,
            "lines_removed_count": 0,
        },
    },
    mode_days={
        (ANNA.employee_id, "cursor", "chat", MONDAY): (True, True, 4),
        # 2 composer and 1 agent request, 3 inline edits, 7 edits decided
        (ANNA.employee_id, "cursor", "agent", MONDAY): (True, True, 13),
        (ANNA.employee_id, "cursor", "completion", MONDAY): (True, True, 12),
        (ANNA.employee_id, "cursor", "review", MONDAY): (True, True, 1),
    },
    model_days={
        (ANNA.employee_id, "cursor", "claude-4.5-sonnet", MONDAY): {
            "request_count": 2,
            "input_token_count": 150,
            "output_token_count": 30,
            "cache_read_token_count": 7,
            "cache_write_token_count": 3,
            "list_cost_usd": Decimal("0.147500"),
        },
    },
)
