"""Run as a process of its own by test_publish_faults.py: one change of published/, to be killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from orchestration.home import Home
from orchestration.lock import run_lock
from orchestration.publishing import generation
from tests.unit import tiny_generation as tiny


def publish_after_a_pause(home: Home) -> None:
    """Stop between the audit and the publication, as a host that is suspended does."""
    with run_lock(home, "zombie"):
        tiny.build(home, "zombie")
        tiny.audit(home, "zombie")
        os.kill(os.getpid(), signal.SIGSTOP)
        generation.publish(home, tiny.draft("zombie"))


def main(root: str, change: str) -> None:
    home = Home(Path(root))
    if change == "zombie":
        publish_after_a_pause(home)
    elif change == "publish":
        tiny.publish(home, "killed")
    elif change == "hold":
        tiny.hold(home, "killed")
    elif change == "release":
        tiny.release(home)
    elif change == "rollback":
        tiny.rollback(home, 1)
    else:
        raise ValueError(change)


if __name__ == "__main__":
    main(*sys.argv[1:])
