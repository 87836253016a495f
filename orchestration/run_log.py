"""Logs of a run below <home>/dagster/logs, for the owner alone; no text of an error, which can quote records.

What a run says to whoever started it belongs to the command line.
"""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from orchestration.home import Home


def open_log(home: Home, name: str) -> TextIO:
    """A log of this run under <home>/dagster/logs, written anew, readable by the owner alone."""
    folder = home.dagster / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")


def log_unexpected(home: Home, error: BaseException) -> Path:
    """Write where an unexpected error arose: files, lines and types, never the texts, which can quote
    records.
    """
    path = home.dagster / "logs" / "unexpected.log"
    with open_log(home, path.name) as log:
        log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
        current: BaseException | None = error
        while current is not None:
            log.write(f"{type(current).__module__}.{type(current).__qualname__}\n")
            log.writelines(traceback.format_tb(current.__traceback__))
            current = current.__cause__ or current.__context__
    return path
