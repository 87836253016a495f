"""Monitoring agreements by country or legal entity: nobody outside one has an employee-level row."""

from __future__ import annotations

from orchestration.sources.base import Feed, Field, Source

AGREEMENTS = Feed(
    source="governance",
    name="agreements",
    endpoint="a list kept by the company, CSV or one JSON object per line",
    paging="none",
    dated_by="file_name_if_any",
    is_usage=False,
    record_key=("country_code", "legal_entity_code", "agreement_id", "from_date"),
    settle_days=0,
    reads_csv=True,
    # A row that names neither would say nothing, or everything.
    required_one_of=("country_code", "legal_entity_code"),
    fields=(
        Field("country_code", "text", "country_code", pattern="[A-Z]{2}", shape="two capital letters"),
        Field("legal_entity_code", "text", "legal_entity_code", max_length=50),
        Field("agreement_id", "text", "agreement_id", required=True, max_length=100),
        Field("from_date", "day", "from_date", required=True),
        Field("to_date", "day", "to_date"),
    ),
)

SOURCE = Source("governance", "Monitoring agreements", feeds=(AGREEMENTS,))
