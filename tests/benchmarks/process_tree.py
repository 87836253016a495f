"""Seconds and memory of a command with all processes it starts, looked at from outside.

What one process held by its own account belongs to tests/peak_memory.py.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# DuckDB takes and gives back hundreds of MiB within a second.
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Finished:
    """What a command printed, its exit status and seconds by the clock; MiB of its largest process at its
    largest, and of all at the moment at which they were largest together.
    """

    status: int
    output: str
    seconds: float
    peak_mebibytes: int
    peak_together_mebibytes: int


def run(command: Sequence[str], cwd: Path | None = None) -> Finished:
    """Run a command to its end."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd)
    peaks: dict[int, int] = {}
    together = 0
    is_over = threading.Event()

    def look() -> None:
        nonlocal together
        while not is_over.wait(_LOOK_SECONDS):
            sizes = {pid: _sizes(pid) for pid in _descendants(process.pid)}
            for pid, (peak, _) in sizes.items():
                peaks[pid] = max(peaks.get(pid, 0), peak)
            together = max(together, sum(now for _, now in sizes.values()))

    watcher = threading.Thread(target=look)
    watcher.start()
    output, _ = process.communicate()
    is_over.set()
    watcher.join()
    seconds = time.monotonic() - started
    return Finished(process.returncode, output, seconds, max(peaks.values()) >> 10, together >> 10)


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    try:
        tasks = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    for child in " ".join(tasks).split():
        yield from _descendants(int(child))


def _sizes(pid: int) -> tuple[int, int]:
    """Most and present resident size, KiB; nothing of a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmHWM", "VmRSS"))}
    return int(values.get("VmHWM", 0)), int(values.get("VmRSS", 0))
