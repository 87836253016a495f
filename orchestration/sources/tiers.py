"""Cut-offs of tier policies that compare people with each other: dated sets, each used until the next begins.

`adoption refresh-cutoffs` computes them and writes them into the home; the company may deliver its own.
"""

from __future__ import annotations

from orchestration.sources.base import Feed, Field, Source

CUTOFFS = Feed(
    source="tiers",
    name="cutoffs",
    endpoint="`adoption refresh-cutoffs`, or a list kept by the company, CSV or one JSON object per line",
    paging="none: a file holds the full set of each policy version and date it names",
    dated_by="file_name_if_any",
    is_usage=False,
    record_key=(
        "policy_id",
        "policy_version",
        "effective_from",
        "scope_code",
        "group_level",
        "group_code",
        "percentile",
    ),
    settle_days=0,
    reads_csv=True,
    written_to="cutoffs",
    fields=(
        Field("policy_id", "text", "policy_id", required=True, max_length=100),
        Field("policy_version", "count", "policy_version", required=True, maximum=2**31 - 1),
        Field("effective_from", "day", "effective_from", required=True),
        Field("scope_code", "text", "scope_code", required=True, max_length=100),
        Field(
            "group_level",
            "text",
            "group_level",
            required=True,
            pattern="company|line_of_business",
            shape="company or line_of_business",
        ),
        Field("group_code", "text", "group_code", required=True),
        Field("percentile", "count", "percentile", required=True, maximum=100),
        Field("weekly_mean", "amount", "weekly_mean", required=True, maximum=10**9, may_be_quoted=True),
        Field("person_count", "count", "person_count", required=True, maximum=2**31 - 1),
    ),
)

SOURCE = Source("tiers", "Cut-offs of tier policies", feeds=(CUTOFFS,))
