"""Gemini in Google Workspace, from the activity reports of the Admin SDK: one activity, several events.

Format: FORMATS 7a. Names of apps are not written alike (`GMAIL`, `gmail`) and are folded; only
`feature_utilization` is use, which is for the transformations to tell.
"""

from __future__ import annotations

from orchestration.sources.base import NO_SPACE, POSITION, Actor, Feed, Field, Source, email_field
from orchestration.sources.layout import KeyedList, Level


def _parameter(column: str, key: str) -> Field:
    return Field(
        column,
        "text",
        f"parameters[{key}]",
        max_length=100,
        pattern=r"[\w.-]+",
        shape="a name",
        fold=True,
    )


ACTIVITIES = Feed(
    source="gemini_workspace",
    name="activities",
    endpoint="GET https://admin.googleapis.com/admin/reports/v1/activity/users/all/applications/"
    "gemini_in_workspace_apps?startTime=<t>&endTime=<t>&maxResults=1000",
    paging="`items` of each page are activities with `events`, until there is no nextPageToken",
    nestings=((Level("items", "activity"), Level("events")),),
    more_flag="nextPageToken",
    keyed_lists=(
        KeyedList(
            "parameters",
            key="name",
            values=("value", "intValue", "boolValue"),
            quoted_numbers=("intValue", "boolValue"),
        ),
    ),
    dated_by="record",
    is_usage=True,
    date_field=Field("occurred_at", "time", "activity>id.time", required=True),
    actors=(
        Actor(
            "email",
            email_field("actor_name", "activity>actor.email"),
        ),
        Actor(
            "vendor_id",
            Field(
                "actor_name",
                "text",
                "activity>actor.profileId",
                max_length=100,
                pattern=NO_SPACE,
                shape="an id",
            ),
        ),
    ),
    may_lack_actor=True,
    record_key=("activity_date", "occurred_at", "activity_qualifier", "event_index"),
    settle_days=3,
    ignored_keys=(
        *("activity>kind", "activity>etag", "activity>ipAddress", "activity>ownerDomain"),
        *("activity>id.applicationName", "activity>id.customerId", "activity>actor.callerType"),
    ),
    fields=(
        Field(
            "activity_qualifier",
            "text",
            "activity>id.uniqueQualifier",
            required=True,
            max_length=100,
            pattern=r"-?[0-9]+",
            shape="a whole number as text",
        ),
        Field("event_index", "count", POSITION),
        Field("vendor_user_id", "text", "activity>actor.profileId", max_length=100),
        Field("event_type", "text", "type", max_length=100, pattern=r"\w+", shape="a name"),
        Field("event_name", "text", "name", required=True, max_length=100, pattern=r"\w+", shape="a name"),
        _parameter("app_name", "app_name"),
        _parameter("action", "action"),
        _parameter("feature_source", "feature_source"),
        _parameter("event_category", "event_category"),
    ),
)

SOURCE = Source("gemini_workspace", "Gemini in Google Workspace", feeds=(ACTIVITIES,))
