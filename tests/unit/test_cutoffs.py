"""Cut-offs from a published week, worked out by hand; their files, and which of them are refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.command_line import cutoffs as screen
from orchestration.errors import Busy, RunFailed, WrongUse
from orchestration.home import EMPLOYEE_FILE, Home
from orchestration.ledger import Ledger
from orchestration.lock import run_lock
from orchestration.publishing import generation
from orchestration.tiers import cutoff_files
from orchestration.tiers.cutoffs import CutoffSet, percentile_of, refresh
from orchestration.tiers.policies import POLICIES, Policies
from orchestration.tiers.refusals import checked_policies
from tests.unit import tiny_generation
from tests.unit.landing_home import CUTOFF_COLUMNS, LandingHome
from tests.unit.policy_seeds import of, sound_seeds

LAST_WEEK, WEEK = "2026-03-09", "2026-03-16"
NEXT_DAY, EARLIER = date(2026, 3, 31), date(2026, 3, 1)  # the generation is as of 2026-03-30

Person = tuple[str, str, str | None, str | None, str]
TIERS = (
    "policy_id, policy_version, scope_code, employee_key, week_start_date, tier_code, reason_code, "
    "weekly_mean"
)


def publish(home: Home, people: Iterable[Person], week: str = WEEK, policy: str = "ranks") -> None:
    """A generation in which each (line of business, tier, reason, mean, scope) is one person's week."""
    rows = [
        f"('{policy}', 1, '{scope}', 'k{number}', date '{week}', '{tier}', {_sql(reason)}, {_sql(mean)}, "
        f"'{line}')"
        for number, (line, tier, reason, mean, scope) in enumerate(people)
    ]
    with run_lock(home, "run"):
        tiny_generation.build(home, "run")
        with duckdb.connect(str(home.candidate / EMPLOYEE_FILE)) as database:
            database.execute("create schema if not exists marts")
            database.execute(
                f"create or replace table marts.week as select * from (values {', '.join(rows)}) as t "
                f"({TIERS}, line)"
            )
            database.execute(
                "create or replace table marts.fct_employee_tier_weekly as select "
                f"{TIERS.replace('weekly_mean', '')}"
                " weekly_mean::decimal(18, 6) as weekly_mean from marts.week"
            )
            # Everybody was elsewhere until the week's Saturday, and is again from the Monday after it.
            database.execute(
                "create or replace table marts.dim_employee as select employee_key, 'Elsewhere' as "
                "line_of_business, "
                "date '2020-01-01' as valid_from, week_start_date + 6 as valid_to from marts.week union all "
                "select employee_key, nullif(line, ''), week_start_date + 6, week_start_date + 7 from "
                "marts.week "
                "union all select employee_key, 'Elsewhere', week_start_date + 7, null from marts.week"
            )
        tiny_generation.audit(home, "run")
        generation.publish(home, tiny_generation.draft("run"))


def _sql(text: str | None) -> str:
    return "null" if text is None else f"'{text}'"


def user(line: str, mean: str, tier: str = "lower", reason: str | None = None, scope: str = "all") -> Person:
    return line, tier, reason, mean, scope


# Two people of Retail, three of Markets; two of the five have no line of business or too small a one.
PEOPLE = [
    user("Retail", "2"),
    user("Retail", "3", tier="not_rated", reason="no_cutoffs"),
    user("Markets", "10"),
    user("Markets", "20"),
    user("Markets", "40"),
    user("", "100"),
    user("Small", "7"),
    user("Markets", "0", tier="none"),
    user("Markets", "50", tier="unknown", reason="coverage"),
    user("Markets", "60", tier="not_rated", reason="absent"),
    user("Markets", "70", scope="chat_only"),
    ("Markets", "not_rated", "no_cutoffs", None, "all"),
]
ROWS = [
    # 2, 3, 7, 10, 20, 40, 100: the median is the fourth; 75 % lies at 4.5 between 20 and 40
    ("all", "company", "all", "50", "10.000000", "7"),
    ("all", "company", "all", "75", "30.000000", "7"),
    ("all", "line_of_business", "Markets", "50", "20.000000", "3"),
    ("all", "line_of_business", "Markets", "75", "30.000000", "3"),
    ("all", "line_of_business", "Retail", "50", "2.500000", "2"),
    ("all", "line_of_business", "Retail", "75", "2.750000", "2"),
]


