"""Who may use which tool, from when to when: the company's own statement of entitlements."""

from __future__ import annotations

from orchestration.sources.base import Feed, Field, Source

ENTITLEMENTS = Feed(
    source="access",
    name="entitlements",
    endpoint="an export of the access-management system, CSV or one JSON object per line",
    paging="none",
    dated_by="file_name_if_any",
    is_usage=False,
    record_key=("employee_id", "tool_id", "from_date"),
    settle_days=0,
    reads_csv=True,
    fields=(
        Field("employee_id", "text", "employee_id", required=True, max_length=64),
        Field("tool_id", "text", "tool_id", required=True, max_length=64),
        Field(
            "status",
            "text",
            "status",
            required=True,
            pattern="granted|pending|denied|restricted|revoked",
            shape="granted, pending, denied, restricted or revoked",
        ),
        Field("from_date", "day", "from_date", required=True),
        Field("to_date", "day", "to_date"),
    ),
)

SOURCE = Source("access", "Access to tools", feeds=(ENTITLEMENTS,))
