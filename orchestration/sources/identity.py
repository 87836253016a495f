"""Accounts that are no person's own: shared keys, automations, and personal keys with their owners."""

from __future__ import annotations

from orchestration.sources.base import Feed, Field, Source

SERVICE_ACCOUNTS = Feed(
    source="identity",
    name="service_accounts",
    endpoint="a list kept by the company, CSV or one JSON object per line",
    paging="none",
    dated_by="file_name_if_any",
    is_usage=False,
    record_key=("account_source", "account_name", "from_date"),
    settle_days=0,
    reads_csv=True,
    fields=(
        Field("account_source", "text", "source", required=True, max_length=64),
        Field("account_name", "text", "account_name", required=True, max_length=254),
        Field(
            "account_kind",
            "text",
            "kind",
            required=True,
            pattern="personal_key|shared|automation",
            shape="personal_key, shared or automation",
        ),
        Field("owner_employee_id", "text", "owner_employee_id", max_length=64),
        Field("from_date", "day", "from_date", required=True),
        Field("to_date", "day", "to_date"),
    ),
)

SOURCE = Source("identity", "Service accounts", feeds=(SERVICE_ACCOUNTS,))
