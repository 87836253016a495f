"""GitHub Copilot user-level usage report: one bare record per day and user, every counter optional.

Format: FORMATS 4a. The splits by editor and language are not landed: they do not add up to the whole.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Actor, Feed, Field, Rows, Source

ACTIONS = 1_000_000
LINES = 100_000_000
TOKENS = 10**12

COUNTERS = (
    ("user_initiated_interaction_count", ACTIONS),
    ("code_generation_activity_count", ACTIONS),
    ("code_acceptance_activity_count", ACTIONS),
    ("loc_suggested_to_add_sum", LINES),
    ("loc_suggested_to_delete_sum", LINES),
    ("loc_added_sum", LINES),
    ("loc_deleted_sum", LINES),
)
FLAGS = (
    "used_agent",
    "used_chat",
    "used_cli",
    "used_copilot_coding_agent",
    "used_copilot_cloud_agent",
    "used_copilot_code_review_active",
    "used_copilot_code_review_passive",
)
CLI_COUNTERS = (
    ("cli_session_count", "session_count", ACTIONS),
    ("cli_request_count", "request_count", ACTIONS),
    ("cli_prompt_count", "prompt_count", ACTIONS),
    ("cli_prompt_token_count", "token_usage.prompt_tokens_sum", TOKENS),
    ("cli_output_token_count", "token_usage.output_tokens_sum", TOKENS),
)

LEFT = (
    "report_start_day",
    "report_end_day",
    "organization_id",
    "enterprise_id",
    "etl_id",
    "day_partition",
    "entity_id_partition",
    "ai_credits_used",
    "ai_adoption_phase",
    "totals_by_ide",
    "totals_by_language_feature",
    "totals_by_language_model",
    "totals_by_model_feature",
    "totals_by_3rd_party_agent",
    "totals_by_feature.loc_suggested_to_delete_sum",
    "totals_by_cli.last_known_cli_version",
    "totals_by_cli.token_usage.avg_tokens_per_request",
    *(f"chat_panel_{mode}_mode" for mode in ("agent", "ask", "custom", "edit", "unknown")),
)

TOTALS_BY_FEATURE = Rows(
    "totals_by_feature",
    "totals_by_feature",
    fields=(
        Field(
            "feature",
            "text",
            "feature",
            required=True,
            max_length=100,
            pattern=r"\w+",
            shape="a feature name",
        ),
        *(
            Field(name, "count", name, maximum=maximum)
            for name, maximum in COUNTERS
            if name != "loc_suggested_to_delete_sum"
        ),
    ),
)

USERS_1_DAY = Feed(
    source="github_copilot",
    name="users_1_day",
    endpoint="GET https://api.github.com/enterprises/<enterprise>/copilot/metrics/reports/users-1-day?day=<day>",
    paging="download_links of the answer point at one or several NDJSON files of bare records",
    dated_by="record",
    date_field=Field("activity_date", "day", "day", required=True),
    actors=(
        Actor(
            "login",
            Field(
                "actor_name",
                "text",
                "user_login",
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="a login",
                fold=True,
            ),
        ),
    ),
    record_key=("activity_date", "actor_name"),
    settle_days=3,
    ignored_keys=LEFT,
    fields=(
        Field("user_id", "count", "user_id"),
        *(Field(name, "count", name, maximum=maximum) for name, maximum in COUNTERS),
        *(Field(name, "flag", name) for name in FLAGS),
        *(
            Field(column, "count", f"totals_by_cli.{path}", maximum=maximum)
            for column, path, maximum in CLI_COUNTERS
        ),
        TOTALS_BY_FEATURE,
    ),
)

SOURCE = Source("github_copilot", "GitHub Copilot", feeds=(USERS_1_DAY,))
