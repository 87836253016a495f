"""LiteLLM gateway: its spend log, one request a record, one record a line.

Format: FORMATS 8a. Times without a zone are UTC. Messages, answers, tags and whatever the client sends as end
user are not among the fields, and must not be; `user` is the owner of the key, or nobody for a shared one.
"""

from __future__ import annotations

from orchestration.sources.base import EMAIL, NO_SPACE, Actor, Feed, Field, Source

TOKENS = 10**10
USD = 100_000


def _id(column: str, path: str, *, required: bool = False) -> Field:
    return Field(column, "text", path, required=required, max_length=300, pattern=NO_SPACE, shape="an id")


def _name(column: str, path: str) -> Field:
    return Field(column, "text", path, max_length=300, pattern=NO_SPACE, shape="a name")


def _tokens(column: str, path: str) -> Field:
    return Field(column, "count", path, maximum=TOKENS)


USER = Field("actor_name", "text", "user", max_length=254, pattern=NO_SPACE, shape="an id", fold=True)

# Known and left: content, what clients set freely, addresses, and the gateway's own affairs.
LEFT = (
    "messages",
    "response",
    "proxy_server_request",
    "request_tags",
    "end_user",
    "requester_ip_address",
    "completionStartTime",
    "request_duration_ms",
    "model_id",
    "organization_id",
    "session_id",
    "agent_id",
    "cache_key",
    "metadata.user_api_key",
    "metadata.user_api_key_user_id",
    "metadata.user_api_key_team_id",
    "metadata.user_api_key_team_alias",
    "metadata.user_api_key_org_id",
    "metadata.requester_ip_address",
)


SPEND_LOGS = Feed(
    source="litellm",
    name="spend_logs",
    endpoint="an export of the table LiteLLM_SpendLogs, one JSON object per line",
    paging="none: a file holds the requests of a span of time",
    dated_by="record",
    is_usage=True,
    date_field=Field("started_at", "utc_time", "startTime", required=True),
    actors=(
        Actor("email", USER, when_pattern=EMAIL),
        Actor("vendor_id", USER),
        Actor("api_key", Field("actor_name", "text", "metadata.user_api_key_alias")),
        Actor("api_key_hash", _id("actor_name", "api_key")),
    ),
    may_lack_actor=True,
    record_key=("activity_date", "request_id"),
    settle_days=3,
    ignored_keys=LEFT,
    fields=(
        _id("request_id", "request_id", required=True),
        Field("api_key_alias", "text", "metadata.user_api_key_alias"),
        _name("call_type", "call_type"),
        _name("model_name", "model"),
        _name("model_group", "model_group"),
        # Where the request went: a vendor itself, or a cloud that hosts its models.
        _name("route_provider", "custom_llm_provider"),
        _name("route_base_url", "api_base"),
        _id("team_id", "team_id"),
        Field("cache_hit", "text", "cache_hit", max_length=10, pattern="[A-Za-z]+", shape="True or False"),
        Field("request_status", "text", "status", max_length=20, pattern=r"\w+", shape="a status"),
        _tokens("prompt_token_count", "prompt_tokens"),
        _tokens("completion_token_count", "completion_tokens"),
        _tokens("total_token_count", "total_tokens"),
        Field("list_cost_usd", "amount", "spend", maximum=USD, scale=12, may_be_quoted=True),
        Field("ended_at", "utc_time", "endTime"),
    ),
)

SOURCE = Source("litellm", "LiteLLM gateway", feeds=(SPEND_LOGS,))
