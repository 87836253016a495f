"""Every check of the gate fails on the defect it is there for, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from data_quality import gate
from data_quality.catalogue import CHECKS
from data_quality.suites import Claim, Judge
from orchestration.errors import RunFailed
from orchestration.publishing.verdict import CheckResult
from tests.unit import gate_candidate as made
from tests.unit.gate_candidate import CANARY, NOW, Candidate

ON_THE_NIGHT = "activity_date = date '2026-03-30'"
BEFORE = "activity_date < date '2026-03-27'"


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Candidate:
    return made.build(tmp_path_factory.mktemp("gate") / "good")


@pytest.fixture
def candidate(good: Candidate, tmp_path: Path) -> Candidate:
    return good.copy_to(tmp_path)


Claims = dict[str, Claim | gate.Unreadable | None]


@pytest.fixture(scope="session")
def good_claims(good: Candidate) -> Claims:
    """What the checks ask of the good candidate; all of it passes, as the first test shows."""
    return gate.read_claims(good.directory, good.scratch, now=NOW)


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()


Audit = Callable[[Candidate], dict[str, CheckResult]]


@pytest.fixture
def audit(good_claims: Claims, judge: Judge) -> Audit:
    """An audit that judges what differs from the good candidate; the rest has been judged there."""

    def changed_results(candidate: Candidate) -> dict[str, CheckResult]:
        claims = gate.read_claims(candidate.directory, candidate.scratch, now=NOW)
        return {
            spec.name: gate.result_of(spec, claims[spec.name], judge)
            for spec in CHECKS
            if not is_same(claims[spec.name], good_claims[spec.name])
        }

    return changed_results


@pytest.fixture
def failures(audit: Audit) -> Audit:
    def failed_results(candidate: Candidate) -> dict[str, CheckResult]:
        return {name: check for name, check in audit(candidate).items() if check.outcome == "failed"}

    return failed_results


def is_same(claim: Claim | gate.Unreadable | None, other: Claim | gate.Unreadable | None) -> bool:
    if not isinstance(claim, Claim) or not isinstance(other, Claim):
        return False
    stated = [(one.metrics, one.bounds, one.fewest_rows) for one in (claim, other)]
    return stated[0] == stated[1] and claim.frame.equals(other.frame)


def records_of_the_night(feed: str, count: int, column: str = "accepted_count") -> tuple[str, ...]:
    """Change what one feed brought on the last night, in landing, ledger and reconciliation alike."""
    delivery = f"'{feed}-2026-03-30'"
    total = (
        f"(select record_count from adoption.ops.reconciliation where source = '{feed}' and {ON_THE_NIGHT})"
    )
    return (
        f"""update adoption.ops.reconciliation set record_count = record_count - {column} + {count},
            {column} = {count} where source = '{feed}' and {ON_THE_NIGHT}""",
        f"update adoption.ops.load_file set record_count = {total} where delivery_id = {delivery}",
        f"update scratch.run.delivery set record_count = {total} where delivery_id = {delivery}",
        f"update scratch.run.delivery_date set record_count = {total} where delivery_id = {delivery}",
    )


def people_gone_at_as_of(count: int) -> tuple[str, ...]:
    """People whose employment ends the day before the as-of date, in every table alike."""
    keys = ", ".join(f"'key-{39 - person}'" for person in range(count))
    gone = f"employee_key in ({keys})"
    facts = ("engagement", "tool", "tool_mode", "tool_model")
    return (
        f"""update adoption.marts.dim_employee set valid_to = date '2026-03-30', is_current = false
            where {gone}""",
        f"""update adoption.marts.dim_employee_tier set valid_to = date '2026-03-30', is_current = false
            where {gone}""",
        *(
            f"delete from adoption.marts.fct_employee_{fact}_daily where {gone} and {ON_THE_NIGHT}"
            for fact in facts
        ),
    )


def moved(which: str, value: float, deviation: float) -> str:
    """Figures of the night moved twice as far as they may."""
    return (
        f"update scratch.main.int_figure_judgement set figure_value = {value}, deviation = {deviation}, "
        f"excess = 2 where {which}"
    )


def stranger(table: str, key: str = "'key-stranger'") -> str:
    """One row more in a table, the copy of one that is there, for another person."""
    return (
        f"insert into {table} select * replace ({key} as employee_key) from {table} "
        "where employee_key = 'key-7' limit 1"
    )


TOOL_DAILY = "adoption.marts.fct_employee_tool_daily"
ENGAGEMENT = "adoption.marts.fct_employee_engagement_daily"
TIERS = "adoption.marts.dim_employee_tier"
ONE = f"where employee_key = 'key-7' and tool_id = 'claude_code' and {ON_THE_NIGHT}"
ONE_DAY = f"where employee_key = 'key-7' and {ON_THE_NIGHT}"

# check, statements that plant the defect, words the message must hold
DEFECTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "published_tables_exist",
        ("drop table adoption.marts.dim_model",),
        "adoption.marts.dim_model is missing",
    ),
    (
        "published_columns_exist",
        ("alter table adoption.marts.dim_model drop column model_family",),
        "adoption.marts.dim_model lacks model_family",
    ),
    ("published_tables_have_rows", ("delete from adoption.marts.dim_date",), "dim_date is empty"),
    (
        "volume_follows_same_weekday",
        records_of_the_night("chatgpt", 90),
        "chatgpt/feed on 2026-03-30 has 90 records where 190 are usual",
    ),
    (
        "volume_follows_same_weekday",
        records_of_the_night("claude_code", 381),
        "claude_code/feed on 2026-03-30 has 381 records where 190 are usual",
    ),
    (
        "volume_follows_same_weekday",
        (
            f"delete from adoption.ops.reconciliation where source = 'github_copilot' and {ON_THE_NIGHT}",
            "delete from adoption.ops.load_file where delivery_id = 'github_copilot-2026-03-30'",
            "delete from scratch.run.delivery where delivery_id = 'github_copilot-2026-03-30'",
        ),
        "github_copilot/feed on 2026-03-30 has 0 records",
    ),
    (
        "figures_follow_their_usual",
        (
            moved("member_name = 'vscode'", 0.13, -0.47),
            moved("member_name = 'tmux'", 0.63, 0.43),
        ),
        "share of a person's actions by client, vscode of claude_code on 2026-03-30: 13.0% where 60.0% was "
        "usual (-78%); share of a person's actions by client, tmux of claude_code on 2026-03-30: 63.0% "
        "where 20.0% was usual (+215%). ",
    ),
    (
        "figures_follow_their_usual",
        (moved("measure_name = 'active_people'", 0.30, -0.51),),
        "active people of those employed, all tools on 2026-03-30: 30.0% where 50.0% was usual (-40%). ",
    ),
    (
        "figures_follow_their_usual",
        (moved("measure_name = 'cost_per_person'", 125, 4.6),),
        "cost (USD) per active person, chatgpt in Markets on 2026-03-30: 125.00 where 1.25 was usual",
    ),
    (
        "required_values_are_present",
        (f"update {ENGAGEMENT} set engagement_status = null",),
        "160 rows of adoption.marts.fct_employee_engagement_daily.engagement_status hold no value",
    ),
    (
        "fractions_are_fractions",
        (f"update {ENGAGEMENT} set expected_fraction = 1.5 {ONE_DAY}",),
        "1 rows of adoption.marts.fct_employee_engagement_daily.expected_fraction",
    ),
    (
        "counts_are_not_negative",
        (f"update {TOOL_DAILY} set commit_count = -1 {ONE}",),
        "1 rows of adoption.marts.fct_employee_tool_daily.commit_count",
    ),
    (
        "costs_are_not_negative",
        (f"update {TOOL_DAILY} set list_cost_usd = -0.01 {ONE}",),
        "1 rows of adoption.marts.fct_employee_tool_daily.list_cost_usd",
    ),
    (
        "codes_are_in_their_sets",
        (f"update {ENGAGEMENT} set engagement_status = '{CANARY}' {ONE_DAY}",),
        "1 rows of adoption.marts.fct_employee_engagement_daily.engagement_status",
    ),
    (
        "codes_are_in_their_sets",
        (
            f"update {TIERS} set tier_low_code = 'unknown' "
            "where employee_key = 'key-7' and scope_code = 'all'",
        ),
        "1 rows of adoption.marts.dim_employee_tier.tier_low_code",
    ),
    (
        "prompts_are_plausible",
        (f"update {TOOL_DAILY} set prompt_count = 20001 {ONE}",),
        "claude_code one person-day has 20001 prompts; at most 20000",
    ),
    (
        "dates_are_not_after_as_of",
        ("update adoption.marts.dim_employee_tool set last_used_date = date '2026-04-02'",),
        "adoption.marts.dim_employee_tool reaches 3 days past the as-of date 2026-03-30",
    ),
    (
        "engagement_covers_everyone",
        (f"delete from {ENGAGEMENT} {ONE_DAY}",),
        "On 2026-03-30 fct_employee_engagement_daily lacks 1 of 40 people and holds 0 rows",
    ),
    (
        "engagement_covers_everyone",
        (f"update {ENGAGEMENT} set employee_key = 'key-stranger' {ONE_DAY}",),
        "lacks 1 of 40 people and holds 1 rows",
    ),
    (
        "tiers_cover_everyone",
        (f"delete from {TIERS} where employee_key = 'key-7' and scope_code = 'coding'",),
        "standard_28d / coding lacks 1 of 40 people",
    ),
    ("tiers_cover_everyone", (f"delete from {TIERS} where scope_code = 'coding'",), "lacks 40 of 40 people"),
    (
        "tiers_cover_everyone",
        (f"insert into {TIERS} select * from {TIERS} where employee_key = 'key-7' and scope_code = 'all'",),
        "holds 1 rows too many",
    ),
    ("headcount_is_not_down", people_gone_at_as_of(3), "fell from 40 to 37, by 7.5%; at most 5.0%"),
    (
        "feeds_are_fresh",
        (
            "delete from adoption.ops.feed_coverage "
            "where source = 'chatgpt' and activity_date > date '2026-03-24'",
        ),
        "chatgpt/feed is 6 days behind the as-of date 2026-03-30; 5 are allowed",
    ),
    (
        "feeds_are_fresh",
        (
            "delete from adoption.ops.feed_coverage where source = 'chatgpt'",
            "insert into adoption.ops.concealed_day values ('chatgpt', 'feed', '2026-03-30')",
        ),
        "chatgpt/feed has not covered a single day. Names are concealed in it, which covers nobody's day",
    ),
    (
        "feeds_are_fresh",
        (
            "update shared.marts.feed_freshness set delivered_every_days = 7 where source = 'chatgpt'",
            "delete from adoption.ops.feed_coverage "
            "where source = 'chatgpt' and activity_date > date '2026-03-18'",
        ),
        "chatgpt/feed is 12 days behind the as-of date 2026-03-30; 11 are allowed of a feed that comes",
    ),
    (
        "feeds_are_fresh",
        ("delete from adoption.ops.feed_coverage where source = 'hr'",),
        "hr/workers has not covered a single day",
    ),
    (
        "reconciliation_break_is_zero",
        (
            "update adoption.ops.reconciliation set duplicate_count = 5 "
            "where source = 'chatgpt' and activity_date = date '2026-02-01'",
        ),
        "chatgpt/feed does not add up on 1 dates, the first being 2026-02-01; the largest break is 1 records",
    ),
    (
        "landed_records_are_reconciled",
        ("update adoption.ops.load_file set record_count = 201 where delivery_id = 'chatgpt-2026-02-01'",),
        "chatgpt/feed loaded 12801 records up to the as-of date but reconciles 12800",
    ),
    (
        "rejected_share_is_low",
        records_of_the_night("chatgpt", 21, "rejected_count"),
        "chatgpt on the rebuilt dates had 21 of 821 records rejected (2.56%)",
    ),
    (
        "rejected_share_is_low",
        ("update scratch.run.delivery set rejected_count = 21 where delivery_id = 'chatgpt-2026-03-30'",),
        "chatgpt in its new deliveries had 21 of 200 records rejected",
    ),
    (
        "unresolved_share_has_not_jumped",
        records_of_the_night("chatgpt", 100, "unresolved_count"),
        "chatgpt/feed has 112 records of unknown actors on rebuilt dates (12.5%) where 2.0% were usual",
    ),
    (
        "unresolved_share_is_low",
        (
            "update adoption.ops.reconciliation set accepted_count = accepted_count - 10, "
            f"unresolved_count = unresolved_count + 10 where source = 'chatgpt' and {BEFORE}",
            *records_of_the_night("chatgpt", 40, "unresolved_count"),
        ),
        "chatgpt/feed has 52 records of unknown actors on rebuilt dates (6.22%); up to 5.00% is usual",
    ),
    (
        "employee_keys_are_known",
        (stranger(TOOL_DAILY),),
        "1 rows of adoption.marts.fct_employee_tool_daily.employee_key name somebody not in dim_employee",
    ),
    (
        "employee_keys_are_known",
        (stranger("identity.marts.employee_identity"),),
        "1 rows of identity.marts.employee_identity.employee_key",
    ),
    (
        "excluded_people_are_absent",
        ("insert into scratch.main.int_excluded_key values ('key-7')",),
        "64 rows of adoption.marts.fct_employee_engagement_daily.employee_key name people",
    ),
    (
        "managers_form_no_cycle",
        ("insert into scratch.main.int_manager_cycle values ('key-1', 'key-2'), ('key-2', 'key-1')",),
        "2 people are in a cycle of managers",
    ),
)


def test_a_good_candidate_passes_every_check(candidate: Candidate) -> None:
    results = {
        check.check_name: check for check in gate.audit(candidate.directory, candidate.scratch, now=NOW)
    }

    assert list(results) == [spec.name for spec in CHECKS]
    assert {name: check.message for name, check in results.items() if check.outcome != "passed"} == {}


@pytest.mark.parametrize(
    ("check_name", "statements", "words"),
    DEFECTS,
    ids=[f"{n}-{name}" for n, (name, _, _) in enumerate(DEFECTS)],
)
def test_a_defect_fails_exactly_its_check(
    candidate: Candidate, check_name: str, statements: tuple[str, ...], words: str, failures: Audit
) -> None:
    candidate.run(*statements)

    failed = failures(candidate)

    assert list(failed) == [check_name]
    assert words in failed[check_name].message
    assert failed[check_name].severity == {spec.name: spec.severity for spec in CHECKS}[check_name]
    for text in (failed[check_name].message, failed[check_name].observed or ""):
        assert not any(personal in text for personal in (CANARY, "Wilhelmina", "key-"))


def test_every_check_has_a_defect() -> None:
    without_agreement = {"employee_rows_follow_agreements"}  # has a test of its own below
    assert {name for name, _, _ in DEFECTS} | without_agreement == {spec.name for spec in CHECKS}


def test_without_agreement_no_employee_row_may_remain(candidate: Candidate, failures: Audit) -> None:
    candidate.run("delete from scratch.main.int_agreement_span")

    failed = failures(candidate)

    assert list(failed) == ["employee_rows_follow_agreements"]
    assert "No monitoring agreement is on file" in failed["employee_rows_follow_agreements"].message


def test_without_agreement_empty_employee_tables_pass(candidate: Candidate, failures: Audit) -> None:
    facts = ("engagement_daily", "tool_daily", "tool_mode_daily", "tool_model_daily", "tier_weekly")
    dimensions = ("employee", "employee_tier", "employee_tool", "reporting_line", "date")
    candidate.run(
        "delete from scratch.main.int_agreement_span",
        "delete from identity.marts.employee_identity",
        *(f"delete from adoption.marts.fct_employee_{fact}" for fact in facts),
        *(f"delete from adoption.marts.dim_{dimension}" for dimension in dimensions),
    )

    assert failures(candidate) == {}


def test_first_night_says_no_history(candidate: Candidate, audit: Audit) -> None:
    candidate.run(
        "update scratch.run.run_window set previous_as_of_date = null",
        f"delete from adoption.ops.reconciliation where {BEFORE}",
        f"delete from adoption.ops.feed_coverage where {BEFORE}",
        f"delete from {ENGAGEMENT} where {BEFORE}",
        "delete from adoption.ops.load_file where right(delivery_id, 10) < '2026-03-27'",
        "delete from scratch.run.delivery where covers_from < date '2026-03-27'",
        f"delete from scratch.run.delivery_date where {BEFORE}",
        "delete from scratch.main.int_figure_judgement",
    )

    results = audit(candidate)

    silent = {name: check.message for name, check in results.items() if check.outcome == "not_evaluated"}
    assert silent == dict.fromkeys(
        (
            "volume_follows_same_weekday",
            "figures_follow_their_usual",
            "headcount_is_not_down",
            "unresolved_share_has_not_jumped",
        ),
        "not evaluated: no history",
    )
    assert not any(check.outcome == "failed" for check in results.values())


def test_a_weekly_feed_is_on_time_within_its_own_week(candidate: Candidate, failures: Audit) -> None:
    candidate.run(
        "update shared.marts.feed_freshness set delivered_every_days = 7 where source = 'chatgpt'",
        "delete from adoption.ops.feed_coverage "
        "where source = 'chatgpt' and activity_date > date '2026-03-19'",
    )

    assert failures(candidate) == {}


def test_a_holiday_is_not_a_short_delivery(candidate: Candidate, failures: Audit) -> None:
    candidate.run(
        *records_of_the_night("chatgpt", 60),
        f"update {ENGAGEMENT} set expected_fraction = 0.5 where {ON_THE_NIGHT}",
    )
    assert failures(candidate) == {}

    candidate.run(*records_of_the_night("chatgpt", 40))
    assert list(failures(candidate)) == ["volume_follows_same_weekday"]


def test_the_newest_of_daily_lists_is_as_long_as_they_were(candidate: Candidate, failures: Audit) -> None:
    """Of a list that comes every day nothing but the newest is accepted in the end."""
    candidate.run(
        f"""insert into adoption.ops.reconciliation
        select 'access', 'entitlements', day::date, 500, case when day = {made.AS_OF} then 500 else 0 end,
            case when day = {made.AS_OF} then 0 else 500 end, 0, 0, 0
        from generate_series({made.FIRST}, {made.AS_OF}, interval 1 day) as days (day)""",
        """insert into adoption.ops.feed_coverage
        select source, feed, activity_date, source || '-' || activity_date from adoption.ops.reconciliation
        where source = 'access'""",
        """insert into adoption.ops.load_file
        select source || '-' || activity_date, source, feed, 'landed', record_count
        from adoption.ops.reconciliation where source = 'access'""",
        f"""insert into scratch.run.delivery
        select source || '-' || activity_date, source, feed, record_count, 0, activity_date, activity_date,
            activity_date = {made.AS_OF}
        from adoption.ops.reconciliation where source = 'access'""",
        """insert into scratch.run.delivery_date
        select delivery_id, covers_from, record_count from scratch.run.delivery where source = 'access'""",
        "insert into shared.marts.feed_freshness values ('access', 'entitlements', 1)",
    )
    assert failures(candidate) == {}

    candidate.run(
        "update scratch.run.delivery set record_count = 200 "
        f"where source = 'access' and covers_from = {made.AS_OF}"
    )
    assert "volume_follows_same_weekday" in failures(candidate)


def test_a_released_short_day_is_not_judged_again_while_it_settles(
    candidate: Candidate, failures: Audit
) -> None:
    candidate.run(
        "update adoption.ops.reconciliation set record_count = 20, accepted_count = 10 "
        "where source = 'chatgpt' and activity_date = date '2026-03-28'",
        "update adoption.ops.load_file set record_count = 20 where delivery_id = 'chatgpt-2026-03-28'",
    )
    assert failures(candidate) == {}

    candidate.run(
        "update scratch.run.delivery set is_pending = true where delivery_id = 'chatgpt-2026-03-28'"
    )
    assert list(failures(candidate)) == ["volume_follows_same_weekday"]


def test_records_after_the_as_of_date_wait(candidate: Candidate, failures: Audit) -> None:
    candidate.run(
        "update adoption.ops.load_file set record_count = 230 where delivery_id = 'chatgpt-2026-03-30'",
        "update scratch.run.delivery set record_count = 230 where delivery_id = 'chatgpt-2026-03-30'",
    )

    assert failures(candidate) == {}


def test_a_late_cut_off_snapshot_is_seen_although_both_nights_lack_its_people(
    candidate: Candidate, failures: Audit
) -> None:
    gone = "employee_key in ('key-7', 'key-8', 'key-9')"
    candidate.run(
        f"update adoption.marts.dim_employee set valid_to = date '2026-03-09' where {gone}",
        f"delete from {TIERS} where {gone}",
        *(
            f"delete from adoption.marts.fct_employee_{fact}_daily where {gone}"
            for fact in ("engagement", "tool", "tool_mode", "tool_model")
        ),
    )
    assert failures(candidate) == {}

    candidate.run("update scratch.run.delivery set is_pending = true where delivery_id = 'hr-2026-03-09'")
    failed = failures(candidate)
    assert list(failed) == ["headcount_is_not_down"]
    assert "From 2026-03-08 to 2026-03-09" in failed["headcount_is_not_down"].message


def test_thresholds_come_from_the_candidate(candidate: Candidate, failures: Audit) -> None:
    candidate.run(*people_gone_at_as_of(3))
    candidate.run(
        "insert into adoption.ops.gate_threshold values "
        "('headcount_is_not_down', 'highest_loss_share', 0.08, 'a sale of a unit', date '2026-03-31')"
    )
    assert failures(candidate) == {}

    candidate.run(
        "update adoption.ops.gate_threshold set valid_from = date '2026-04-01' where threshold_value = 0.08"
    )
    assert list(failures(candidate)) == ["headcount_is_not_down"]


def test_a_missing_threshold_is_named(candidate: Candidate, audit: Audit) -> None:
    candidate.run("delete from adoption.ops.gate_threshold where threshold_name = 'highest_loss_share'")

    with pytest.raises(
        RunFailed, match=r"highest_loss_share of check headcount_is_not_down .*gate_thresholds\.csv"
    ):
        audit(candidate)


def test_a_missing_file_is_named(candidate: Candidate, audit: Audit) -> None:
    (candidate.directory / "adoption_identity.duckdb").unlink()

    with pytest.raises(RunFailed, match=r"adoption_identity\.duckdb is missing"):
        audit(candidate)


def test_a_check_whose_tables_cannot_be_read_blocks(candidate: Candidate, failures: Audit) -> None:
    candidate.run("drop table scratch.main.int_manager_cycle")

    failed = failures(candidate)

    assert list(failed) == ["managers_form_no_cycle"]
    assert failed["managers_form_no_cycle"].severity == "blocking"


def test_no_touched_date_blocks_because_nothing_was_evaluated(candidate: Candidate, failures: Audit) -> None:
    candidate.run("delete from scratch.main.int_touched_date")

    failed = failures(candidate)

    assert list(failed) == ["engagement_covers_everyone"]
    assert "could not be evaluated: its frame of 0 dates" in failed["engagement_covers_everyone"].message


def test_a_warning_that_cannot_be_evaluated_blocks(candidate: Candidate, failures: Audit) -> None:
    candidate.run(
        "insert into shared.marts.feed_freshness values (null, 'workers', 1)",
    )

    assert {name: check.severity for name, check in failures(candidate).items()}[
        "feeds_are_fresh"
    ] == "blocking"


def test_results_are_kept_in_the_candidate_without_a_log_beside_it(candidate: Candidate) -> None:
    checks = gate.audit(candidate.directory, candidate.scratch, now=NOW)
    for _ in range(2):
        gate.record_results(candidate.directory, checks, generation_number=2, decided_at=NOW)

    with duckdb.connect(str(candidate.directory / "adoption.duckdb"), read_only=True) as connection:
        kept = connection.execute(
            "select generation_number, suite_name, check_name, outcome, severity, observed, message, "
            "decided_at from ops.gate_result order by rowid"
        ).fetchall()
    assert kept == [
        (2, c.suite, c.check_name, c.outcome, c.severity, c.observed, c.message, NOW) for c in checks
    ]
    assert sorted(path.name for path in candidate.directory.iterdir()) == [
        "adoption.duckdb",
        "adoption_identity.duckdb",
        "adoption_shared.duckdb",
    ]


def test_results_that_cannot_be_written_are_an_error(candidate: Candidate) -> None:
    candidate.run("drop table adoption.ops.gate_result")

    with pytest.raises(RunFailed, match=r"ops\.gate_result"):
        gate.record_results(candidate.directory, (), generation_number=2, decided_at=NOW)
