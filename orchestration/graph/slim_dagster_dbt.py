"""dagster-dbt, imported as it is where dbt is no Python package: with its own stand-ins for dbt's types.

With dbt it imports all of it and takes the manifest apart once more (2 s of each command that starts
Dagster), though dbt works in a process of its own here. What of it is used is exported, nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ASKED_FOR = "dbt.version"


@contextmanager
def _without_dbt() -> Iterator[None]:
    """An import of dbt raises ImportError, unless it was imported before."""
    if _ASKED_FOR in sys.modules:
        yield
        return
    sys.modules[_ASKED_FOR] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_ASKED_FOR]


with _without_dbt():
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

__all__ = ["DagsterDbtTranslator", "DagsterDbtTranslatorSettings", "DbtCliResource", "dbt_assets"]
