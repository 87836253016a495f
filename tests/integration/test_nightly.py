"""A night through the command line in processes of its own, on a small made-up company: what a new user
would type.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

DAY = "2026-03-30"

pytestmark = pytest.mark.slow


def adoption(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command; whatever happens, no traceback and every complaint in our own voice."""
    finished = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("ADOPTION_")},
    )
    assert "Traceback" not in finished.stderr
    if finished.returncode:
        assert "adoption: " in finished.stderr
    return finished


def state(home: Path) -> dict[str, object]:
    """What readers see: the generation in force and the bytes of every published file's manifest."""
    found = json.loads(adoption(home, "status", "--json").stdout)
    current = home / "published" / "current"
    manifest = (current / "manifest.json").read_text() if current.exists() else None
    return {"generation": found["generation"], "manifest": manifest}


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("company") / "home"
    sampled = adoption(
        home, "sample", "--employees", "60", "--from", "2026-03-10", "--to", DAY, "--seed", "7"
    )
    assert sampled.returncode == 0, sampled.stderr
    return home, adoption(home, "nightly", "--date", DAY)


@pytest.fixture
def home(first_night: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Path:
    """A copy of the home after its first night, to be spoilt."""
    source, night = first_night
    assert night.returncode == 0, night.stderr
    return Path(shutil.copytree(source, tmp_path / "home", symlinks=True))


def test_the_first_night_publishes_and_says_so_in_a_screenful(
    first_night: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    place, night = first_night
    assert night.returncode == 0, night.stderr
    lines = night.stdout.splitlines()
    assert len(lines) <= 40
    assert max(len(line) for line in lines) <= 100
    for words in (
        "Generation 1 is in force",
        "claude_code/usage_report",
        "People per tier",
        "Verdict",
        "dbt ",
    ):
        assert words in night.stdout
    with duckdb.connect(
        str(place / "published" / "current" / "adoption.duckdb"), read_only=True
    ) as published:
        broken = published.execute(
            "select count(*) from ops.reconciliation where record_count <> accepted_count + duplicate_count "
            "+ rejected_count + unresolved_count + non_human_count"
        ).fetchone()
        facts = published.execute("select count(*) from marts.fct_employee_tool_daily").fetchone()
    assert broken == (0,)
    assert facts is not None and facts[0] > 0


def test_a_second_run_publishes_nothing(home: Path) -> None:
    before = state(home)
    again = adoption(home, "nightly", "--date", DAY)
    assert again.returncode == 0, again.stderr
    assert "Nothing to do, nothing published" in again.stdout
    assert state(home) == before


def test_an_advancing_date_without_data_is_built_as_missing_and_rolls_back(home: Path) -> None:
    assert adoption(home, "nightly", "--date", "2026-03-31").returncode == 0
    found = json.loads(adoption(home, "status", "--json").stdout)
    assert (found["generation"], found["as_of_date"]) == (2, "2026-03-31")
    assert adoption(home, "rollback").returncode == 0
    assert json.loads(adoption(home, "status", "--json").stdout)["generation"] == 1


def test_explain_says_rule_window_and_deliveries(home: Path) -> None:
    with duckdb.connect(
        str(home / "published" / "current" / "adoption_identity.duckdb"), read_only=True
    ) as file:
        row = file.execute("select min(employee_id) from marts.employee_identity").fetchone()
    assert row is not None
    explained = adoption(home, "explain", row[0])
    assert explained.returncode == 0, explained.stderr
    for words in (
        "as of 2026-03-30",
        "Policy   standard_28d",
        "Window   2026-02-28 to 2026-03-27",
        "Deliveries",
    ):
        assert words in explained.stdout
    assert adoption(home, "explain", "nobody").returncode == 2


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("claude_code/usage_report/2026-03-30_20260401T000000Z.json.gz", b"\x1f\x8b\x08 truncated"),
        ("claude_code/usage_report/2026-03-30_20260401T000000Z.json", b"<html><body>Sign in</body></html>"),
        ("hr/org_units/org_units_2026-03-30_20260401T000000Z.csv", b"org_unit_name,org_unit_id\nA,1\n"),
        ("hr/workers/workers_2026-03-30_20260401T000000Z.csv", b""),
    ],
    ids=["truncated", "html", "reordered csv", "empty workforce"],
)
def test_a_file_that_cannot_be_trusted_fails_the_run_by_name(home: Path, path: str, content: bytes) -> None:
    before = state(home)
    (home / "inbox" / path).write_bytes(content)
    night = adoption(home, "nightly", "--date", DAY)
    assert night.returncode == 1
    assert path in night.stderr
    assert state(home) == before


def test_two_runs_at_once_the_second_leaves_at_once(home: Path) -> None:
    before = state(home)
    holder = (
        "import sys, pathlib\n"
        "from orchestration.home import Home\n"
        "from orchestration.lock import run_lock\n"
        "with run_lock(Home(pathlib.Path(sys.argv[1])), 'the-other-run'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", holder, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        night = adoption(home, "nightly", "--date", DAY)
    finally:
        other.communicate()
    assert night.returncode == 4
    assert "the-other-run" in night.stderr
    assert state(home) == before


def test_without_an_agreement_nobody_appears_and_it_is_said_first(tmp_path: Path) -> None:
    home = tmp_path / "home"
    adoption(home, "sample", "--employees", "60", "--from", "2026-03-24", "--to", DAY, "--seed", "7")
    shutil.rmtree(home / "inbox" / "governance")
    night = adoption(home, "nightly", "--date", DAY)
    assert night.stderr.splitlines()[0].startswith("No monitoring agreement is on file")
    assert night.returncode == 0, night.stderr
    with duckdb.connect(str(home / "published" / "current" / "adoption.duckdb"), read_only=True) as published:
        for table in ("fct_employee_tool_daily", "fct_employee_engagement_daily", "dim_employee_tier"):
            assert published.execute(f"select count(*) from marts.{table}").fetchone() == (0,)
