"""What one person did with one tool on one day, in the measures and modes that the rules speak of.

The mappings follow DESIGN section 6 and are made from the drawn rows, never from a file or a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

FEATURE_MODES = {
    "code_completion": "completion",
    "chat_panel_ask_mode": "chat",
    "chat_inline": "chat",
    "chat_panel_custom_mode": "chat",
    "chat_panel_unknown_mode": "chat",
    "chat_panel_agent_mode": "agent",
    "chat_panel_edit_mode": "agent",
    "agent_edit": "agent",
    "copilot_cli": "agent",
}
INTENTIONAL_FLAGS = (
    "used_agent",
    "used_chat",
    "used_cli",
    "used_copilot_coding_agent",
    "used_copilot_cloud_agent",
    "used_copilot_code_review_active",
)
TOKEN_COLUMNS = {
    "input_token_count": "input",
    "output_token_count": "output",
    "cache_read_token_count": "cache_read",
    "cache_write_token_count": "cache_creation",
}


@dataclass
class ModeDay:
    """One mode of one tool on one day; `count` is what the row's intentional_action_count shows."""

    count: int | None = None
    prompts: int | None = None
    sessions: int | None = None
    edits: int | None = None
    commits: int | None = None
    has_active_flag: bool = False
    is_by_flag: bool = False


@dataclass
class ToolDay:
    """One person, tool and day. An absent measure is NULL."""

    measures: dict[str, int] = field(default_factory=dict)
    list_cost: Decimal | None = None
    has_active_flag: bool = False
    modes: dict[str, ModeDay] = field(default_factory=dict)
    models: dict[str, dict[str, int]] = field(default_factory=dict)
    model_costs: dict[str, Decimal] = field(default_factory=dict)

    def add(self, measure: str, value: int | None) -> None:
        """Add to a measure; a NULL part changes nothing."""
        if value is not None:
            self.measures[measure] = self.measures.get(measure, 0) + value


def plus(*parts: int | None) -> int | None:
    """The sum of the parts that are stated; NULL if none is."""
    stated = [part for part in parts if part is not None]
    return sum(stated) if stated else None


def add_claude_row(total: ToolDay, row: Row) -> None:
    """Add one Claude Code row (actor, organisation, terminal, customer type, remote) to a person's day."""
    core = row["core_metrics"]
    actions = row.get("tool_actions")
    accepted = None if actions is None else sum(action["accepted"] for action in actions.values())
    rejected = None if actions is None else sum(action["rejected"] for action in actions.values())
    sessions, commits = core["num_sessions"], core["commits_by_claude_code"]
    pull_requests = core["pull_requests_by_claude_code"]
    total.add("session_count", sessions)
    total.add("edit_accepted_count", accepted)
    total.add("edit_rejected_count", rejected)
    total.add("lines_added_count", core["lines_of_code"]["added"])
    total.add("lines_removed_count", core["lines_of_code"]["removed"])
    total.add("commit_count", commits)
    total.add("pull_request_count", pull_requests)
    total.add("intentional_action_count", plus(sessions, accepted, rejected, commits, pull_requests))
    total.add("passive_action_count", 0)
    for column in TOKEN_COLUMNS:
        total.add(column, 0)
    total.list_cost = total.list_cost or Decimal(0)
    for part in row["model_breakdown"]:
        _add_model(total, part)
    count = plus(sessions, accepted, rejected, commits, pull_requests) or 0
    if count > 0:
        mode = total.modes.setdefault("agent", ModeDay())
        mode.count = plus(mode.count, count)
        mode.sessions = plus(mode.sessions, sessions)
        mode.edits = plus(mode.edits, accepted, rejected)
        mode.commits = plus(mode.commits, commits)


def _add_model(total: ToolDay, part: Row) -> None:
    name = part["model"]
    counts = total.models.setdefault(name, dict.fromkeys(TOKEN_COLUMNS, 0))
    cost = Decimal(str(part["estimated_cost"]["amount"])) / 100
    for column, key in TOKEN_COLUMNS.items():
        counts[column] += part["tokens"][key]
        total.add(column, part["tokens"][key])
    total.model_costs[name] = total.model_costs.get(name, Decimal(0)) + cost
    total.list_cost = (total.list_cost or Decimal(0)) + cost


