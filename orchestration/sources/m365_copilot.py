"""Microsoft 365 Copilot usage by user: for every licence the dates of last activity, overall and per app.

Format: FORMATS 6a. A snapshot dated by the refresh of the report in each record; it holds no counts, and days
of activity are derived later from dates that moved between snapshots. An empty date is no activity.
"""

from __future__ import annotations

from orchestration.sources.base import EMAIL, Actor, Feed, Field, Source
from orchestration.sources.pull import NextLink, Pull

APPS = (
    ("chat", "copilotChat", "Copilot Chat"),
    ("teams", "microsoftTeamsCopilot", "Microsoft Teams Copilot"),
    ("word", "wordCopilot", "Word Copilot"),
    ("excel", "excelCopilot", "Excel Copilot"),
    ("powerpoint", "powerPointCopilot", "PowerPoint Copilot"),
    ("outlook", "outlookCopilot", "Outlook Copilot"),
    ("onenote", "oneNoteCopilot", "OneNote Copilot"),
    ("loop", "loopCopilot", "Loop Copilot"),
)


def _actor_name(pattern: str, shape: str) -> Field:
    return Field(
        "actor_name",
        "text",
        "userPrincipalName",
        csv_name="User Principal Name",
        required=True,
        max_length=254,
        pattern=pattern,
        shape=shape,
        fold=True,
    )


_HASH = "[0-9a-f]{32}"

# The name of the person; and the period asked for, on which dates of last activity do not depend.
LEFT = ("displayName", "copilotActivityUserDetailsByPeriod")


USAGE_USER_DETAIL = Feed(
    source="m365_copilot",
    name="usage_user_detail",
    endpoint="GET https://graph.microsoft.com/beta/reports/getMicrosoft365CopilotUsageUserDetail(period='D7')",
    paging="`value` of each page, until there is no @odata.nextLink; as CSV one file",
    page_array="value",
    more_flag='"@odata.nextLink"',
    dated_by="record",
    is_usage=True,
    date_field=Field(
        "activity_date", "day", "reportRefreshDate", csv_name="Report Refresh Date", required=True
    ),
    actors=(
        # With concealment on, the tenant gives a hash instead of the name; it is nobody's address.
        Actor("upn_hash", _actor_name(_HASH, "a hash of 32 hexadecimal digits"), when_pattern=_HASH),
        Actor("email", _actor_name(EMAIL, "a user principal name")),
    ),
    record_key=("activity_date", "actor_kind", "actor_name"),
    settle_days=0,
    ignored_keys=LEFT,
    pull=Pull(
        base_url="https://graph.microsoft.com",
        path="/beta/reports/getMicrosoft365CopilotUsageUserDetail(period='D7')",
        paging=NextLink(),
        span="snapshot",
        parameters=(("$format", "application/json"),),
        look_back_days=1,
        grant_scope="https://graph.microsoft.com/.default",
    ),
    # What a snapshot says of dates further back, the one before it said already: they come at least weekly.
    reaches_back_days=6,
    reads_csv=True,
    is_csv_by_name=True,
    # The name of the person; and the period asked for, on which dates of last activity do not depend.
    ignored_csv_columns=("Display Name", "Report Period"),
    fields=(
        Field(
            "last_activity_date",
            "day",
            "lastActivityDate",
            csv_name="Last Activity Date",
            # Empty is no activity; without the key nothing would be known, and nobody would notice.
            key_required=True,
        ),
        *(
            Field(
                f"{app}_last_activity_date",
                "day",
                f"{path}LastActivityDate",
                csv_name=f"{title} Last Activity Date",
            )
            for app, path, title in APPS
        ),
    ),
)

SOURCE = Source("m365_copilot", "Microsoft 365 Copilot", feeds=(USAGE_USER_DETAIL,))
