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
    days_part, _, deliveries_part = said.partition("Window   2026-02-28 to 2026-03-27: ")[2].partition(
        "\n\nDeliveries"
    )
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
    assert "16 more days have no row: before the data begins" in said
    assert "chatgpt" not in said


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
    finished = adoption(home, *arguments)
    assert finished.returncode == 2
    assert words in complaint(finished)
    assert complaint(finished).count("\n") == 0
    assert company.what_readers_see(home) == before


def test_versions_marks_the_generation_in_force(second_night: Path) -> None:
    lines = succeed(second_night, "versions").splitlines()
    assert [line.split()[:2] for line in lines] == [["*", "2"], ["1", "as"]]
    assert [line.endswith("in force") for line in lines] == [True, False]
