"""ChatGPT Enterprise Compliance API: one message a record. It carries content, of which nothing is landed.

Format: FORMATS 3d. Title, message text, files and annotations are not among the fields, and must not be.
"""

from __future__ import annotations

from orchestration.sources.base import EMAIL, NO_SPACE, Actor, Feed, Field, Source

CONVERSATION_MESSAGES = Feed(
    source="chatgpt",
    name="conversation_messages",
    endpoint="GET https://api.chatgpt.com/v1/compliance/workspaces/<workspace>/conversations",
    paging="`data` of each page, until has_more is false; collectors also write bare records",
    page_array="data",
    dated_by="record",
    date_field=Field("created_at", "epoch", "message.created_at", required=True, fallback="created_at"),
    actors=(
        Actor(
            "email",
            Field(
                "actor_name",
                "text",
                "user_email",
                required=True,
                max_length=254,
                pattern=EMAIL,
                shape="an e-mail address",
                fold=True,
            ),
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

SOURCE = Source("chatgpt", "ChatGPT Enterprise", feeds=(CONVERSATION_MESSAGES,), carries_content=True)
