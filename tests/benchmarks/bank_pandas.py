"""A night's files to facts of each person and tool in plain pandas, as a script of an analyst would do it.

What the warehouse is compared with for speed and memory. Run as a module with the folder of the files and the
day; prints people and sums of each tool as JSON.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd

COLUMNS = ["intentional_action_count", "input_token_count", "output_token_count", "list_cost_usd"]


def read(inbox: Path, feed: str, day: str) -> pd.DataFrame:
    """The records of a feed's file."""
    return pd.read_json(inbox / feed / f"{day}.json", lines=True)


def gateway(inbox: Path, day: str) -> pd.DataFrame:
    """One row a person."""
    spend = read(inbox, "litellm/spend_logs", day)
    spend["micros"] = (spend["spend"] * 1_000_000).round().astype("int64")
    facts = spend.groupby("user").agg(
        intentional_action_count=("call_type", "size"),
        input_token_count=("prompt_tokens", "sum"),
        output_token_count=("completion_tokens", "sum"),
        list_cost_usd=("micros", "sum"),
    )
    facts["list_cost_usd"] = facts["list_cost_usd"] / 1_000_000
    return facts


def chat(inbox: Path, day: str) -> pd.DataFrame:
    """One row a person."""
    messages = read(inbox, "chatgpt/conversation_messages", day)
    is_prompt = messages["message"].map(lambda message: message["author"]["role"] == "user")
    return messages.assign(intentional_action_count=is_prompt).groupby("user_email")[COLUMNS[:1]].sum()


def copilot(inbox: Path, day: str) -> pd.DataFrame:
    """One row a person."""
    users = read(inbox, "github_copilot/users_1_day", day)
    users["intentional_action_count"] = (
        users["user_initiated_interaction_count"] + users["code_acceptance_activity_count"]
    )
    return users.groupby("user_login")[COLUMNS[:1]].sum()


def claude_code(inbox: Path, day: str) -> pd.DataFrame:
    """One row a person."""
    usage = read(inbox, "claude_code/usage_report", day)
    core = pd.json_normalize(usage["core_metrics"].tolist())
    edits = pd.json_normalize(usage["tool_actions"].tolist())
    model = pd.json_normalize([models[0] for models in usage["model_breakdown"]])
    facts = pd.DataFrame(
        {
            "actor": usage["actor"].map(lambda actor: actor["email_address"]),
            "intentional_action_count": core["num_sessions"]
            + core["commits_by_claude_code"]
            + core["pull_requests_by_claude_code"]
            + edits["edit_tool.accepted"]
            + edits["edit_tool.rejected"],
            "input_token_count": model["tokens.input"],
            "output_token_count": model["tokens.output"],
            "list_cost_usd": model["estimated_cost.amount"] / 100,
        }
    )
    return facts.groupby("actor").sum()


TOOLS = {"chatgpt": chat, "claude_code": claude_code, "github_copilot": copilot, "llm_gateway": gateway}


def main() -> None:
    """Print the sums of a night."""
    inbox, day = Path(sys.argv[1]), sys.argv[2]
    sums = {}
    for tool, facts_of in TOOLS.items():
        facts = facts_of(inbox, day)
        sums[tool] = [len(facts)] + [
            str(Decimal(str(round(facts[name].sum(), 6)))) if name in facts else None for name in COLUMNS
        ]
    print(json.dumps(sums))


if __name__ == "__main__":
    main()
