"""The examples for systemd are sound, start commands that exist, and keep the hour of Dagster's schedule."""

from __future__ import annotations

import configparser
import shlex

import pytest
from typer.main import get_command

from orchestration.command_line import cli
from orchestration.graph import schedules
from orchestration.home import PROJECT_ROOT
from orchestration.settings import Settings

FOLDER = PROJECT_ROOT / "docs" / "systemd"
UNITS = sorted(path.name for path in FOLDER.iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]
KNOWN = {
    "Unit": {"Description", "Documentation", "Wants", "After", "OnFailure"},
    "Service": {
        *("Type", "User", "Group", "WorkingDirectory", "Environment", "EnvironmentFile", "ExecStart"),
        *("TimeoutStartSec", "UMask", "NoNewPrivileges", "PrivateTmp", "ProtectSystem", "ProtectHome"),
        "ReadWritePaths",
    },
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent", "Unit"},
    "Install": {"WantedBy"},
}


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((FOLDER / name).read_text())
    return parser


def test_there_is_a_timer_for_each_service() -> None:
    assert [
        *("adoption-nightly.service", "adoption-nightly.timer"),
        *("adoption-status.service", "adoption-status.timer"),
    ] == UNITS


@pytest.mark.parametrize("name", UNITS)
def test_every_line_is_one_that_systemd_knows_and_names_units_that_are_there(name: str) -> None:
    found = unit(name)
    for section in found.sections():
        assert set(found[section]) <= KNOWN[section]
    named = [
        found[section][key] for section in found for key in ("Unit", "OnFailure") if key in found[section]
    ]
    assert set(named) <= set(UNITS)
    if name.endswith(".timer"):
        assert named == [name.replace(".timer", ".service")]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_a_command_with_options_that_exist(name: str) -> None:
    program, command, *options = shlex.split(unit(name)["Service"]["ExecStart"])
    assert program.endswith("/.venv/bin/adoption")
    known = get_command(cli.app).commands[command]  # type: ignore[attr-defined]
    assert set(options) <= {option for parameter in known.params for option in parameter.opts}


def test_the_night_begins_when_the_schedule_of_dagster_would_begin_it() -> None:
    minute, hour, *days = schedules.CRON.split()
    assert days == ["*", "*", "*"]
    calendar = unit("adoption-nightly.timer")["Timer"]["OnCalendar"]
    assert calendar == f"*-*-* {int(hour):02}:{int(minute):02}:00 {Settings().business_time_zone}"
