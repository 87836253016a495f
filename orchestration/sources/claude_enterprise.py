"""Claude Enterprise Analytics API: a row per day and user, with counters per product and surface.

Format: FORMATS 1c. A row carries no date: the day that was asked for stands in the file's name. Counters of a
feature that the organisation has not enabled are null, which is not 0, so every counter may be absent.
"""

from __future__ import annotations

from datetime import date

from orchestration.sources.base import EMAIL, NO_SPACE, Actor, Feed, Field, Source, Total, email_field
from orchestration.sources.pull import Cursor, Pull

ACTIONS = 10_000_000
LINES = 100_000_000
EDIT_TOOLS = ("edit_tool", "multi_edit_tool", "write_tool", "notebook_edit_tool")
OFFICE_APPS = ("excel", "outlook", "powerpoint", "word")

# By block of the row: column, key. Distinct counts of several days or people must not be added up.
COUNTERS = {
    "chat_metrics": (
        ("chat_message_count", "message_count"),
        ("chat_thinking_message_count", "thinking_message_count"),
        ("chat_connector_use_count", "connectors_used_count"),
        ("chat_shared_conversation_viewed_count", "shared_conversations_viewed_count"),
        ("chat_distinct_conversation_count", "distinct_conversation_count"),
        ("chat_distinct_file_uploaded_count", "distinct_files_uploaded_count"),
        ("chat_distinct_project_created_count", "distinct_projects_created_count"),
        ("chat_distinct_project_used_count", "distinct_projects_used_count"),
        ("chat_distinct_artifact_created_count", "distinct_artifacts_created_count"),
        ("chat_distinct_skill_used_count", "distinct_skills_used_count"),
    ),
    "claude_code_metrics.core_metrics": (
        ("code_distinct_session_count", "distinct_session_count"),
        ("code_commit_count", "commit_count"),
        ("code_pull_request_count", "pull_request_count"),
    ),
    "cowork_metrics": (
        ("cowork_message_count", "message_count"),
        ("cowork_distinct_session_count", "distinct_session_count"),
        ("cowork_action_count", "action_count"),
        ("cowork_dispatch_turn_count", "dispatch_turn_count"),
        ("cowork_file_edit_count", "file_edit_count"),
        ("cowork_connector_use_count", "connectors_used_count"),
        ("cowork_skill_use_count", "skills_used_count"),
        ("cowork_plugin_use_count", "plugins_used_count"),
    ),
    "design_metrics": (
        ("design_message_count", "message_count"),
        ("design_distinct_session_count", "distinct_session_count"),
        ("design_distinct_project_created_count", "distinct_projects_created_count"),
    ),
    "science_metrics": (
        ("science_message_count", "message_count"),
        ("science_distinct_session_count", "distinct_session_count"),
        ("science_delegation_count", "delegation_count"),
        ("science_remote_compute_job_count", "remote_compute_job_count"),
    ),
    **{
        f"office_metrics.{app}": (
            (f"{app}_message_count", "message_count"),
            (f"{app}_distinct_session_count", "distinct_session_count"),
        )
        for app in OFFICE_APPS
    },
}


def _count(column: str, path: str, maximum: int = ACTIONS) -> Field:
    return Field(column, "count", path, maximum=maximum)


def _edits(decision: str) -> Total:
    paths = tuple(f"claude_code_metrics.tool_actions.{tool}.{decision}_count" for tool in EDIT_TOOLS)
    return Total(f"code_edit_{decision}_count", paths, maximum=ACTIONS)


# Known and left: names, distinct counts of no use to a day, and counters of how edits were made.
LEFT = (
    "user.type",
    "user.name",
    "rbac_group_name",
    "distinct_user_count",
    "last_activity_date",
    "chat_metrics.distinct_connectors_used_count",
    "chat_metrics.distinct_shared_artifacts_viewed_count",
    "cowork_metrics.distinct_connectors_used_count",
    "cowork_metrics.distinct_plugins_used_count",
    "cowork_metrics.distinct_skills_used_count",
    "cowork_metrics.edit_tool_count",
    "cowork_metrics.multi_edit_tool_count",
    "cowork_metrics.notebook_edit_tool_count",
    "cowork_metrics.sessions_with_file_edits_count",
    "cowork_metrics.write_tool_count",
    "design_metrics.distinct_projects_used_count",
    "science_metrics.skills_used_count",
    *(
        f"office_metrics.{app}.{counter}"
        for app in OFFICE_APPS
        for counter in (
            "connectors_used_count",
            "distinct_connectors_used_count",
            "distinct_skills_used_count",
            "skills_used_count",
        )
    ),
)


USERS = Feed(
    source="claude_enterprise",
    name="users",
    endpoint="GET https://api.anthropic.com/v1/organizations/analytics/users?date=<day>&limit=1000",
    paging="`data` of each page, until next_page is null; 410 means that the cursor expired: begin again",
    page_array="data",
    more_flag="next_page",
    dated_by="file_name",
    is_usage=True,
    actors=(
        Actor(
            "email",
            email_field("actor_name", "user.email_address"),
            when_pattern=EMAIL,
        ),
        Actor(
            "vendor_id",
            Field(
                "actor_name",
                "text",
                "user.id",
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="an id",
            ),
        ),
    ),
    # Rows grouped by rbac_group overlap: a person in two groups is in two rows of equal worth.
    record_key=("activity_date", "actor_kind", "actor_name", "rbac_group_id"),
    settle_days=3,
    ignored_keys=LEFT,
    pull=Pull(
        base_url="https://api.anthropic.com",
        path="/v1/organizations/analytics/users",
        paging=Cursor(more_path=None),
        parameters=(("date", "{day}"), ("limit", 1000)),
        headers=(("anthropic-version", "2023-06-01"),),
        auth_header="x-api-key",
        auth_form="bare",
        requests_per_minute=60,
        concurrency=2,
        look_back_days=3,
        first_date=date(2026, 1, 1),
        not_yet_status=400,
    ),
    fields=(
        Field("vendor_user_id", "text", "user.id", max_length=100, pattern=NO_SPACE, shape="an id"),
        Field("rbac_group_id", "text", "rbac_group_id", max_length=100, pattern=NO_SPACE, shape="an id"),
        *(
            _count(column, f"{block}.{key}")
            for block, counters in COUNTERS.items()
            for column, key in counters
        ),
        _count(
            "code_lines_added_count",
            "claude_code_metrics.core_metrics.lines_of_code.added_count",
            LINES,
        ),
        _count(
            "code_lines_removed_count",
            "claude_code_metrics.core_metrics.lines_of_code.removed_count",
            LINES,
        ),
        _edits("accepted"),
        _edits("rejected"),
        _count("web_search_count", "web_search_count"),
    ),
)

SOURCE = Source("claude_enterprise", "Claude Enterprise", feeds=(USERS,))