def add_copilot_row(total: ToolDay, row: Row) -> None:
    """Add the one Copilot row of a person's day."""
    cli = row.get("totals_by_cli", {})
    tokens = cli.get("token_usage", {})
    shown, accepted = _completions(row)
    prompts = plus(row.get("user_initiated_interaction_count"), cli.get("prompt_count"))
    total.add("prompt_count", prompts)
    total.add("session_count", cli.get("session_count"))
    total.add("suggestion_shown_count", shown)
    total.add("suggestion_accepted_count", accepted)
    total.add("lines_suggested_count", row.get("loc_suggested_to_add_sum"))
    total.add("lines_added_count", row.get("loc_added_sum"))
    total.add("lines_removed_count", row.get("loc_deleted_sum"))
    total.add("input_token_count", tokens.get("prompt_tokens_sum"))
    total.add("output_token_count", tokens.get("output_tokens_sum"))
    total.add("intentional_action_count", plus(prompts, accepted))
    total.add("passive_action_count", None if shown is None else max(0, shown - (accepted or 0)))
    total.has_active_flag = total.has_active_flag or any(row.get(flag) for flag in INTENTIONAL_FLAGS)
    _add_copilot_modes(total, row, shown, accepted)


def _completions(row: Row) -> tuple[int | None, int | None]:
    features = row.get("totals_by_feature")
    if features is None:
        return row.get("code_generation_activity_count"), row.get("code_acceptance_activity_count")
    own = [feature for feature in features if feature["feature"] == "code_completion"]
    return (
        sum(feature["code_generation_activity_count"] for feature in own),
        sum(feature["code_acceptance_activity_count"] for feature in own),
    )


def _copilot_prompts(row: Row) -> tuple[int | None, int | None]:
    """Prompts that count to chat and to agent; NULL where the row states neither split nor total."""
    top = row.get("user_initiated_interaction_count")
    features = row.get("totals_by_feature")
    cli_prompts = row.get("totals_by_cli", {}).get("prompt_count")
    if features is None:
        return top, cli_prompts
    interactions = [
        (FEATURE_MODES.get(feature["feature"], "chat"), feature["user_initiated_interaction_count"])
        for feature in features
    ]
    agent = sum(count for mode, count in interactions if mode == "agent")
    chat = sum(count for mode, count in interactions if mode != "agent")
    unexplained = max(0, (top or 0) - agent - chat)
    return chat + unexplained, plus(agent, cli_prompts)


def _add_copilot_modes(total: ToolDay, row: Row, shown: int | None, accepted: int | None) -> None:
    chat, agent = _copilot_prompts(row)
    cli = row.get("totals_by_cli", {})
    sessions = cli.get("session_count")
    no_split = row.get("totals_by_feature") is None
    used_chat, used_agent = bool(row.get("used_chat")), bool(row.get("used_agent"))
    used_cli = bool(row.get("used_cli"))
    autonomous = bool(row.get("used_copilot_coding_agent") or row.get("used_copilot_cloud_agent"))
    review = bool(row.get("used_copilot_code_review_active"))
    if (shown or 0) > 0 or (accepted or 0) > 0:
        total.modes["completion"] = ModeDay(count=accepted)
    if (chat or 0) > 0 or used_chat:
        total.modes["chat"] = ModeDay(
            count=chat, prompts=chat, has_active_flag=used_chat, is_by_flag=used_chat and chat is None
        )
    if (agent or 0) > 0 or (sessions or 0) > 0 or used_agent or used_cli:
        total.modes["agent"] = ModeDay(
            count=agent,
            prompts=agent,
            sessions=sessions,
            has_active_flag=used_agent or used_cli,
            is_by_flag=(used_agent and no_split) or (used_cli and cli.get("prompt_count") is None),
        )
    if autonomous:
        total.modes["agent_autonomous"] = ModeDay(has_active_flag=True, is_by_flag=True)
    if review or row.get("used_copilot_code_review_passive"):
        total.modes["review"] = ModeDay(has_active_flag=review, is_by_flag=True)


def add_chatgpt_day(total: ToolDay, prompts: int, conversations: int) -> None:
    """Add the messages of one person's day: how many prompts, in how many conversations."""
    total.add("prompt_count", prompts)
    total.add("session_count", conversations)
    total.add("intentional_action_count", prompts)
    total.add("passive_action_count", 0)
    if prompts > 0:
        total.modes["chat"] = ModeDay(count=prompts, prompts=prompts)
