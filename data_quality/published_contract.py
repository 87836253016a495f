"""The tables and columns readers rely on (DESIGN section 5), and which of them may never be NULL.

Types belong to the contracts of the dbt models; nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedTable:
    """One published table; `database` is the alias its file is attached under."""

    database: str
    schema: str
    name: str
    columns: tuple[str, ...]
    is_employee_level: bool = False

    @property
    def qualified_name(self) -> str:
        """`database.schema.table`, as it is named in queries and messages."""
        return f"{self.database}.{self.schema}.{self.name}"


def _table(address: str, columns: str, *, employee_level: bool = False) -> PublishedTable:
    database, schema, name = address.split(".")
    return PublishedTable(database, schema, name, tuple(columns.split()), employee_level)


def _employees(address: str, columns: str) -> PublishedTable:
    return _table(address, columns, employee_level=True)


_TIER_KEY = "policy_id scope_code employee_key"
_TIER = "tier_code tier_low_code tier_high_code is_firm reason_code"
_TOKENS = "input_token_count output_token_count cache_read_token_count cache_write_token_count list_cost_usd"

TABLES: tuple[PublishedTable, ...] = (
    _employees(
        "adoption.marts.dim_employee",
        "employee_key valid_from valid_to is_current manager_key org_unit_id line_of_business job_family "
        "job_level worker_type country_code site_code legal_entity_code fte_fraction employment_status "
        "hired_month tenure_band",
    ),
    _table(
        "adoption.marts.dim_org_unit",
        "org_unit_id org_unit_name parent_org_unit_id org_level org_path valid_from valid_to is_current",
    ),
    _employees("adoption.marts.dim_reporting_line", "manager_key employee_key depth valid_from valid_to"),
    _table("adoption.marts.dim_tool", "tool_id vendor_name product_name tool_category"),
    _table("adoption.marts.dim_usage_mode", "mode_code mode_name floor_text"),
    _table("adoption.marts.dim_model", "model_name model_family vendor_name"),
    _table(
        "adoption.marts.dim_date", "activity_date calendar_code week_start_date is_working_day holiday_name"
    ),
    _table(
        "adoption.marts.dim_tier",
        "policy_id policy_version tier_code tier_name tier_rank rule_text effective_from effective_to",
    ),
    _table("adoption.marts.dim_tier_scope", "policy_id scope_code scope_name tool_id"),
    _employees(
        "adoption.marts.dim_employee_tier",
        f"{_TIER_KEY} policy_version {_TIER} valid_from valid_to is_current",
    ),
    _employees(
        "adoption.marts.dim_employee_tool",
        "employee_key tool_id first_granted_date first_used_date last_used_date",
    ),
    _employees(
        "adoption.marts.fct_employee_tool_daily",
        "employee_key tool_id activity_date is_active is_substantive intentional_action_count "
        "passive_action_count automated_action_count session_count prompt_count suggestion_shown_count "
        "suggestion_accepted_count edit_accepted_count edit_rejected_count lines_suggested_count "
        "lines_added_count lines_removed_count commit_count pull_request_count "
        f"{_TOKENS} billed_cost_usd is_provisional",
    ),
    _employees(
        "adoption.marts.fct_employee_tool_mode_daily",
        "employee_key tool_id activity_date mode_code is_active is_substantive evidence_basis "
        "intentional_action_count",
    ),
    _employees(
        "adoption.marts.fct_employee_tool_model_daily",
        f"employee_key tool_id activity_date model_name request_count {_TOKENS}",
    ),
    _employees(
        "adoption.marts.fct_employee_engagement_daily",
        "employee_key activity_date engagement_status expected_fraction is_substantive active_tool_count "
        "intentional_action_count list_cost_usd is_provisional",
    ),
    _employees(
        "adoption.marts.fct_employee_tier_weekly",
        f"{_TIER_KEY} week_start_date {_TIER} expected_day_count observed_day_count active_day_count "
        "substantive_day_count active_week_count intentional_action_count coverage_fraction "
        "weekly_mean",
    ),
    _employees(
        "adoption.marts.fct_employee_tier_evidence",
        f"{_TIER_KEY} policy_version as_of_date window_from_date window_to_date {_TIER} rule_number "
        "expected_day_count observed_day_count active_day_count substantive_day_count "
        "needed_expected_day_count active_date_count active_expected_date_count expected_date_count "
        "not_expected_date_count not_employed_date_count not_in_use_date_count unobserved_date_count "
        "unobserved_expected_date_count partly_observed_date_count missing_feed_date_count "
        "active_week_count reached_week_count observed_week_count measure_value weekly_mean "
        "intentional_action_count used_tool_count usable_tool_count score group_level group_code "
        "cutoffs_from_date has_access is_hired_in_window tool_set_code delivery_count rule_text "
        "thresholds_text next_tier_text days_text",
    ),
    _table(
        "adoption.marts.fct_tier_evidence_delivery",
        "policy_id policy_version scope_code tool_set_code delivery_id source feed as_of_date "
        "first_covered_date last_covered_date covered_date_count",
    ),
    _employees(
        "adoption.marts.fct_tier_restatement",
        f"{_TIER_KEY} as_of_date old_tier_code new_tier_code cause_kind cause_delivery_id restated_at",
    ),
    _table(
        "adoption.marts.tier_movement",
        "policy_id policy_version scope_code period_kind period_start_date from_as_of_date to_as_of_date "
        "from_tier_code to_tier_code is_comparable refusal_reason employee_count firm_count",
    ),
    _table(
        "adoption.marts.tier_retention",
        "policy_id policy_version scope_code tier_code week_start_date weeks_after is_comparable "
        "refusal_reason start_count still_count other_tier_count unrated_count left_count still_share",
    ),
    _employees(
        "adoption.marts.fct_employee_adoption_milestone",
        "policy_id scope_code employee_key first_granted_date first_used_date first_used_tool_id "
        "first_habit_week_start_date habit_policy_version is_left_censored days_to_first_use_count "
        "weeks_to_habit_count",
    ),
    _table("adoption.ops.load_file", "delivery_id source feed delivery_status record_count"),
    _table("adoption.ops.rejected_record", "delivery_id reject_reason"),
    _table("adoption.ops.schema_drift", "source feed drift_kind key_path delivery_count record_count"),
    _table("adoption.ops.unresolved_actor", "source feed activity_date actor_kind actor_hash record_count"),
    _table(
        "adoption.ops.reconciliation",
        "source feed activity_date record_count accepted_count duplicate_count rejected_count "
        "unresolved_count non_human_count",
    ),
    _table("adoption.ops.concealed_day", "source feed activity_date"),
    _table("adoption.ops.feed_coverage", "source feed activity_date delivery_id"),
    _table(
        "adoption.ops.gate_result",
        "generation_number suite_name check_name outcome severity observed message decided_at",
    ),
    _table("adoption.ops.generation", "generation_number"),
    _table("adoption.ops.release", "generation_number as_of_date held_checks reason released_at"),
    _table(
        "adoption.ops.usage_figure",
        "activity_date scope_kind scope_name tool_id measure_name member_name total_value person_count "
        "usual_value is_off",
    ),
    _table("adoption.ops.gate_threshold", "check_name threshold_name threshold_value reason valid_from"),
    _table("shared.marts.adoption_by_tool_weekly", "week_start_date tool_id"),
    _table("shared.marts.tier_distribution_weekly", "week_start_date policy_id scope_code"),
    _table("shared.marts.feed_freshness", "source feed delivered_every_days"),
    _employees(
        "identity.marts.employee_identity",
        "employee_key employee_id work_email display_name hired_date terminated_date",
    ),
)

EMPLOYEE_TABLES: tuple[PublishedTable, ...] = tuple(table for table in TABLES if table.is_employee_level)

# Columns that every row must fill. Absent from it is what DESIGN lets be NULL: measures the vendor does not
# state, open ends of validity, tier bounds of people who are not rated, a manager nobody is known for.
REQUIRED_VALUES: dict[str, tuple[str, ...]] = {
    "adoption.marts.dim_employee": ("employee_key", "valid_from", "is_current", "country_code"),
    "adoption.marts.dim_reporting_line": ("manager_key", "employee_key", "depth", "valid_from"),
    "adoption.marts.dim_employee_tier": (
        "policy_id",
        "scope_code",
        "employee_key",
        "tier_code",
        "valid_from",
        "is_current",
    ),
    "adoption.marts.dim_employee_tool": ("employee_key", "tool_id"),
    "adoption.marts.fct_employee_tool_daily": (
        "employee_key",
        "tool_id",
        "activity_date",
        "is_active",
        "is_substantive",
        "is_provisional",
    ),
    "adoption.marts.fct_employee_tool_mode_daily": (
        "employee_key",
        "tool_id",
        "activity_date",
        "mode_code",
        "is_active",
        "is_substantive",
        "evidence_basis",
    ),
    "adoption.marts.fct_employee_tool_model_daily": (
        "employee_key",
        "tool_id",
        "activity_date",
        "model_name",
    ),
    "adoption.marts.fct_employee_engagement_daily": (
        "employee_key",
        "activity_date",
        "engagement_status",
        "expected_fraction",
        "is_substantive",
        "active_tool_count",
        "is_provisional",
    ),
    "adoption.marts.fct_employee_tier_weekly": (
        "policy_id",
        "scope_code",
        "employee_key",
        "week_start_date",
        "tier_code",
        "expected_day_count",
        "observed_day_count",
        "active_day_count",
        "substantive_day_count",
    ),
    "adoption.marts.fct_employee_tier_evidence": (
        "policy_id",
        "scope_code",
        "employee_key",
        "as_of_date",
        "tier_code",
        "rule_text",
        "thresholds_text",
        "next_tier_text",
        "days_text",
    ),
    "adoption.ops.reconciliation": (
        "source",
        "feed",
        "record_count",
        "accepted_count",
        "duplicate_count",
        "rejected_count",
        "unresolved_count",
        "non_human_count",
    ),
    "identity.marts.employee_identity": ("employee_key", "employee_id"),
}
