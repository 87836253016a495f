"""Logs of a run below <home>/dagster/logs, for the owner alone; no text of an error, which can quote records.

What a run says to whoever started it belongs to the command line.
"""

from __future__ import annotations

import io
import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from orchestration.home import Home


class _Log(io.TextIOWrapper):
    """Loses what a full disk does not take: a log must not end what it is about, nor hide why it failed."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def open_log(home: Home, name: str) -> TextIO:
    """A log of this run under <home>/dagster/logs, written anew, readable by the owner alone."""
    folder = home.dagster / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return _Log(io.FileIO(descriptor, "w"), encoding="utf-8", write_through=True)


def log_unexpected(home: Home, error: BaseException) -> Path:
    """Write where an unexpected error arose: files, lines and types, never the texts, which can quote
    records. A disk that does not take it costs the log alone.
    """
    path = home.dagster / "logs" / "unexpected.log"
    with suppress(OSError), open_log(home, path.name) as log:
        log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
        current: BaseException | None = error
        while current is not None:
            log.write(f"{type(current).__module__}.{type(current).__qualname__}\n")
            log.writelines(traceback.format_tb(current.__traceback__))
            current = current.__cause__ or current.__context__
    return path
