"""Draws Claude Code Analytics rows as the Admin API returns them (FORMATS 1a).

One row is day x actor x organisation x customer type x terminal x remote.
"""

from __future__ import annotations

import copy
from datetime import date
from random import Random
from typing import Any

from orchestration.sample.vocabulary import CLAUDE_MODELS, CLAUDE_ORGANIZATION, TERMINALS

Row = dict[str, Any]


def draw_rows(
    day: date, email: str, key: str | None, *, is_agent: bool, volume: float, rng: Random
) -> list[Row]:
    """One person's rows of a day, each with another terminal; some under the person's own key."""
    count = rng.choices((1, 2, 3), (60, 30, 10))[0]
    rows = []
    for terminal in rng.sample(TERMINALS, count):
        actor = {"type": "user_actor", "email_address": email}
        if key is not None and rng.random() < 0.5:
            actor = {"type": "api_actor", "api_key_name": key}
        is_remote = is_agent and rng.random() < 0.6
        rows.append(draw_row(day, actor, terminal, is_remote=is_remote, volume=volume, rng=rng))
    return rows


def draw_row(
    day: date, actor: dict[str, str], terminal: str, *, is_remote: bool, volume: float, rng: Random
) -> Row:
    """One row; now and then without tool actions, without models, or with nothing in it at all."""
    by_key = actor["type"] == "api_actor"
    kind = rng.random()
    scale = 0.0 if kind > 0.99 else volume
    added = int(rng.expovariate(1.0) * 120 * scale)
    row: Row = {
        "date": f"{day.isoformat()}T00:00:00Z",
        "actor": actor,
        "organization_id": CLAUDE_ORGANIZATION,
        "customer_type": "api" if by_key or rng.random() < 0.1 else "subscription",
        "terminal_type": terminal,
        "is_remote": is_remote,
        "core_metrics": {
            "num_sessions": 0 if scale == 0.0 else 1 + int(rng.random() * 3 * scale),
            "lines_of_code": {"added": added, "removed": int(added * rng.random() * 0.6)},
            "commits_by_claude_code": int(rng.random() * 2.2 * scale),
            "pull_requests_by_claude_code": int(rng.random() * 1.15 * scale),
        },
        "tool_actions": _tool_actions(scale, rng),
        "model_breakdown": [] if kind > 0.98 else _models(scale, rng),
    }
    if row["customer_type"] == "subscription":
        row["subscription_type"] = "enterprise"
    if not is_remote and kind < 0.05:
        del row["is_remote"]
    if 0.05 < kind < 0.07:
        del row["tool_actions"]
    return row


def _tool_actions(scale: float, rng: Random) -> Row:
    actions = {
        "edit_tool": {"accepted": int(rng.random() * 14 * scale), "rejected": int(rng.random() * 2 * scale)},
        "multi_edit_tool": {"accepted": int(rng.random() * 4 * scale), "rejected": 0},
        "write_tool": {
            "accepted": int(rng.random() * 3 * scale),
            "rejected": int(rng.random() * 1.1 * scale),
        },
        "notebook_edit_tool": {"accepted": int(rng.random() * 1.3 * scale), "rejected": 0},
    }
    if rng.random() < 0.15:
        del actions["notebook_edit_tool"]
    return actions


def _models(scale: float, rng: Random) -> list[Row]:
    parts = []
    for model in rng.sample(CLAUDE_MODELS, rng.choices((1, 2), (75, 25))[0]):
        output = int(rng.expovariate(1.0) * 9000 * scale)
        hundredths_of_cents = int(output * 1.7) + rng.randint(0, 99)
        parts.append(
            {
                "model": model,
                "tokens": {
                    "input": output * 3 + rng.randint(0, 500),
                    "output": output,
                    "cache_read": output * 11,
                    "cache_creation": output * 2,
                },
                "estimated_cost": {"currency": "USD", "amount": _cents(hundredths_of_cents)},
            }
        )
    return parts


def _cents(hundredths: int) -> int | float:
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def earlier_state(row: Row) -> Row:
    """The row as an earlier delivery held it: fewer sessions and lines, as if the day had not ended."""
    earlier = copy.deepcopy(row)
    core = earlier["core_metrics"]
    core["num_sessions"] = core["num_sessions"] // 2
    core["lines_of_code"]["added"] = core["lines_of_code"]["added"] // 3
    return earlier


def spoilt(row: Row) -> Row:
    """A row of the same actor on another terminal whose session count is a word."""
    bad = copy.deepcopy(row)
    bad["terminal_type"] = "JetBrains"
    bad["core_metrics"]["num_sessions"] = "several"
    return bad
