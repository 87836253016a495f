"""Movement, retention and milestones against plain Python, over rules that change and late data."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import PROJECT_ROOT
from tests import warehouse
from tests.golden import expected_movement as expected
from tests.integration import company
from tests.published import open_published

pytestmark = pytest.mark.slow

FIRST, LAST = date(2026, 1, 12), date(2026, 5, 12)
LATE_FROM, LATE_TO = date(2026, 2, 2), date(2026, 2, 15)
LATE_FILE = f"claude_code/usage_report/{LATE_FROM}_{LATE_TO}_20260514T070000Z.json"
CHANGED_ON = date(2026, 3, 18)
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
TOOLS = ("claude_code", "github_copilot", "chatgpt")
MOVEMENT = (
    "policy_id, policy_version, scope_code, period_kind, period_start_date, from_as_of_date, to_as_of_date, "
    "from_tier_code, to_tier_code, is_comparable, refusal_reason"
)
RETENTION = (
    "policy_id, policy_version, scope_code, tier_code, week_start_date, weeks_after, is_comparable, "
    "refusal_reason"
)
MILESTONES = (
    "first_granted_date, first_used_date, first_used_tool_id, first_habit_week_start_date, "
    "habit_policy_version, is_left_censored, days_to_first_use_count, weeks_to_habit_count"
)


def cutoffs(effective_from: date, means: dict[int, int], lines: list[str]) -> str:
    """A set of cut-offs for the company and some lines of business, as a file of the feed."""
    rows = [
        "policy_id,policy_version,effective_from,scope_code,group_level,group_code,percentile,weekly_mean,person_count"
    ]
    groups = [("company", "all"), *(("line_of_business", line) for line in lines)]
    for tool in TOOLS:
        for level, code in groups:
            for percentile, mean in means.items():
                rows.append(f"quartile_4w,1,{effective_from},{tool},{level},{code},{percentile},{mean},20")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def inbox_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home not yet built, with two sets of cut-offs, and the pages of two weeks of Claude Code to come."""
    home = tmp_path_factory.mktemp("movement") / "home"
    warehouse.sample(home, employees=40, first=FIRST, last=LAST, seed=9)
    lines = sorted({row["line_of_business"] for row in company.workers(home, FIRST)})
    company.put(home, "tiers/cutoffs/first.csv", cutoffs(date(2026, 1, 1), {25: 2, 50: 8, 75: 20}, lines))
    company.put(
        home, "tiers/cutoffs/second.csv", cutoffs(date(2026, 4, 1), {25: 4, 50: 12, 75: 30}, lines[::2])
    )
    return home, company.take_claude_days(home, LATE_FROM, LATE_TO)


def build(home: Path, *arguments: str, project: Path | None = None) -> Path:
    """Run one command; a held night is released: so few people vary more than the gate expects."""
    finished = company.adoption(home, *arguments, project=project)
    assert finished.returncode in (0, 3), finished.stderr
    if finished.returncode == 3:
        company.succeed(home, "release", "--reason", "a small company", project=project)
    return home


@pytest.fixture(scope="module")
def early(inbox_home: tuple[Path, str]) -> Path:
    """Built without the late weeks; not to be changed."""
    return build(inbox_home[0], "nightly", "--date", LAST.isoformat())


