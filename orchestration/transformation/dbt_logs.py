"""Which of dbt's events its logs render.

By itself each log renders every event before it looks at its level, and the debug events of a build, some
thousands, take a third of dbt's own time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from dbt_common.events.event_manager_client import get_event_manager

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

_DEBUG_LEVELS = ("debug", "test")


def pass_debug_events_by() -> Callable[[EventMsg], None]:
    """A callback for dbt's events: at the first one, when the logs of the command are there, those above
    debug level are told to pass debug events by.
    """
    told = False

    def callback(_: EventMsg) -> None:
        nonlocal told
        if not told:
            told = True
            for log in get_event_manager().loggers:
                if log.level not in _DEBUG_LEVELS:
                    log.filter = functools.partial(_is_rendered, log.filter)

    return callback


def _is_rendered(passes: Callable[[EventMsg], bool], event: EventMsg) -> bool:
    return event.info.level not in _DEBUG_LEVELS and passes(event)
