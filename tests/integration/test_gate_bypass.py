"""Every way round the gate through Dagster, dbt and the command line: a table; each publishes nothing.

Ways that need no run (a candidate or a verdict changed by hand) are in tests/unit/test_gate_bypass.py.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import fault_points
from orchestration.home import Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_run
from tests.integration import company
from tests.integration.company import DAY, TOMORROW_STAMP, put, what_readers_see
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

SNAPSHOT = f"hr/workers/workers_{DAY}_{TOMORROW_STAMP}.csv"
NIGHT = ("nightly", "--date", DAY.isoformat())
BACKFILL = ("backfill", "--from", (DAY - timedelta(days=2)).isoformat(), "--to", DAY.isoformat())
OFF = {
    "ADOPTION_CHECKS": "off",
    "ADOPTION_SKIP_CHECKS": "true",
    "DBT_RESOURCE_TYPES": "model seed",
    "DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test",
    "DBT_EMPTY": "true",
    "DBT_INDIRECT_SELECTION": "empty",
}

Finished = subprocess.CompletedProcess[str]
FirstNight = tuple[Path, Finished, str]


def run(*command: str, **variables: str) -> Finished:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=company.environment() | variables
    )


def command_line(home: Path, *arguments: str, **variables: str) -> Finished:
    return run(*company.command(home, *arguments), **variables)


def part_of_a_run(home: Path, what: str) -> Finished:
    module = (sys.executable, "-m", "tests.integration.partial_runs")
    return run(*module, str(home), what, DAY.isoformat(), ADOPTION_HOME=str(home))


def dbt_by_hand(home: Path) -> Finished:
    """As docs/running.md says how to, but for the place."""
    variables = dbt_run.dbt_environment(Home(home), Settings(), home / "pseudonym.key")
    variables["ADOPTION_DBT_CANDIDATE"] = str(home / "published" / "current")
    return run(*dbt_run.executable_prefix(), "build", "--select", "+dim_usage_mode", **variables)


def change_a_model_meanwhile(home: Path) -> Finished:
    """The models that were audited are not those that lie in the project when it is to be published."""
    project = home.parent / "project"
    company.copy_project(project)
    run_of_it = subprocess.Popen(
        company.command(home, *NIGHT),
        stderr=subprocess.PIPE,
        text=True,
        env=company.environment() | {"PYTHONPATH": str(project)},
        cwd=project,
    )
    assert run_of_it.stderr is not None
    said = ""
    for line in run_of_it.stderr:
        said += line
        if line.startswith("Transforming"):
            model = project / "dbt_project" / "models" / "marts" / "dim_tool.sql"
            model.write_text(model.read_text() + "\n-- another version\n")
    return subprocess.CompletedProcess("nightly", run_of_it.wait(), "", said)


def settings_without_checks(home: Path) -> Finished:
    with (home / "adoption.toml").open("a") as settings:
        settings.write("checks = false\n")
    return command_line(home, *NIGHT)


@dataclass(frozen=True)
class Way:
    """How somebody tries, the exit status it must end with, and what it says."""

    name: str
    exit_status: int
    says: str
    start: Callable[[Path], Finished]


# Of a home whose managers form a cycle, which the gate has held once.
OF_HELD = [
    Way("a backfill", 3, "managers_form_no_cycle", lambda home: command_line(home, *BACKFILL)),
    Way("checks off in the settings", 2, "checks", settings_without_checks),
    Way(
        "checks off in the environment",
        3,
        "managers_form_no_cycle",
        lambda home: command_line(home, *NIGHT, **OFF),
    ),
    Way(
        "a retry of the held run from its failed step on",
        1,
        "dbt built nothing in this run",
        lambda home: part_of_a_run(home, "failed_steps"),
    ),
    Way(
        "the tests of dbt left out",
        1,
        "managers_form_no_cycle",
        lambda home: part_of_a_run(home, "no_dbt_tests"),
    ),
]

# Of a home whose late delivery is landed, and which the gate passed: its run was killed before it published.
OF_SOUND = [
    Way(
        "publish alone what the killed run left",
        1,
        "Nothing was built in this run",
        lambda home: part_of_a_run(home, "publish_alone"),
    ),
    Way(
        "audit and publish without dbt",
        1,
        "dbt built nothing in this run",
        lambda home: part_of_a_run(home, "no_dbt"),
    ),
    Way("a few of the models", 1, "dbt left out", lambda home: part_of_a_run(home, "few_models")),
    Way("dbt by hand in the published place", 2, "is a published generation", dbt_by_hand),
    Way(
        "another model than was audited",
        1,
        "were changed while the run was at work",
        change_a_model_meanwhile,
    ),
]


@pytest.fixture(scope="session")
def held_night(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after a night that was held; not to be changed."""

    def hold(home: Path) -> None:
        shutil.copytree(base, home, symlinks=True)
        put(home, SNAPSHOT, company.with_cycle(company.workers(home, DAY)))
        assert command_line(home, *NIGHT).returncode == 3

    return shared_home(tmp_path_factory, "held_night", hold)


@pytest.fixture(scope="session")
def killed_night(base: Path, first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after a night that was killed with its verdict written; not to be changed."""

    def kill(home: Path) -> None:
        shutil.copytree(base, home, symlinks=True)
        put(home, company.LATE_FILE, first_night[2])
        killed = command_line(home, *NIGHT, **{fault_points.VARIABLE: "audit.after_verdict"})
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert json.loads((home / "work" / "verdict.json").read_bytes())["outcome"] == "passed"

    return shared_home(tmp_path_factory, "killed_night", kill)


def assert_publishes_nothing(home: Path, way: Way) -> None:
    before = what_readers_see(home)
    finished = way.start(home)
    said = finished.stdout + finished.stderr
    assert (finished.returncode, way.says in said) == (way.exit_status, True), said[-3000:]
    assert what_readers_see(home) == before
    assert company.manifest(home)["generation"] == 1


@pytest.mark.parametrize("way", OF_HELD, ids=lambda way: way.name)
def test_no_way_round_a_hold_publishes_anything(held_night: Path, tmp_path: Path, way: Way) -> None:
    home = Path(shutil.copytree(held_night, tmp_path / "home", symlinks=True))
    assert_publishes_nothing(home, way)


@pytest.mark.parametrize("way", OF_SOUND, ids=lambda way: way.name)
def test_no_way_past_the_gate_publishes_anything(killed_night: Path, tmp_path: Path, way: Way) -> None:
    home = Path(shutil.copytree(killed_night, tmp_path / "home", symlinks=True))
    assert_publishes_nothing(home, way)