@pytest.fixture
def policies(tmp_path: Path) -> Policies:
    seeds = sound_seeds(tmp_path / "project")
    seeds.change(POLICIES, of("ranks"), minimum_group_size="2")
    seeds.rules(
        "ranks",
        "first:above_weekly_mean=0,minimum_percentile=75",
        "second:above_weekly_mean=0,minimum_percentile=50",
        "none",
    )
    return checked_policies(seeds.root)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    publish(made, PEOPLE)
    return made


def refreshed(home: Home, policies: Policies, wanted_from: date | None = None) -> CutoffSet:
    (found,), as_of = refresh(home, policies, None, wanted_from, "refresh")
    assert as_of == date(2026, 3, 30)
    return found


def text(found: CutoffSet) -> str:
    return "\n".join(screen.lines([found], date(2026, 3, 30)))


@pytest.mark.parametrize(
    ("means", "percentile", "expected"),
    [
        ("5", 25, "5.000000"),
        ("1 2 3 4", 25, "1.750000"),
        ("1 2 3 4", 50, "2.500000"),
        ("1 2 3 4", 100, "4.000000"),
        ("1 2 3 4", 0, "1.000000"),
        ("0.000001 0.000002", 50, "0.000002"),  # 0.0000015 goes up
        ("0.000002 0.000003", 25, "0.000002"),  # 0.00000225 does not
        ("0.1 0.2 0.4", 33, "0.166000"),  # 0.66 of the way from 0.1 to 0.2, exactly
        ("99999999999.999998 99999999999.999999", 99, "99999999999.999999"),
    ],
)
def test_a_percentile_lies_between_its_neighbours(means: str, percentile: int, expected: str) -> None:
    assert str(percentile_of([Decimal(mean) for mean in means.split()], percentile)) == expected


def test_cutoffs_come_from_those_who_used_the_tools_and_could_be_rated(
    home: Home, policies: Policies
) -> None:
    found = refreshed(home, policies)
    assert [row[3:] for row in found.rows] == ROWS
    assert {row[:3] for row in found.rows} == {("ranks", "1", "2026-03-31")}
    assert found.path == "cutoffs/ranks_v1_from_20260331.csv" and found.is_new
    lines = (home.root / found.path).read_text().splitlines()
    assert lines[0] == CUTOFF_COLUMNS
    assert lines[1:] == [f"ranks,1,2026-03-31,{','.join(row)}" for row in ROWS]
    assert [entry.name for entry in (home.root / "cutoffs").iterdir()] == ["ranks_v1_from_20260331.csv"]


def test_the_latest_week_counts(home: Home, policies: Policies) -> None:
    publish(home, [user("Retail", "2"), user("Retail", "3")], LAST_WEEK)
    assert refreshed(home, policies).week_start_date == date(2026, 3, 9)


def test_no_small_group_is_shown_with_its_number(home: Home, policies: Policies) -> None:
    said = text(refreshed(home, policies))
    assert "ranks version 1, week 2026-03-16 to 2026-03-22: cut-offs from 2026-03-31 on" in said
    assert ["all", "whole", "company", "7", "10.000000", "30.000000"] in [
        line.split() for line in said.splitlines()
    ]
    assert ["all", "Small", "under", "2", "-", "-"] in [line.split() for line in said.splitlines()]
    assert "Groups of under 2 people have no cut-offs; those of the company are taken." in said
    assert "the next `adoption nightly` takes them up" in said and "restates" not in said


def test_a_company_too_small_writes_nothing(home: Home, policies: Policies) -> None:
    publish(home, [user("Retail", "2"), user("Retail", "0", tier="none")])
    found = refreshed(home, policies)
    assert found.rows == [] and found.path is None
    assert not (home.root / "cutoffs").exists()
    said = text(found)
    assert "In all the whole company has under 2 people who used it: nobody is rated there." in said
    assert "Nothing was written; cut-offs that hold already go on holding." in said


def test_a_version_that_no_week_was_built_under_says_so(home: Home, policies: Policies) -> None:
    publish(home, PEOPLE, policy="others")
    found = refreshed(home, policies)
    assert found.path is None and "no week of this version is published yet" in text(found)


def test_an_earlier_date_says_what_it_restates(home: Home, policies: Policies) -> None:
    found = refreshed(home, policies, EARLIER)
    assert found.path == "cutoffs/ranks_v1_from_20260301.csv"
    assert "It restates the tiers of this policy from 2026-03-01 on." in text(found)


