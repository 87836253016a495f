"""Claude Code Analytics Admin API: a row per day, actor, organisation, customer type, terminal, remote flag.

Format: FORMATS 1a. How its numbers map to measures is a seed of the dbt project.
"""

from __future__ import annotations

from orchestration.sources.base import Actor, Feed, Field, Rows, Source, Total, email_field
from orchestration.sources.pull import Cursor, Pull

ACTIONS = 1_000_000
LINES = 100_000_000
TOKENS = 10**12
COST_CENTS = 10**9
EDIT_TOOLS = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")


def _edits(decision: str) -> Total:
    paths = tuple(f"tool_actions.{tool}.{decision}" for tool in EDIT_TOOLS)
    return Total(f"edit_{decision}_count", paths, maximum=ACTIONS)


def _count(column: str, path: str, maximum: int) -> Field:
    return Field(column, "count", path, required=True, maximum=maximum)


MODEL_BREAKDOWN = Rows(
    "model_breakdown",
    "model_breakdown",
    fields=(
        Field(
            "model_name", "text", "model", required=True, max_length=100, pattern=r"\S+", shape="a model name"
        ),
        _count("input_token_count", "tokens.input", TOKENS),
        _count("output_token_count", "tokens.output", TOKENS),
        _count("cache_read_token_count", "tokens.cache_read", TOKENS),
        _count("cache_write_token_count", "tokens.cache_creation", TOKENS),
        # The vendor states cents; landing keeps dollars.
        Field(
            "list_cost_usd",
            "amount",
            "estimated_cost.amount",
            maximum=COST_CENTS,
            factor="0.01",
            unit_path="estimated_cost.currency",
            unit="USD",
        ),
    ),
)

USAGE_REPORT = Feed(
    source="claude_code",
    name="usage_report",
    endpoint="GET https://api.anthropic.com/v1/organizations/usage_report/claude_code?starting_at=<day>&limit=1000",
    paging="`data` of each page, until has_more is false; next_page is the cursor of the following one",
    page_array="data",
    dated_by="record",
    is_usage=True,
    date_field=Field("activity_date", "utc_day", "date", required=True),
    actors=(
        Actor(
            "email",
            email_field("actor_name", "actor.email_address", required=True),
            when_path="actor.type",
            when_value="user_actor",
        ),
        Actor(
            "api_key",
            Field("actor_name", "text", "actor.api_key_name", required=True),
            when_path="actor.type",
            when_value="api_actor",
        ),
    ),
    record_key=(
        "activity_date",
        "actor_kind",
        "actor_name",
        "organization_id",
        "customer_type",
        "subscription_type",
        "terminal_type",
        "is_remote",
    ),
    settle_days=3,
    pull=Pull(
        base_url="https://api.anthropic.com",
        path="/v1/organizations/usage_report/claude_code",
        paging=Cursor(),
        parameters=(("starting_at", "{day}"), ("limit", 1000)),
        headers=(("anthropic-version", "2023-06-01"),),
        auth_header="x-api-key",
        auth_form="bare",
        look_back_days=3,
        # The vendor states no limit of requests; few at a time ask for nobody's patience.
        concurrency=4,
    ),
    fields=(
        Field("organization_id", "text", "organization_id", required=True, max_length=64),
        Field("customer_type", "text", "customer_type", required=True, max_length=50),
        Field("subscription_type", "text", "subscription_type", max_length=50),
        Field("terminal_type", "text", "terminal_type", required=True, max_length=100),
        Field("is_remote", "flag", "is_remote"),
        _count("session_count", "core_metrics.num_sessions", ACTIONS),
        _count("lines_added_count", "core_metrics.lines_of_code.added", LINES),
        _count("lines_removed_count", "core_metrics.lines_of_code.removed", LINES),
        _count("commit_count", "core_metrics.commits_by_claude_code", ACTIONS),
        _count("pull_request_count", "core_metrics.pull_requests_by_claude_code", ACTIONS),
        _edits("accepted"),
        _edits("rejected"),
        MODEL_BREAKDOWN,
    ),
)

SOURCE = Source("claude_code", "Claude Code", feeds=(USAGE_REPORT,))
