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
    """From here on dbt's events of debug level end where nobody listens to them."""
    ctx_set_event_manager(AttentiveEventManager())


class AttentiveEventManager(EventManager):
    """dbt's own, but events of debug level reach nobody unless a log takes them: the one callback that dbt sets
    itself looks for warnings.
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


from dbt_common.events import base_types
_init = base_types.BaseEvent.__init__
_get = base_types.BaseEvent.__getattr__
def _late(self, *args, **kwargs):
    self.__dict__["_given"] = (args, kwargs)
def _got(self, key):
    if key == "pb_msg" and "_given" in self.__dict__:
        args, kwargs = self.__dict__.pop("_given")
        _init(self, *args, **kwargs)
        return self.__dict__["pb_msg"]
    return getattr(self.pb_msg, key) if key != "pb_msg" else _get(self, key)
def _set(self, key, value):
    if key == "pb_msg": self.__dict__[key] = value
    else: setattr(self.pb_msg, key, value)
base_types.BaseEvent.__init__ = _late
base_types.BaseEvent.__getattr__ = _got
base_types.BaseEvent.__setattr__ = _set
