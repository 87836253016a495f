"""GitHub Copilot: the usage report per day and user, every counter optional, and the seats as assigned.

Format: FORMATS 4a, 4c. The splits by editor and language are not landed: they do not add up to the whole.
"""

from __future__ import annotations

from datetime import date

from orchestration.sources.base import NO_SPACE, Actor, Feed, Field, Rows, Source
from orchestration.sources.pull import LinkHeader, Pull, Report

ACTIONS = 1_000_000
LINES = 100_000_000
TOKENS = 10**12
API_VERSION = (("x-github-api-version", "2026-03-10"),)

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
    is_usage=True,
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
    pull=Pull(
        base_url="https://api.github.com",
        path="/enterprises/{enterprise}/copilot/metrics/reports/users-1-day",
        paging=Report(),
        parameters=(("day", "{day}"),),
        headers=API_VERSION,
        # A day is final after up to three full UTC days. One out of the vendor's year has no links either.
        look_back_days=4,
        first_date=date(2025, 10, 10),
        concurrency=4,
    ),
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

# What else the vendor says of an account, a team and an organisation: names, addresses of pages, rights.
_ACCOUNT = (
    *("node_id", "name", "email", "avatar_url", "gravatar_id", "url", "html_url", "followers_url"),
    *("following_url", "gists_url", "starred_url", "subscriptions_url", "organizations_url", "repos_url"),
    *("events_url", "received_events_url", "user_view_type", "site_admin"),
)
_GROUP = (
    *("login", "node_id", "name", "slug", "description", "privacy", "notification_setting", "permission"),
    *("url", "html_url", "members_url", "repositories_url", "parent", "repos_url", "events_url", "hooks_url"),
    *("issues_url", "public_members_url", "avatar_url"),
)
LEFT_OF_SEATS = (
    *(f"assignee.{key}" for key in _ACCOUNT),
    *(f"{group}.{key}" for group in ("organization", "assigning_team") for key in _GROUP),
)

SEATS = Feed(
    source="github_copilot",
    name="seats",
    endpoint="GET https://api.github.com/enterprises/<enterprise>/copilot/billing/seats?per_page=100",
    paging="`seats` of each page; the Link header names the next one",
    page_array="seats",
    dated_by="file_name",
    # A snapshot, but what it says of a last activity is evidence of days of use.
    is_usage=True,
    # A seat may be nobody's, or a team's or an organisation's, which has a login too.
    actors=(
        Actor(
            "login",
            Field(
                "actor_name",
                "text",
                "assignee.login",
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="a login",
                fold=True,
            ),
            when_path="assignee.type",
            when_value="User",
        ),
    ),
    may_lack_actor=True,
    # One person has a row for each team and organisation that assigns a seat.
    record_key=("activity_date", "actor_name", "assignee_id", "organization_id", "assigning_team_id"),
    settle_days=0,
    ignored_keys=LEFT_OF_SEATS,
    pull=Pull(
        base_url="https://api.github.com",
        path="/enterprises/{enterprise}/copilot/billing/seats",
        paging=LinkHeader(),
        span="snapshot",
        parameters=(("per_page", 100),),
        headers=API_VERSION,
        look_back_days=1,
    ),
    fields=(
        Field("assignee_id", "count", "assignee.id"),
        Field("assignee_type", "text", "assignee.type", max_length=50, pattern=r"\w+", shape="a type"),
        Field("organization_id", "count", "organization.id"),
        Field("assigning_team_id", "count", "assigning_team.id"),
        Field("plan_type", "text", "plan_type", max_length=50, pattern=r"\w+", shape="a plan name"),
        Field("created_at", "time", "created_at"),
        Field("updated_at", "time", "updated_at"),
        Field("pending_cancellation_date", "day", "pending_cancellation_date"),
        # A day late, and null again 90 days later.
        Field("last_activity_at", "time", "last_activity_at"),
        Field(
            "last_activity_editor",
            "text",
            "last_activity_editor",
            max_length=200,
            pattern=NO_SPACE,
            shape="an editor",
        ),
        Field("last_authenticated_at", "time", "last_authenticated_at"),
    ),
)

SOURCE = Source("github_copilot", "GitHub Copilot", feeds=(USERS_1_DAY, SEATS))
