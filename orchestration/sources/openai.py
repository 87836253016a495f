"""OpenAI organisation usage of completions by bucket and dimensions, and the list of the users behind it.

Format: FORMATS 3a. A dimension is null unless it was asked for. The usage names users by id only; ids are
written user_abc and user-abc alike. Buckets without use come empty.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Actor, Feed, Field, Source, email_field
from orchestration.sources.layout import Covered, Level
from orchestration.sources.pull import Cursor, Pull

TOKENS = 10**13
REQUESTS = 10**9
GROUPED_BY = ("user_id", "project_id", "api_key_id", "model", "batch", "service_tier")


def _id(column: str, path: str, *, required: bool = False) -> Field:
    return Field(column, "text", path, required=required, max_length=100, pattern=NO_SPACE, shape="an id")


def _tokens(column: str, path: str) -> Field:
    return Field(column, "count", path, maximum=TOKENS)


# What kind of object it is, and splits of the tokens by kind of medium.
LEFT = (
    "bucket>object",
    "object",
    "input_text_tokens",
    "output_text_tokens",
    "input_cached_text_tokens",
    "input_audio_tokens",
    "input_cached_audio_tokens",
    "output_audio_tokens",
    "input_image_tokens",
    "input_cached_image_tokens",
    "output_image_tokens",
)


USAGE_COMPLETIONS = Feed(
    source="openai",
    name="usage_completions",
    endpoint="GET https://api.openai.com/v1/organization/usage/completions?start_time=<s>&bucket_width=1d"
    "&group_by[]=user_id&group_by[]=api_key_id&group_by[]=model",
    paging="`data` of each page are buckets with `results`, until has_more is false",
    nestings=((Level("data", "bucket"), Level("results")),),
    covered=Covered("epoch", "start_time", "end_time", list_path="data"),
    dated_by="record",
    is_usage=True,
    date_field=Field("bucket_start_at", "epoch", "bucket>start_time", required=True),
    # Use in the console has no key, use by a service account no user, and ungrouped use neither.
    actors=(
        Actor("vendor_id", _id("actor_name", "user_id")),
        Actor("api_key", _id("actor_name", "api_key_id")),
    ),
    may_lack_actor=True,
    record_key=(
        "activity_date",
        "bucket_start_at",
        "bucket_end_at",
        "actor_kind",
        "actor_name",
        "project_id",
        "api_key_id",
        "model_name",
        "is_batch",
        "service_tier",
    ),
    settle_days=3,
    ignored_keys=LEFT,
    pull=Pull(
        base_url="https://api.openai.com",
        path="/v1/organization/usage/completions",
        paging=Cursor(),
        parameters=(
            ("start_time", "{day_epoch}"),
            ("end_time", "{next_day_epoch}"),
            ("bucket_width", "1d"),
            *(("group_by[]", name) for name in GROUPED_BY),
        ),
        concurrency=2,
        look_back_days=3,
    ),
    fields=(
        Field("bucket_end_at", "epoch", "bucket>end_time", required=True),
        _id("project_id", "project_id"),
        _id("api_key_id", "api_key_id"),
        Field("model_name", "text", "model", max_length=100, pattern=NO_SPACE, shape="a model name"),
        Field("is_batch", "flag", "batch"),
        Field("service_tier", "text", "service_tier", max_length=50, pattern=NO_SPACE, shape="a tier name"),
        Field("request_count", "count", "num_model_requests", required=True, maximum=REQUESTS),
        _tokens("input_token_count", "input_tokens"),
        _tokens("uncached_input_token_count", "input_uncached_tokens"),
        _tokens("cache_read_token_count", "input_cached_tokens"),
        _tokens("cache_write_token_count", "input_cache_write_tokens"),
        _tokens("output_token_count", "output_tokens"),
    ),
)


USERS = Feed(
    source="openai",
    name="users",
    endpoint="GET https://api.openai.com/v1/organization/users?limit=100",
    paging="`data` of each page, until has_more is false; last_id is the cursor of the following one",
    page_array="data",
    dated_by="file_name",
    is_usage=False,
    record_key=("activity_date", "vendor_user_id"),
    settle_days=0,
    ignored_keys=("object", "name", "role", "added_at", "is_scim_managed"),
    pull=Pull(
        base_url="https://api.openai.com",
        path="/v1/organization/users",
        paging=Cursor(parameter="after", next_path="last_id"),
        span="snapshot",
        parameters=(("limit", 100),),
        look_back_days=1,
    ),
    empty_means="it holds no users",
    fields=(
        _id("vendor_user_id", "id", required=True),
        email_field("email", "email"),
        Field("is_service_account", "flag", "is_service_account"),
    ),
)

SOURCE = Source("openai", "OpenAI API", feeds=(USAGE_COMPLETIONS, USERS))
