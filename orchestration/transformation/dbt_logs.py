"""Which of dbt's events are made into messages at all.

By itself dbt makes a message of every event and each log renders it before it looks at its level; the debug
events of a build, some thousands, took a third of dbt's own time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

if TYPE_CHECKING:
    from dbt_common.events.base_types import BaseEvent

_DEBUG_LEVELS = (EventLevel.DEBUG, EventLevel.TEST)


def pass_debug_events_by() -> None:
    """From here on dbt's events of debug level end where no log takes them."""
    ctx_set_event_manager(AttentiveEventManager())


class AttentiveEventManager(EventManager):
    """dbt's own, but events of debug level reach nobody unless a log takes them: the one callback that dbt
    sets itself looks for warnings.
    """

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        """Hand the event on; its level is the one given, or its own."""
        if (level or e.level_tag()) not in _DEBUG_LEVELS or self._logs_debug_events():
            super().fire_event(e, level, node, force_warn_or_error_handling)

    def _logs_debug_events(self) -> bool:
        return any(log.level in _DEBUG_LEVELS for log in self.loggers)
