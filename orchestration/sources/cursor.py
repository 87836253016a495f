"""Cursor Admin API: usage per day and member, and single usage events.

Format: FORMATS 5. Asked without pages, the vendor returns active members only; with pages all of them, idle
ones with zeros. `period` is the span that was asked for, its end excluded.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, Actor, Feed, Field, Source, email_field
from orchestration.sources.layout import Covered
from orchestration.sources.pull import PageNumber, Pull

ACTIONS = 10_000_000
LINES = 100_000_000
TOKENS = 10**12
CENTS = 10**9

PERIOD = Covered("epoch_ms", "period.startDate", "period.endDate")

COUNTERS = (
    ("total_lines_added_count", "totalLinesAdded", LINES),
    ("total_lines_deleted_count", "totalLinesDeleted", LINES),
    ("accepted_lines_added_count", "acceptedLinesAdded", LINES),
    ("accepted_lines_deleted_count", "acceptedLinesDeleted", LINES),
    ("apply_count", "totalApplies", ACTIONS),
    ("accept_count", "totalAccepts", ACTIONS),
    ("reject_count", "totalRejects", ACTIONS),
    ("tab_shown_count", "totalTabsShown", ACTIONS),
    ("tab_accepted_count", "totalTabsAccepted", ACTIONS),
    ("composer_request_count", "composerRequests", ACTIONS),
    ("chat_request_count", "chatRequests", ACTIONS),
    ("agent_request_count", "agentRequests", ACTIONS),
    ("inline_edit_count", "cmdkUsages", ACTIONS),
    ("bugbot_use_count", "bugbotUsages", ACTIONS),
    ("included_request_count", "subscriptionIncludedReqs", ACTIONS),
    ("api_key_request_count", "apiKeyReqs", ACTIONS),
    ("usage_based_request_count", "usageBasedReqs", ACTIONS),
)


def _member(path: str) -> tuple[Actor, ...]:
    name = email_field("actor_name", path, required=True)
    return (Actor("email", name),)


def _usd(column: str, path: str) -> Field:
    """The vendor states cents, with fractions; landing keeps dollars."""
    return Field(column, "amount", path, maximum=CENTS, scale=10, factor="0.01")


def _pull(path: str) -> Pull:
    """Asked with pages, so that idle members are there too; 20 requests a minute are for the whole team."""
    return Pull(
        base_url="https://api.cursor.com",
        path=path,
        paging=PageNumber(),
        method="POST",
        parameters=(("startDate", "{day_ms}"), ("endDate", "{last_ms}"), ("pageSize", 1000)),
        auth_form="basic_user",
        requests_per_minute=20,
        look_back_days=3,
    )


# The day as text, and what files somebody works on.
LEFT_OF_DAYS = ("day", "applyMostUsedExtension", "tabMostUsedExtension")


DAILY_USAGE = Feed(
    source="cursor",
    name="daily_usage",
    endpoint="POST https://api.cursor.com/teams/daily-usage-data {startDate, endDate, page, pageSize}",
    paging="`data` of each page, until pagination.hasNextPage is false",
    page_array="data",
    more_flag="pagination.hasNextPage",
    covered=PERIOD,
    dated_by="record",
    is_usage=True,
    date_field=Field("activity_date", "epoch_ms_day", "date", required=True),
    actors=_member("email"),
    record_key=("activity_date", "actor_name"),
    settle_days=3,
    ignored_keys=LEFT_OF_DAYS,
    pull=_pull("/teams/daily-usage-data"),
    fields=(
        Field("vendor_user_id", "count", "userId"),
        Field("is_active", "flag", "isActive"),
        *(Field(column, "count", path, maximum=maximum) for column, path, maximum in COUNTERS),
        Field(
            "most_used_model", "text", "mostUsedModel", max_length=100, pattern=NO_SPACE, shape="a model name"
        ),
        Field("client_version", "text", "clientVersion", max_length=50, pattern=NO_SPACE, shape="a version"),
    ),
)

EVENT_FIELDS = (
    Field("model_name", "text", "model", max_length=100, pattern=NO_SPACE, shape="a model name"),
    Field("event_kind", "text", "kind", fallback="kindLabel", max_length=100),
    Field("is_max_mode", "flag", "maxMode"),
    Field("request_cost_count", "amount", "requestsCosts", maximum=ACTIONS),
    Field("is_token_based", "flag", "isTokenBasedCall"),
    Field("is_chargeable", "flag", "isChargeable"),
    Field("is_headless", "flag", "isHeadless"),
    Field("is_free_bugbot", "flag", "isFreeBugbot"),
    Field("input_token_count", "count", "tokenUsage.inputTokens", maximum=TOKENS),
    Field("output_token_count", "count", "tokenUsage.outputTokens", maximum=TOKENS),
    Field("cache_read_token_count", "count", "tokenUsage.cacheReadTokens", maximum=TOKENS),
    Field("cache_write_token_count", "count", "tokenUsage.cacheWriteTokens", maximum=TOKENS),
    _usd("list_cost_usd", "tokenUsage.totalCents"),
    Field("discount_percent", "amount", "tokenUsage.discountPercentOff", maximum=100),
    _usd("charged_usd", "chargedCents"),
    _usd("token_fee_usd", "cursorTokenFee"),
)

USAGE_EVENTS = Feed(
    source="cursor",
    name="usage_events",
    endpoint="POST https://api.cursor.com/teams/filtered-usage-events {startDate, endDate, page, pageSize}",
    paging="`usageEvents` of each page, until pagination.hasNextPage is false",
    page_array="usageEvents",
    more_flag="pagination.hasNextPage",
    covered=PERIOD,
    dated_by="record",
    is_usage=True,
    date_field=Field("occurred_at", "epoch_ms", "timestamp", required=True, may_be_quoted=True),
    actors=_member("userEmail"),
    # Events have no id, so an event is all that is said of it: of two that are equal to the millisecond and
    # in everything else, one counts. How often an event stands in a delivery says nothing: pages may overlap.
    record_key=("activity_date", "actor_name", "occurred_at", *(field.column for field in EVENT_FIELDS)),
    settle_days=3,
    pull=_pull("/teams/filtered-usage-events"),
    fields=EVENT_FIELDS,
)

SOURCE = Source("cursor", "Cursor", feeds=(DAILY_USAGE, USAGE_EVENTS))
