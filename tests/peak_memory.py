"""The most memory that this process has held."""

from __future__ import annotations

from pathlib import Path


def peak_kibibytes() -> int:
    """Peak resident size of this process since its own program began, KiB (VmHWM, Linux).

    Not ru_maxrss: a process takes that over from the one it was started from, here a test runner that has
    itself held more than the limit.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