def test_the_same_again_writes_nothing(home: Home, policies: Policies) -> None:
    first = refreshed(home, policies)
    before = (home.root / str(first.path)).stat().st_mtime_ns
    again = refreshed(home, policies)
    assert (again.path, again.is_new) == (first.path, False)
    assert (home.root / str(first.path)).stat().st_mtime_ns == before
    assert "are on file already (cutoffs/ranks_v1_from_20260331.csv); nothing was written." in text(again)


@pytest.mark.parametrize("is_landed", [False, True])
def test_others_of_the_same_date_are_not_overwritten(home: Home, policies: Policies, is_landed: bool) -> None:
    first = refreshed(home, policies)
    before = (home.root / str(first.path)).read_bytes()
    if is_landed:
        home.inbox.mkdir()
        LandingHome(home).land()
        assert cutoff_files.waiting_files(home) == []
    publish(home, [*PEOPLE, user("Retail", "5")])
    with pytest.raises(
        WrongUse, match=r"policy ranks version 1 from 2026-03-31 on are on file \(cutoffs/ranks_v1"
    ):
        refreshed(home, policies)
    assert [path.read_bytes() for path in (home.root / "cutoffs").iterdir()] == [before]
    assert refreshed(home, policies, EARLIER).is_new, "another date is free"


def test_what_the_company_delivered_is_on_file_too(home: Home, policies: Policies) -> None:
    content = f"{CUTOFF_COLUMNS}\nranks,1,2026-03-31,all,company,all,50,1,9\n"
    landing = LandingHome(home)
    landing.put("tiers/cutoffs/ours.csv", content)
    landing.land()
    with pytest.raises(WrongUse, match=r"inbox/tiers/cutoffs/ours\.csv"):
        refreshed(home, policies)


def test_withdrawn_cutoffs_make_room_for_others_and_do_not_come_back(home: Home, policies: Policies) -> None:
    first = refreshed(home, policies)
    home.inbox.mkdir()
    (delivery,) = LandingHome(home).land().landed
    with Ledger(home.ledger) as ledger:
        ledger.withdraw(delivery.delivery_id, "wrong")
    with pytest.raises(WrongUse, match="were withdrawn"):
        refreshed(home, policies)
    publish(home, [*PEOPLE, user("Retail", "5")])
    second = refreshed(home, policies)
    assert second.path == "cutoffs/ranks_v1_from_20260331_2.csv"
    assert (home.root / str(first.path)).exists()


def test_what_cannot_be_refreshed_is_wrong_use(home: Home, policies: Policies, tmp_path: Path) -> None:
    for policy, words in (
        ("nothing", "There is no tier policy 'nothing'"),
        ("weeks", "weeks has no percentile rule"),
    ):
        with pytest.raises(WrongUse, match=words):
            refresh(home, policies, policy, None, "refresh")
    with pytest.raises(WrongUse, match="Nothing has been published"):
        refresh(Home(tmp_path), policies, None, None, "refresh")
    with pytest.raises(WrongUse, match="does not exist"):
        refresh(Home(tmp_path / "nowhere"), policies, None, None, "refresh")
    ended = tuple(replace(version, effective_to=date(2026, 3, 31)) for version in policies.versions)
    with pytest.raises(WrongUse, match="has ended by 2026-03-31; give an earlier --from"):
        refresh(home, replace(policies, versions=ended), None, None, "refresh")
    none = tuple(version for version in policies.versions if version.policy_id != "ranks")
    with pytest.raises(WrongUse, match="No policy has a percentile rule"):
        refresh(home, replace(policies, versions=none), None, None, "refresh")


def test_a_generation_without_weekly_means_asks_for_a_night(home: Home, policies: Policies) -> None:
    with run_lock(home, "run"):
        tiny_generation.build(home, "run")
        with duckdb.connect(str(home.candidate / EMPLOYEE_FILE)) as database:
            database.execute("alter table marts.fct_employee_tier_weekly drop weekly_mean")
        tiny_generation.audit(home, "run")
        generation.publish(home, tiny_generation.draft("run"))
    with pytest.raises(RunFailed, match="run `adoption nightly` first"):
        refreshed(home, policies)


def test_it_waits_for_nobody(home: Home, policies: Policies) -> None:
    with run_lock(home, "other"), pytest.raises(Busy):
        refreshed(home, policies)
