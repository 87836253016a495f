"""dbt's logs write what they wrote before, and render nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager_client import (
    add_callback_to_manager,
    add_logger_to_manager,
    cleanup_event_logger,
)
from dbt_common.events.functions import fire_event
from dbt_common.events.logger import LoggerConfig
from dbt_common.events.types import Note

from orchestration.transformation import dbt_logs

EVENTS = [("first", EventLevel.INFO), ("hidden", EventLevel.DEBUG), ("seen", EventLevel.INFO)]
EVENTS += [("wrong", EventLevel.ERROR)]


class Log:
    """A log of dbt into a file, which counts what it renders."""

    def __init__(self, path: Path, level: EventLevel) -> None:
        self.path = path
        self.rendered: list[str] = []
        add_logger_to_manager(
            LoggerConfig(name=path.stem, level=level, output_file_name=str(path), scrubber=self.render)
        )

    def render(self, line: str) -> str:
        self.rendered.append(line)
        return line

    @property
    def written(self) -> list[str]:
        """The messages in the file, without their times."""
        return [line.split()[-1] for line in self.path.read_text().splitlines()]


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[dict[EventLevel, Log]]:
    cleanup_event_logger()
    yield {
        level: Log(tmp_path / f"{level.value}.log", level)
        for level in (EventLevel.DEBUG, EventLevel.INFO, EventLevel.ERROR)
    }
    cleanup_event_logger()


def test_a_log_renders_what_it_writes_and_no_debug_event_besides(logs: dict[EventLevel, Log]) -> None:
    add_callback_to_manager(dbt_logs.pass_debug_events_by())
    for message, level in EVENTS:
        fire_event(Note(msg=message), level=level)
    assert logs[EventLevel.DEBUG].written == ["first", "hidden", "seen", "wrong"]
    assert logs[EventLevel.INFO].written == ["first", "seen", "wrong"]
    assert logs[EventLevel.ERROR].written == ["wrong"]
    assert "hidden" in logs[EventLevel.DEBUG].rendered
    assert logs[EventLevel.INFO].rendered == ["first", "seen", "wrong"]
