"""ChatGPT Enterprise: messages of the Compliance API, and the analytics CSV per user that checks their count.

Formats: FORMATS 3d, 3b. Messages carry content, of which nothing is landed: title, text, files and
annotations are not among the fields, and must not be. The CSV covers weeks (Sunday to Saturday) or months,
lacks columns in older layouts, and writes dictionaries as Python does; names, roles and departments in it are
not landed.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Actor, Feed, Field, Source, email_field
from orchestration.sources.pull import Cursor, Pull
from orchestration.sources.user_list import user_list

CONVERSATION_MESSAGES = Feed(
    source="chatgpt",
    name="conversation_messages",
    carries_content=True,
    endpoint="GET https://api.chatgpt.com/v1/compliance/workspaces/<workspace>/conversations",
    paging="`data` of each page, until has_more is false; collectors also write bare records",
    page_array="data",
    dated_by="record",
    is_usage=True,
    date_field=Field("created_at", "epoch", "message.created_at", required=True, fallback="created_at"),
    actors=(
        Actor(
            "email",
            email_field("actor_name", "user_email", required=True),
        ),
        # A deleted user has no e-mail any more.
        Actor(
            "vendor_id",
            Field(
                "actor_name",
                "text",
                "user_id",
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="an id",
            ),
        ),
    ),
    record_key=("activity_date", "message_id", "conversation_id"),
    settle_days=3,
    pull=Pull(
        base_url="https://api.chatgpt.com",
        path="/v1/compliance/workspaces/{workspace}/conversations",
        paging=Cursor(parameter="after", next_path="last_id"),
        span="since",
        parameters=(("since_timestamp", "{day_epoch}"), ("limit", 500)),
        requests_per_minute=50,
        look_back_days=3,
    ),
    ignored_keys=(
        "object",
        "title",
        "workspace_id",
        "last_active_at",
        "message.object",
        "message.parent_id",
        "message.content",
        "message.files",
        "message.gpt_id",
        "message.project_id",
        "message.author.object",
        "message.author.tool_name",
    ),
    fields=(
        Field("vendor_user_id", "text", "user_id", max_length=100, pattern=NO_SPACE, shape="an id"),
        Field(
            "conversation_id", "text", "id", required=True, max_length=100, pattern=NO_SPACE, shape="an id"
        ),
        Field(
            "message_id", "text", "message.id", required=True, max_length=100, pattern=NO_SPACE, shape="an id"
        ),
        Field(
            "message_role",
            "text",
            "message.author.role",
            required=True,
            max_length=32,
            pattern=r"[a-z_]+",
            shape="a role name",
        ),
    ),
)

ACTIONS = 1_000_000

# Sums over a period: they are held against the messages, never added to them.
USER_ANALYTICS = Feed(
    source="chatgpt",
    name="user_analytics",
    endpoint="an export of the workspace's analytics page by an owner, weekly or monthly",
    paging="none: a file is all users of a period",
    dated_by="record",
    is_usage=False,
    counts_periods=True,
    date_field=Field("activity_date", "day", "period_start", required=True),
    actors=(
        Actor(
            "email",
            email_field("actor_name", "email", required=True),
        ),
        Actor(
            "vendor_id",
            Field(
                "actor_name",
                "text",
                "public_id",
                required=True,
                max_length=100,
                pattern=NO_SPACE,
                shape="an id",
            ),
        ),
    ),
    # The e-mail can change between two exports of one period, the id cannot.
    record_key=("activity_date", "cadence", "workspace_id", "vendor_user_id"),
    settle_days=0,
    reads_csv=True,
    is_csv_by_name=True,
    ignored_csv_columns=(
        "name",
        "role",
        "user_role",
        "department",
        "groups",
        "user_status",
        "created_or_invited_date",
        "messages_rank",
        "model_to_messages",
        "gpt_to_messages",
        "tool_to_messages",
        "project_to_messages",
        "last_day_active",
        "gpts_messaged",
        "tools_messaged",
        "projects_messaged",
        "projects_created",
    ),
    fields=(
        Field(
            "cadence",
            "text",
            "cadence",
            required=True,
            pattern="weekly|monthly",
            shape="weekly or monthly",
            fold=True,
        ),
        Field("period_end_date", "day", "period_end", required=True),
        Field("workspace_id", "text", "account_id", max_length=100, pattern=NO_SPACE, shape="an id"),
        Field(
            "vendor_user_id",
            "text",
            "public_id",
            required=True,
            max_length=100,
            pattern=NO_SPACE,
            shape="an id",
        ),
        Field("is_active", "flag", "is_active", may_be_worded=True),
        Field("first_active_date", "day", "first_day_active_in_period"),
        Field("last_active_date", "day", "last_day_active_in_period"),
        Field("message_count", "count", "messages", key_required=True, maximum=ACTIONS),
        *(
            Field(column, "count", path, maximum=ACTIONS)
            for column, path in (
                ("gpt_message_count", "gpt_messages"),
                ("tool_message_count", "tool_messages"),
                ("project_message_count", "project_messages"),
            )
        ),
    ),
)

USERS = user_list(
    "chatgpt",
    endpoint="GET https://api.chatgpt.com/v1/compliance/workspaces/<workspace>/users",
    paging="`data` of each page, until has_more is false",
    page_array="data",
)

SOURCE = Source("chatgpt", "ChatGPT Enterprise", feeds=(CONVERSATION_MESSAGES, USER_ANALYTICS, USERS))
