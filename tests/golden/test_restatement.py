"""Late knowledge restates the tiers it bears on, from its date on; the ledger names exactly those."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests import warehouse

FIRST, LAST = date(2026, 1, 12), date(2026, 3, 30)
EVERY_KIND = ("claude_code", "leave", "workers", "entitlements", "service_accounts")
pytestmark = pytest.mark.slow

Key = tuple[str, str, str, date]


@pytest.fixture(scope="module")
def late_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path]]:
    """A home not yet built, and per kind of knowledge the one file that comes late, kept aside."""
    home = tmp_path_factory.mktemp("restatement") / "home"
    warehouse.sample(home, employees=120, first=FIRST, last=LAST, seed=5)
    aside: dict[str, Path] = {}
    for feed, number in (
        ("claude_code/usage_report", -20),
        ("hr/leave", -1),
        ("hr/workers", -25),
        ("access/entitlements", -1),
        ("identity/service_accounts", -1),
    ):
        files = sorted(path for path in (home / "inbox" / feed).iterdir() if path.is_file())
        kept = home.parent / "aside" / files[number].relative_to(home)
        kept.parent.mkdir(parents=True)
        files[number].rename(kept)
        source, name = feed.split("/")
        aside[source if name == "usage_report" else name] = kept
    assert set(aside) == set(EVERY_KIND)
    warehouse.publish(home, LAST, "a small company varies more than the gate expects")
    return home, aside


def deliver(home: Path, kept: Path, aside: Path) -> None:
    target = home / kept.relative_to(aside)
    shutil.copy(kept, target)


def tiers(home: Path) -> dict[Key, str]:
    """The tier of every policy, scope, person and as-of date, spans written out in plain Python."""
    with duckdb.connect(str(warehouse.current(home) / "adoption.duckdb"), read_only=True) as connection:
        spans = connection.execute(
            "select policy_id, scope_code, employee_key, tier_code, valid_from, valid_to "
            "from marts.dim_employee_tier"
        ).fetchall()
    found: dict[Key, str] = {}
    for policy, scope, person, tier, start, end in spans:
        day = start
        while day < (end or LAST + timedelta(days=1)):
            found[policy, scope, person, day] = tier
            day += timedelta(days=1)
    return found


def ledger(home: Path) -> list[tuple[Key, str, str | None, str]]:
    with duckdb.connect(str(warehouse.current(home) / "adoption.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select policy_id, scope_code, employee_key, as_of_date, old_tier_code, new_tier_code, "
            "cause_kind from marts.fct_tier_restatement"
        ).fetchall()
    return [((row[0], row[1], row[2], row[3]), row[4], row[5], row[6]) for row in rows]


@pytest.fixture(params=EVERY_KIND)
def restated(
    request: pytest.FixtureRequest, late_files: tuple[Path, dict[str, Path]], tmp_path: Path
) -> Iterator[tuple[str, Path, Path]]:
    """The kind that came late, the home before and the home after."""
    before, aside = late_files
    after = tmp_path / "home"
    shutil.copytree(before, after, symlinks=True)
    deliver(after, aside[request.param], before.parent / "aside")
    warehouse.publish(after, LAST, "a small company varies more than the gate expects")
    yield request.param, before, after


def test_the_ledger_is_the_difference_of_the_two_generations(restated: tuple[str, Path, Path]) -> None:
    kind, before, after = restated
    old, new = tiers(before), tiers(after)
    wanted = sorted((key, tier, new.get(key)) for key, tier in old.items() if new.get(key) != tier)
    found = ledger(after)
    assert sorted((key, tier, now) for key, tier, now, _ in found) == wanted
    causes = {cause for *_, cause in found}
    assert (
        causes
        <= {
            "claude_code": {"usage"},
            "leave": {"leave"},
            "workers": {"workforce"},
            "entitlements": {"access"},
            "service_accounts": {"identity"},
        }[kind]
    )


def test_only_feeds_make_the_run_look_at_everybody(restated: tuple[str, Path, Path]) -> None:
    """A late word on people is looked at for them alone, from its date on. Only the evidence of the current
    as-of date is written for everybody each night.
    """
    kind, _, after = restated
    with duckdb.connect(str(after / "work" / "scratch.duckdb"), read_only=True) as scratch:
        touched = dict(
            scratch.execute(
                "select employee_key, min(from_date) from main.int_touched_person group by 1"
            ).fetchall()
        )
        looked_at = scratch.execute(
            "select distinct people.employee_key, due.as_of_date from main.int_tier_subject as subjects "
            "inner join main.int_tier_person as people using (person_number) "
            "inner join main.int_tier_due as due using (due_number) "
            "where due.evaluation_kind = 'daily' and due.as_of_date < ?",
            [LAST],
        ).fetchall()
        everybody = scratch.execute("select count(*) from main.int_employee_key where is_ever_included")
        (count,) = everybody.fetchone() or (0,)
    if kind == "claude_code":
        assert touched == {}
        assert len({person for person, _ in looked_at}) > 0.9 * count
        return
    assert 0 < len(touched) < count
    assert looked_at
    assert all(person in touched and day >= touched[person] for person, day in looked_at)


def test_late_knowledge_gives_what_a_rebuild_gives(
    late_files: tuple[Path, dict[str, Path]], tmp_path: Path
) -> None:
    before, aside = late_files
    home = tmp_path / "home"
    shutil.copytree(before, home, symlinks=True)
    for kept in aside.values():
        deliver(home, kept, before.parent / "aside")
    warehouse.publish(home, LAST, "a small company varies more than the gate expects")
    once = warehouse.table_hashes(warehouse.current(home))
    finished = warehouse.adoption(home, "backfill", "--from", FIRST.isoformat(), "--to", LAST.isoformat())
    assert finished.returncode in (0, 3), finished.stderr
    if finished.returncode == 3:
        warehouse.succeed(home, "release", "--reason", "a small company")
    assert warehouse.table_hashes(warehouse.current(home)) == once
