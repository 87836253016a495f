"""How often a process of ours looks for garbage in cycles: seldom, for it keeps what it loads to its end."""

from __future__ import annotations

import gc

# Objects made and not freed before a look at the young ones, and looks of one age before one at the next.
_SELDOM = (100_000, 50, 100)


def collect_seldom() -> None:
    """Spare the start of a process the looks through everything it imports, a tenth of a first night."""
    gc.set_threshold(*_SELDOM)


def leave_to_the_system() -> None:
    """Spare the end of a process the look through everything it leaves behind."""
    gc.freeze()
