"""The checks of the gate by name: which suite each belongs to, and whether a failure blocks publication.

Only names and wording belong here, so that Dagster can list the checks without importing Great Expectations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["blocking", "warning"]


@dataclass(frozen=True)
class CheckSpec:
    """One check: its fixed name, its suite, what a failure does, and the claim it makes."""

    name: str
    suite: str
    severity: Severity
    description: str


CHECKS: tuple[CheckSpec, ...] = (
    CheckSpec(
        "published_tables_exist",
        "contract",
        "blocking",
        "Every table that readers rely on is in its file.",
    ),
    CheckSpec(
        "published_columns_exist",
        "contract",
        "blocking",
        "Every published table has the columns that readers rely on.",
    ),
    CheckSpec(
        "published_tables_have_rows",
        "contract",
        "blocking",
        "No table is empty that cannot rightly be; employee-level ones may be without an agreement on file.",
    ),
    CheckSpec(
        "volume_follows_same_weekday",
        "volumes",
        "blocking",
        "Accepted records of a covered day are near the median of the same weekday in the weeks before.",
    ),
    CheckSpec(
        "figures_follow_their_usual",
        "drift",
        "blocking",
        "Shares, active people and amounts per person of a newly observed day are near those of like days in "
        "the weeks before, in the company and in each line of business.",
    ),
    CheckSpec(
        "required_values_are_present",
        "ranges",
        "blocking",
        "Columns that may never be NULL hold a value in every row.",
    ),
    CheckSpec(
        "fractions_are_fractions",
        "ranges",
        "blocking",
        "Every fraction and share lies between 0 and 1 (fte_fraction up to 2).",
    ),
    CheckSpec(
        "counts_are_not_negative",
        "ranges",
        "blocking",
        "No count is below 0.",
    ),
    CheckSpec(
        "costs_are_not_negative",
        "ranges",
        "blocking",
        "No cost is below 0.",
    ),
    CheckSpec(
        "codes_are_in_their_sets",
        "ranges",
        "blocking",
        "Statuses, tiers, scopes and reasons are among the codes that are defined.",
    ),
    CheckSpec(
        "prompts_are_plausible",
        "ranges",
        "blocking",
        "Nobody has an absurd number of prompts in one tool on one day.",
    ),
    CheckSpec(
        "dates_are_not_after_as_of",
        "ranges",
        "blocking",
        "No fact is dated after the as-of date.",
    ),
    CheckSpec(
        "engagement_covers_everyone",
        "people",
        "blocking",
        "Each rebuilt date has an engagement row for everybody employed and included, and for nobody else.",
    ),
    CheckSpec(
        "tiers_cover_everyone",
        "people",
        "blocking",
        "Everybody employed and included at the as-of date has one tier in each policy and scope.",
    ),
    CheckSpec(
        "headcount_is_not_down",
        "people",
        "blocking",
        "The number of employed and included people has not dropped in a night.",
    ),
    CheckSpec(
        "feeds_are_fresh",
        "freshness",
        "warning",
        "The latest day covered by each feed is recent.",
    ),
    CheckSpec(
        "reconciliation_break_is_zero",
        "reconciliation",
        "blocking",
        "Records in = accepted + duplicate + rejected + unresolved + non-human, for every feed and date.",
    ),
    CheckSpec(
        "landed_records_are_reconciled",
        "reconciliation",
        "blocking",
        "The records of the loaded files equal the records reconciled, for every feed.",
    ),
    CheckSpec(
        "rejected_share_is_low",
        "shares",
        "blocking",
        "Only a small share of a source's records was rejected.",
    ),
    CheckSpec(
        "unresolved_share_has_not_jumped",
        "shares",
        "blocking",
        "The share of records nobody could be found for is not far above the feed's own history.",
    ),
    CheckSpec(
        "unresolved_share_is_low",
        "shares",
        "warning",
        "Only a small share of a feed's records belongs to unknown actors.",
    ),
    CheckSpec(
        "employee_rows_follow_agreements",
        "agreements",
        "blocking",
        "With no monitoring agreement on file there is no row at employee level.",
    ),
    CheckSpec(
        "employee_keys_are_known",
        "agreements",
        "blocking",
        "Every employee in a table stands in dim_employee, in daily facts on that very day.",
    ),
    CheckSpec(
        "excluded_people_are_absent",
        "agreements",
        "blocking",
        "Nobody who was never under an agreement is in any published table.",
    ),
    CheckSpec(
        "managers_form_no_cycle",
        "managers",
        "blocking",
        "Nobody is, over any number of levels, their own manager.",
    ),
)

CHECK_BY_NAME: dict[str, CheckSpec] = {spec.name: spec for spec in CHECKS}
