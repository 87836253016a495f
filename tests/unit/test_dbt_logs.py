"""dbt's logs write what they wrote before; events that none of them takes are made into no message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.adapters.events.types import ConnectionUsed, FinishedRunningStats
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager_client import (
    add_callback_to_manager,
    add_logger_to_manager,
    cleanup_event_logger,
    ctx_set_event_manager,
    get_event_manager,
)
from dbt_common.events.functions import fire_event
from dbt_common.events.logger import LoggerConfig
from dbt_common.events.types import Note

from orchestration.transformation import dbt_logs

EVENTS = [("first", EventLevel.INFO), ("hidden", EventLevel.DEBUG), ("seen", EventLevel.INFO)]
EVENTS += [("wrong", EventLevel.ERROR)]


@pytest.fixture(autouse=True)
def _attentive() -> Iterator[None]:
    before = get_event_manager()
    dbt_logs.pass_debug_events_by()
    yield
    cleanup_event_logger()
    ctx_set_event_manager(before)


def _log(path: Path, level: EventLevel) -> Path:
    add_logger_to_manager(LoggerConfig(name=path.stem, level=level, output_file_name=str(path)))
    return path


def _written(log: Path) -> list[str]:
    """The messages in the file, without their times."""
    return [line.split()[-1] for line in log.read_text().splitlines()]


def _heard() -> list[str]:
    """The names of the messages that will be made."""
    made: list[str] = []
    add_callback_to_manager(lambda message: made.append(message.info.name))
    return made


def _fire_all() -> None:
    for message, level in EVENTS:
        fire_event(Note(msg=message), level=level)


def test_debug_events_that_no_log_takes_are_made_into_no_message(tmp_path: Path) -> None:
    info = _log(tmp_path / "info.log", EventLevel.INFO)
    errors = _log(tmp_path / "error.log", EventLevel.ERROR)
    heard = _heard()
    _fire_all()
    assert len(heard) == 3
    assert _written(info) == ["first", "seen", "wrong"]
    assert _written(errors) == ["wrong"]


def test_a_log_of_debug_level_has_them_and_the_others_do_not(tmp_path: Path) -> None:
    debug = _log(tmp_path / "debug.log", EventLevel.DEBUG)
    info = _log(tmp_path / "info.log", EventLevel.INFO)
    heard = _heard()
    _fire_all()
    assert len(heard) == 4
    assert _written(debug) == ["first", "hidden", "seen", "wrong"]
    assert _written(info) == ["first", "seen", "wrong"]


def test_the_level_of_an_event_is_its_own_where_none_is_given(tmp_path: Path) -> None:
    _log(tmp_path / "info.log", EventLevel.INFO)
    heard = _heard()
    fire_event(ConnectionUsed(conn_type="duckdb", conn_name="none"))
    fire_event(FinishedRunningStats(stat_line="two", execution=" in", execution_time=1.0))
    assert heard == ["FinishedRunningStats"]
