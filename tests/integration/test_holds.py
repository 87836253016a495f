"""What the gate holds: the exit status, what is said, what readers keep, and how a person releases it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.integration import company
from tests.integration.company import DAY, TOMORROW_STAMP, adoption, put, query, succeed, what_readers_see

pytestmark = pytest.mark.slow

SNAPSHOT = f"hr/workers/workers_{DAY}_{TOMORROW_STAMP}.csv"


def test_a_cycle_of_managers_is_held_and_readers_stay(home: Path) -> None:
    before = what_readers_see(home)
    put(home, SNAPSHOT, company.with_cycle(company.workers(home, DAY)))
    night = adoption(home, "nightly", "--date", DAY.isoformat())
    assert night.returncode == 3
    said = company.complaint(night)
    assert "managers_form_no_cycle" in said
    assert "generation 1 stays in force" in said
    assert "adoption release --reason" in said
    assert said.count("\n") == 0
    assert what_readers_see(home) == before
    found = company.status(home)
    assert [hold["as_of_date"] for hold in found["holds"]] == [DAY.isoformat()]
    assert "managers_form_no_cycle" in found["holds"][0]["reason"]
    assert found["pending_deliveries"] == 1
    shown = company.shown_status(home)
    assert "Held" in shown and "managers_form_no_cycle" in shown
    # the snapshot as it was, delivered once more, passes although no date changes; nothing is held any more
    (first_snapshot,) = (home / "inbox" / "hr" / "workers").glob(f"workers_{DAY}_20260331*")
    put(home, SNAPSHOT.replace("T000000Z", "T010000Z"), first_snapshot.read_bytes())
    succeed(home, "nightly", "--date", DAY.isoformat())
    assert company.status(home)["holds"] == []


def test_a_held_first_night_leaves_no_generation_until_a_person_releases_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    company.make_sample(home, employees=30, first=date(2026, 3, 26))
    put(home, SNAPSHOT, company.with_cycle(company.workers(home, DAY)))
    night = adoption(home, "nightly", "--date", DAY.isoformat())
    assert night.returncode == 3
    said = company.complaint(night)
    assert "managers_form_no_cycle" in said and "there is still no generation in force" in said
    assert what_readers_see(home) == {}
    held = Path(company.status(home)["holds"][0]["directory"])
    assert str(held) in said
    assert list(held.rglob("adoption.duckdb"))

    empty = adoption(home, "release", "--reason", " ")
    assert empty.returncode == 2
    assert what_readers_see(home) == {}

    assert "Generation 1" in succeed(home, "release", "--reason", "HR confirmed both lines")
    found = company.manifest(home)
    assert found["release"]["reason"] == "HR confirmed both lines"
    assert found["verdict"]["outcome"] == "held"
    assert query(home, "select count(*) > 0 from marts.dim_employee") == [(True,)]
    assert company.status(home)["holds"] == []
    assert "released by" in succeed(home, "versions")
    again = adoption(home, "release", "--reason", "once more")
    assert again.returncode == 2
    assert "nothing to release" in company.complaint(again)
