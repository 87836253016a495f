"""An analyst edits tier policies: what is refused, what is simulated against what a night does, cut-offs."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import lock
from orchestration.home import PROJECT_ROOT, Home
from orchestration.ledger import short_hash
from orchestration.tiers.policies import COLUMNS, POLICIES, POLICY_SCOPES, RULES
from tests.integration import company
from tests.integration.company import DAY, adoption, complaint, query, succeed
from tests.unit.policy_seeds import PolicySeeds, of

pytestmark = pytest.mark.slow

NIGHT = ("nightly", "--date", DAY.isoformat())
POLICY_FILES = (POLICIES, RULES, POLICY_SCOPES)


@pytest.fixture(scope="module")
def copied_project(tmp_path_factory: pytest.TempPathFactory) -> PolicySeeds:
    """The project in a folder of its own, with its seeds."""
    root = tmp_path_factory.mktemp("project")
    for name in ("orchestration", "data_quality", "dbt_project"):
        shutil.copytree(PROJECT_ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "dbt_project.yml", root)
    return PolicySeeds(root)


@pytest.fixture
def project(copied_project: PolicySeeds) -> Iterator[PolicySeeds]:
    """The same; what a test edits in the policies is put back after it."""
    before = {name: copied_project.path(name).read_bytes() for name in POLICY_FILES}
    yield copied_project
    for name, content in before.items():
        copied_project.path(name).write_bytes(content)


def what_must_stay(home: Path) -> dict[str, str]:
    """Every file that a simulation must not touch."""
    folders = ("published", "held", "work", "landing", "inbox", "cutoffs")
    paths = [path for folder in folders for path in (home / folder).rglob("*") if path.is_file()]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in [*paths, home / "ledger.sqlite"]
    }


def leftovers(home: Path) -> list[str]:
    return [path.name for path in home.glob("simulation-*")]


Movement = dict[str, Counter[tuple[str, str]]]


def movement(said: str) -> Movement:
    """scope -> (tier in force, tier under the edited rule) -> people, as the tables say."""
    found: Movement = {}
    for block in said.split("\n\n"):
        head = re.match(r"(\w+): [\d,]+ people, [\d,]+ would move", block)
        if head:
            _, header, *rows = block.splitlines()
            tiers = header.split("\\ edited")[1].split()[:-1]
            counts: Counter[tuple[str, str]] = Counter()
            for before, *cells in (row.split() for row in rows[:-1]):
                for tier, cell in zip(tiers, cells, strict=False):
                    if cell != ".":
                        counts[before, tier] = int(cell.replace(",", ""))
            found[head[1]] = counts
    return found


def tiers_on_the_day(home: Path, policy: str) -> dict[tuple[str, str], str]:
    """(scope, person) -> the tier published for the as-of date."""
    rows = query(
        home,
        "select scope_code, employee_key, tier_code from marts.dim_employee_tier where policy_id = "
        f"'{policy}' "
        "and is_current",
    )
    return {(scope, key): tier for scope, key, tier in rows}


def test_a_simulation_says_what_the_next_night_does(home: Path, project: PolicySeeds) -> None:
    before, files = tiers_on_the_day(home, "standard_28d"), what_must_stay(home)
    project.change(RULES, of("standard_28d", tier="heavy"), minimum_substantive_percent="30")
    project.change(RULES, of("standard_28d", tier="moderate"), minimum_active_percent="40")
    said = succeed(home, "simulate", "standard_28d", project=project.root)
    assert f"as of {DAY}, against standard_28d version 1 as published (generation 1)" in said
    assert what_must_stay(home) == files
    assert leftovers(home) == []
    simulated = movement(said)
    assert sum(count for (old, new), count in simulated["all"].items() if old != new) > 3

    succeed(home, *NIGHT, project=project.root)
    after = tiers_on_the_day(home, "standard_28d")
    assert before.keys() == after.keys()
    happened: Movement = {scope: Counter() for scope, _ in before}
    for (scope, key), tier in before.items():
        happened[scope][tier, after[scope, key]] += 1
    assert simulated == happened


def test_a_version_to_come_and_a_policy_of_rows_alone(home: Path, project: PolicySeeds) -> None:
    """Neither needs SQL; another scale is refused a comparison, with the reason, and counted all the same."""
    own = {name: [row for row in project.read(name) if of("standard_28d")(row)] for name in POLICY_FILES}
    (policy,) = own[POLICIES]
    project.change(POLICIES, of("standard_28d"), effective_to="2026-06-01")
    project.add(POLICIES, **policy | {"policy_version": "2", "effective_from": "2026-06-01"})
    project.add(POLICIES, **policy | {"policy_id": "easy_28d", "is_default": "false"})
    for row in own[RULES]:
        renamed = {"tier_code": "often", "tier_name": "Often"} if row["tier_code"] == "heavy" else {}
        project.add(RULES, **row | {"policy_version": "2"} | renamed)
        project.add(RULES, **row | {"policy_id": "easy_28d"})
    project.change(RULES, of("easy_28d", tier="heavy"), minimum_substantive_percent="1")
    for scope in ("all", "claude_code"):
        project.add(POLICY_SCOPES, policy_id="easy_28d", scope_code=scope)

    refused = succeed(home, "simulate", "standard_28d", "--version", "2", project=project.root)
    words = " ".join(refused.split())
    assert "No movement is shown: standard_28d version 1 has the tiers heavy (4)" in words
    assert "version 2 has often (4)" in words and "in force \\ edited" not in refused
    people = Counter(
        tier for (scope, _), tier in tiers_on_the_day(home, "standard_28d").items() if scope == "all"
    )
    expected = ", ".join(
        f"{'often' if tier == 'heavy' else tier} {people[tier]}"
        for tier in ("heavy", "moderate", "light", "none", "unknown", "not_rated")
    )
    assert f"all: {people.total()} people" in words and expected in words

    compared = succeed(home, "simulate", "easy_28d", "--date", "2026-03-25", project=project.root)
    assert (
        "easy_28d version 1 as edited, as of 2026-03-25, against standard_28d version 1 as published"
        in compared
    )
    assert set(movement(compared)) == {"all"}
    up = {pair for pair in movement(compared)["all"] if pair[0] != pair[1]}
    assert up and all(new == "heavy" for _, new in up)
    assert "claude_code: " in compared and "standard_28d is not evaluated in this scope" in compared
    assert leftovers(home) == []


def test_policies_that_cannot_be_evaluated_stop_everything_at_once(home: Path, project: PolicySeeds) -> None:
    company.put(
        home,
        "hr/leave/leave_2026-03-31_20260401T000000Z.csv",
        "employee_id,start_date,end_date,day_fraction\n",
    )
    project.change(
        RULES, of("viva_12w", tier="novice_user"), minimum_active_weeks="9", minimum_weekly_mean=""
    )
    before = what_must_stay(home)
    for arguments in (
        NIGHT,
        ("backfill", "--from", DAY.isoformat(), "--to", DAY.isoformat()),
        ("simulate", "standard_28d"),
        ("refresh-cutoffs",),
    ):
        finished = adoption(home, *arguments, project=project.root)
        assert finished.returncode == 1
        said = complaint(finished)
        assert said.startswith("dbt_project/seeds/tiers/tier_rules.csv, line ") and said.count("\n") == 0
        assert "(policy viva_12w version 1 rule 3): it demands the same as rule 2 (habitual_user)" in said
        assert finished.stdout == "" and "Landing" not in finished.stderr
    assert what_must_stay(home) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simulate", "unheard_of"), "There is no tier policy 'unheard_of'"),
        (("simulate", "standard_28d", "--version", "9"), "has no version 9"),
        (
            ("simulate", "standard_28d", "--date", "2026-03-31"),
            "lies after 2026-03-30, the published as-of date",
        ),
        (("simulate", "standard_28d", "--date", "2025-12-31"), "the first as-of date with tiers"),
        (("refresh-cutoffs", "--policy", "unheard_of"), "There is no tier policy 'unheard_of'"),
        (("refresh-cutoffs", "--policy", "viva_4w"), "viva_4w has no percentile rule"),
        (("refresh-cutoffs", "--from", "soon"), "--from 'soon' is no date"),
    ],
)
def test_what_cannot_be_asked_is_wrong_use(home: Path, arguments: tuple[str, ...], words: str) -> None:
    finished = adoption(home, *arguments)
    assert finished.returncode == 2
    assert words in complaint(finished) and complaint(finished).count("\n") == 0
    assert leftovers(home) == [] and not (home / "cutoffs").exists()


@pytest.mark.parametrize("arguments", [("simulate", "standard_28d"), ("refresh-cutoffs",)])
def test_another_run_at_work_is_named(home: Path, arguments: tuple[str, ...]) -> None:
    with lock.run_lock(Home(home), "the-other-one"):
        finished = adoption(home, *arguments)
    assert finished.returncode == 4
    assert "the-other-one" in complaint(finished)


def test_a_simulation_that_fails_or_is_stopped_leaves_nothing(home: Path, project: PolicySeeds) -> None:
    before = what_must_stay(home)
    model = project.root / "dbt_project/models/intermediate/tiers/int_tier_due.sql"
    sound = model.read_text()
    model.write_text(f"{sound}\nwhere nonsense")
    try:
        finished = adoption(home, "simulate", "standard_28d", project=project.root)
    finally:
        model.write_text(sound)
    assert finished.returncode == 1
    assert "int_tier_due" in complaint(finished) and "simulation.log" in complaint(finished)
    assert (home / "dagster" / "logs" / "simulation.log").stat().st_mode & 0o077 == 0

    with subprocess.Popen(
        company.command(home, "simulate", "standard_28d"), stderr=subprocess.PIPE, env=company.environment()
    ) as stopped:
        while not leftovers(home):
            time.sleep(0.05)
        stopped.send_signal(signal.SIGTERM)
        stopped.wait(60)
    assert stopped.returncode == 130
    assert leftovers(home) == [] and what_must_stay(home) == before

    with subprocess.Popen(
        company.command(home, "simulate", "standard_28d"), stderr=subprocess.PIPE, env=company.environment()
    ) as killed:
        while not leftovers(home):
            time.sleep(0.05)
        os.kill(killed.pid, signal.SIGKILL)
    assert len(leftovers(home)) == 1
    succeed(home, "simulate", "standard_28d")
    assert leftovers(home) == [] and what_must_stay(home) == before


def test_refreshed_cutoffs_rate_the_people_they_were_computed_from(home: Path) -> None:
    """From the first date on: the next night takes them up, restates each tier once, and says where from."""
    waiting = company.status(home)["scopes_without_cutoffs"]
    assert waiting == ["quartile_4w/chatgpt", "quartile_4w/claude_code", "quartile_4w/github_copilot"]
    assert "compute them with `adoption refresh-cutoffs`" in company.shown_status(home)
    said = succeed(home, "refresh-cutoffs", "--policy", "quartile_4w", "--from", "2026-03-01")
    (path,) = (home / "cutoffs").iterdir()
    assert (
        path.name == "quartile_4w_v1_from_20260301.csv"
        and "restates the tiers of this policy from 2026-03-01" in said
    )
    assert "the next `adoption nightly` takes up the refreshed ones" in company.shown_status(home)

    with path.open(newline="") as file:
        written = [tuple(row.values()) for row in csv.DictReader(file)]
    whole = {(row[3], row[6]): row[7:] for row in written if row[4] == "company"}
    assert {percentile for _, percentile in whole} == {"25", "50", "75"}
    for (scope, percentile), (cut, person_count) in whole.items():
        ((people, above),) = query(
            home,
            f"select count(*), count(*) filter (weekly_mean >= {cut}) from marts.fct_employee_tier_weekly "
            "where policy_id = 'quartile_4w' and week_start_date = '2026-03-16' and weekly_mean > 0 "
            f"and scope_code = '{scope}' and reason_code = 'no_cutoffs'",
        )
        assert people == int(person_count)
        assert abs(above - people * (100 - int(percentile)) / 100) <= 1

    before = company.tiers(home)
    night = succeed(home, *NIGHT)
    after = company.tiers(home)
    assert re.search(r"tiers/cutoffs +(\d+) +\1 +0 +0 +0 +0", night)
    changed = company.changed_tiers(before, after)
    assert changed and {row[0] for row in changed} == {"quartile_4w"}
    assert company.restatements(home) == changed
    delivery = short_hash(f"tiers/cutoffs/{hashlib.sha256(path.read_bytes()).hexdigest()}")
    assert company.delivery_of(home, f"cutoffs/{path.name}") == delivery
    published = query(
        home,
        "select policy_id, policy_version, valid_from, scope_code, group_level, group_code, percentile, "
        "weekly_mean, "
        f"person_count from ops.tier_cutoff where valid_to is null and delivery_id = '{delivery}'",
    )
    assert Counter(tuple(str(cell) for cell in row) for row in published) == Counter(written)
    shown = company.status(home)["scopes_without_cutoffs"]
    companies = {row[3] for row in written if row[4] == "company"}
    assert shown == sorted(set(waiting) - {f"quartile_4w/{scope}" for scope in companies})


def test_the_seeds_that_are_shipped_keep_their_columns() -> None:
    with duckdb.connect() as database:
        for name, columns in COLUMNS.items():
            path = PROJECT_ROOT / "dbt_project" / "seeds" / name
            found = database.execute(f"describe select * from read_csv('{path}', header = true)").fetchall()
            assert [row[0] for row in found] == list(columns)