@pytest.fixture(scope="module")
def late(early: Path, inbox_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same home after the late weeks came in; not to be changed."""
    home = Path(shutil.copytree(early, tmp_path_factory.mktemp("late") / "home", symlinks=True))
    company.put(home, LATE_FILE, inbox_home[1])
    return build(home, "nightly", "--date", LAST.isoformat())


@pytest.fixture(scope="module")
def changed(late: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same home under a project whose default policy has a second version, and that project's seeds."""
    folder = tmp_path_factory.mktemp("changed")
    project = folder / "project"
    project.mkdir()
    for name in ("orchestration", "data_quality", "dbt_project"):
        shutil.copytree(PROJECT_ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "dbt_project.yml", project)
    seeds = project / "dbt_project" / "seeds"
    policies, rules = seeds / "tiers" / "tier_policies.csv", seeds / "tiers" / "tier_rules.csv"
    text, count = re.subn(
        r"(?m)^standard_28d,1,2024-01-01,,(.*)$",
        rf"standard_28d,1,2024-01-01,{CHANGED_ON},\1\nstandard_28d,2,{CHANGED_ON},,\1",
        policies.read_text(),
    )
    assert count == 1
    policies.write_text(text)
    old = [line for line in rules.read_text().splitlines() if line.startswith("standard_28d,1,")]
    new = [line.replace("standard_28d,1,", "standard_28d,2,").replace(",60,", ",30,") for line in old]
    assert sum(line != line.replace(",60,", ",30,") for line in old) == 1
    rules.write_text(rules.read_text().rstrip("\n") + "\n" + "\n".join(new) + "\n")
    home = Path(shutil.copytree(late, folder / "home", symlinks=True))
    return build(home, "nightly", "--date", LAST.isoformat(), project=project), seeds


def assert_tables_equal_the_expectation(home: Path, seeds: Path) -> expected.Published:
    with open_published(warehouse.current(home)) as connection:
        data = expected.read(connection, seeds)
        found: Counter[expected.Row] = Counter()
        for *row, employee_count, firm_count in connection.execute(
            f"select {MOVEMENT}, employee_count, firm_count from marts.tier_movement"
        ).fetchall():
            assert tuple(row) not in found, "grain repeated"
            found[tuple(row)] = employee_count
            if firm_count is not None:
                found["firm", *row] = firm_count
        assert found == expected.movement(data)
        kept = connection.execute(
            f"select {RETENTION}, start_count, still_count, other_tier_count, unrated_count, left_count, "
            "still_share from marts.tier_retention"
        ).fetchall()
        assert {row[:8]: row[8:] for row in kept} == expected.retention(data)
        assert len({row[:8] for row in kept}) == len(kept)
        reached = connection.execute(
            f"select policy_id, scope_code, employee_key, {MILESTONES} "
            "from marts.fct_employee_adoption_milestone"
        ).fetchall()
        assert {row[:3]: row[3:] for row in reached} == expected.milestones(data)
        assert len({row[:3] for row in reached}) == len(reached)
    return data


def refusals(home: Path, table: str) -> set[tuple[str, str | None]]:
    return set(company.query(home, f"select distinct policy_id, refusal_reason from marts.{table}"))


@pytest.mark.parametrize("table", ["tier_movement", "tier_retention"])
def test_replaced_cutoffs_are_not_compared(early: Path, table: str) -> None:
    replaced = "cut-offs of 2026-01-01 replaced by those of 2026-04-01"
    found = refusals(early, table)
    assert ("quartile_4w", replaced) in found
    assert {policy for policy, reason in found if reason is not None} == {"quartile_4w"}


def test_tables_equal_plain_python(early: Path) -> None:
    data = assert_tables_equal_the_expectation(early, SEEDS)
    stated = expected.milestones(data).values()
    # the drawn company holds every kind of milestone: times stated, and times that must not be
    assert any(row[6] is not None for row in stated)
    assert any(row[7] is not None for row in stated)
    assert any(row[5] for row in stated)
    assert any(row[1] and not row[5] and row[6] is None for row in stated)


def test_people_of_both_ends_add_up(early: Path) -> None:
    weekly: Counter[expected.Row] = Counter()
    for row in company.query(
        early, "select policy_id, scope_code, week_start_date + 6 from marts.fct_employee_tier_weekly"
    ):
        weekly[row] += 1
    before: Counter[expected.Row] = Counter()
    after: Counter[expected.Row] = Counter()
    for policy, scope, kind, start, end, origin, target, count in company.query(
        early,
        "select policy_id, scope_code, period_kind, from_as_of_date, to_as_of_date, from_tier_code, "
        "to_tier_code, employee_count from marts.tier_movement",
    ):
        before[kind, policy, scope, start] += 0 if origin == "joined" else count
        after[kind, policy, scope, end] += 0 if target == "left" else count
    assert {kind for kind, *_ in before} == {"week", "month"}
    for ends in (before, after):
        assert {key: count for key, count in ends.items() if count != weekly[key[1:]]} == {}
    moves = company.query(early, "select distinct from_tier_code, to_tier_code from marts.tier_movement")
    assert {"joined", "left"} <= {code for row in moves for code in row}


def test_a_late_delivery_gives_what_a_rebuild_gives(early: Path, late: Path, tmp_path: Path) -> None:
    assert_tables_equal_the_expectation(late, SEEDS)
    before, after = (warehouse.table_hashes(warehouse.current(home)) for home in (early, late))
    tables = [
        f"adoption.{name}" for name in ("tier_movement", "tier_retention", "fct_employee_adoption_milestone")
    ]
    assert all(before[table] != after[table] for table in tables)
    home = Path(shutil.copytree(late, tmp_path / "home", symlinks=True))
    build(home, "backfill", "--from", FIRST.isoformat(), "--to", LAST.isoformat())
    rebuilt = warehouse.table_hashes(warehouse.current(home))
    assert {table: rebuilt[table] for table in tables} == {table: after[table] for table in tables}


def test_versions_of_a_policy_are_not_compared(changed: tuple[Path, Path]) -> None:
    home, seeds = changed
    assert_tables_equal_the_expectation(home, seeds)
    reason = "policy version changed from 1 to 2"
    for table in ("tier_movement", "tier_retention"):
        found = refusals(home, table)
        assert ("standard_28d", reason) in found
        assert {policy for policy, stated in found if stated == reason} == {"standard_28d"}
    periods = company.query(
        home,
        "select distinct period_kind, period_start_date from marts.tier_movement "
        f"where refusal_reason = '{reason}'",
    )
    # the week and the month in which the second version began, and no other
    assert set(periods) == {("week", date(2026, 3, 16)), ("month", date(2026, 3, 1))}


def test_a_policy_changed_on_a_date_leaves_every_tier_before_it(
    late: Path, changed: tuple[Path, Path]
) -> None:
    def held(home: Path) -> set[tuple[Any, ...]]:
        with open_published(warehouse.current(home)) as connection:
            return set(
                connection.execute(
                    "select scope_code, employee_key, day::date, tier_code, tier_low_code, tier_high_code, "
                    "is_firm, reason_code, policy_version from marts.dim_employee_tier, "
                    "generate_series(valid_from, coalesce(valid_to - 1, ?::date), interval 1 day) "
                    "as dates (day) "
                    "where policy_id = 'standard_28d'",
                    [LAST],
                ).fetchall()
            )

    before, after = held(late), held(changed[0])
    assert {row for row in before if row[2] < CHANGED_ON} == {row for row in after if row[2] < CHANGED_ON}
    assert {row[-1] for row in after if row[2] >= CHANGED_ON} == {2}
    assert {row[:4] for row in before} != {row[:4] for row in after}
