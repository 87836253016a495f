"""The commands that read what was published, as a person meets them: explain, status, versions, rollback."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.integration import company
from tests.integration.company import DAY, LATE_FILE, LATE_FROM, adoption, complaint, query, succeed

pytestmark = pytest.mark.slow


def somebody_active(home: Path) -> tuple[str, str]:
    """(employee_id, employee_key) of whoever has most active days without substance, on two tools."""
    ((person, key),) = query(
        home,
        "select employee_id, employee_key from marts.fct_employee_engagement_daily as days "
        "inner join identity.marts.employee_identity using (employee_key) "
        "where activity_date between '2026-02-28' and '2026-03-27' and engagement_status = 'active' "
        "and (select count(distinct tool_id) from marts.fct_employee_tool_daily as tools where is_active "
        "and tools.employee_key = days.employee_key) >= 2 group by all "
        "order by count(*) filter (where not is_substantive) desc, employee_id limit 1",
    )
    return str(person), str(key)


def test_explain_lists_every_day_with_what_counted_and_its_deliveries(second_night: Path) -> None:
    person, key = somebody_active(second_night)
    said = succeed(second_night, "explain", person)
    assert max(len(line) for line in said.splitlines()) <= 160
    assert f"as of {DAY}" in said and "Policy   standard_28d version 1, scope all" in said
    assert "Window   2026-02-28 to 2026-03-27, 28 days" in said
    days_part, _, deliveries_part = said.partition("Every day of the window")[2].partition("\n\nDeliveries")
    shown = {}
    for line in days_part.splitlines()[2:]:
        day, _, expected, status, is_active, is_substantive, *tools = line.split(maxsplit=6)
        shown[date.fromisoformat(day)] = (expected, status, is_active, is_substantive, "".join(tools))
    assert len(shown) == 28
    assert {row[3] for row in shown.values() if row[2] == "yes"} == {"yes", "-"}
    for day, fraction, status, is_substantive in query(
        second_night,
        "select activity_date, expected_fraction, engagement_status, is_substantive "
        f"from marts.fct_employee_engagement_daily where employee_key = '{key}' "
        "and activity_date between '2026-02-28' and '2026-03-27'",
    ):
        assert shown[day][:2] == (f"{float(fraction):g}", status)
        assert shown[day][2] == ("yes" if status == "active" else "-")
        assert shown[day][3] == ("yes" if is_substantive else "-")
    used = query(
        second_night,
        "select activity_date, tool_id, mode_code, evidence_basis, intentional_action_count "
        f"from marts.fct_employee_tool_mode_daily where employee_key = '{key}' and is_active "
        "and activity_date between '2026-02-28' and '2026-03-27'",
    )
    assert len(used) > 10
    for day, tool, mode, basis, count in used:
        amount = "flag" if basis == "flag" else count
        assert re.search(rf"{tool}: [^;]*\b{mode} {amount}\b", shown[day][4]), (day, tool, mode)
    late = company.delivery_of(second_night, LATE_FILE)
    covered = {line.split()[0]: line for line in deliveries_part.splitlines()[2:]}
    assert len(covered) == 28
    assert {day for day, line in covered.items() if late[:8] in line} == {
        (LATE_FROM + timedelta(days=offset)).isoformat() for offset in range(7)
    }


def test_explain_of_the_past_and_of_another_scope(second_night: Path) -> None:
    person, _ = somebody_active(second_night)
    said = succeed(second_night, "explain", person, "--date", "2026-03-10", "--scope", "coding")
    assert "as of 2026-03-10" in said and "scope coding" in said
    assert "Window   2026-02-08 to 2026-03-07" in said
    assert "Figures  not to be had from the published tables for this date" in said
    assert "16 more days have no row: before the published data begins" in said
    assert "chatgpt" not in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            (),
            ("Policy   standard_28d version 1, scope all", "Texts    as published", "observed expected days"),
        ),
        (
            ("--policy", "viva_4w"),
            ("4 whole weeks", "2026-03-02 to 2026-03-08", "a week on average", "worked out anew"),
        ),
        (
            ("--policy", "score_28d"),
            ("A score of", "points for frequency", "points for depth", "points for breadth"),
        ),
        (("--policy", "quartile_4w"), ("scope claude_code", "no cut-offs to compare with")),
    ],
)
def test_explain_says_the_values_of_every_kind_of_policy(
    second_night: Path, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    ((person,),) = query(
        second_night,
        "select employee_id from identity.marts.employee_identity "
        "inner join marts.fct_employee_tool_daily using (employee_key) "
        "inner join marts.dim_employee_tier using (employee_key) "
        "where policy_id = 'quartile_4w' and scope_code = 'claude_code' and is_current "
        "and reason_code = 'no_cutoffs' and activity_date between '2026-03-02' and '2026-03-27' "
        "group by employee_id order by sum(intentional_action_count) desc limit 1",
    )
    said = " ".join(succeed(second_night, "explain", str(person), *options).split())
    for word in words:
        assert " ".join(word.split()) in said


def test_explain_shows_what_is_missing(base: Path) -> None:
    person, _ = somebody_active(base)
    lines = succeed(base, "explain", person).splitlines()
    row = next(line for line in reversed(lines) if line.strip().startswith(LATE_FROM.isoformat()))
    assert "missing" in row


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "nobody-of-that-id"), "is in the published generation"),
        (("explain", "nobody-of-that-id", "--date", "2999-01-01"), "lies after 2026-03-30"),
        (("explain", "SOMEBODY", "--policy", "none"), "known are quartile_4w, score_28d, standard_28d"),
        (("explain", "SOMEBODY", "--scope", "none"), "known are all, coding, chat_document"),
        (("explain", "SOMEBODY", "--date", "2026-01-01"), "Known are as-of dates from 2026-02-24"),
        (("rollback",), "there is nothing to roll back to"),
        (("rollback", "--to", "9"), "Generation 9 is not kept"),
        (("release", "--reason", "x"), "there is nothing to release"),
        (("withdraw", "0" * 16, "--reason", "x"), "There is no delivery"),
        (("withdraw", "", "--reason", "x"), "There is no delivery"),
    ],
)
def test_what_cannot_be_done_is_wrong_use_and_changes_nothing(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = company.what_readers_see(home)
    person, _ = somebody_active(home)
    finished = adoption(home, *(person if word == "SOMEBODY" else word for word in arguments))
    assert finished.returncode == 2
    assert words in complaint(finished)
    assert complaint(finished).count("\n") == 0
    assert company.what_readers_see(home) == before


def test_versions_marks_the_generation_in_force(second_night: Path) -> None:
    lines = succeed(second_night, "versions").splitlines()
    assert [line.split()[:2] for line in lines] == [["*", "2"], ["1", "as"]]
    assert [line.endswith("in force") for line in lines] == [True, False]
