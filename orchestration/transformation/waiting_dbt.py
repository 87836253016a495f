"""dbt started ahead of its turn: it loads and parses beside start-up and landing, then waits for its order.

What such a process does belongs to dbt_process.py; whether a run will need one to nightly.py.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from orchestration.home import PROJECT_ROOT, Home
from orchestration.transformation import dbt_process, dbt_run


@dataclass(frozen=True)
class WaitingDbt:
    """A process of this run that has dbt loaded and waits."""

    process: subprocess.Popen[bytes]
    address: str

    @property
    def environment(self) -> dict[str, str]:
        """What the process that stands for dbt needs to find this one."""
        return {dbt_process.ADDRESS_VARIABLE: self.address}

    def join(self) -> None:
        """Return when the process has ended, and with it every file it held open in work/."""
        self.process.wait()


@contextmanager
def waiting_dbt(home: Home) -> Iterator[WaitingDbt | None]:
    """A waiting dbt for the block; ended after it if nobody took it.

    None where the project was never parsed as it is now (the parse comes first then) and where the kernel is
    not Linux, whose sockets without a file leave nothing behind when the run is killed.
    """
    parse = dbt_run.known_parse(home)
    if parse is None or sys.platform != "linux":
        yield None
        return
    waiting = _start(os.environ | dbt_run.project_environment(parse))
    try:
        yield waiting
    finally:
        waiting.process.kill()  # it waits, or has ended: an order was followed to its end by then
        waiting.join()


def _start(environment: Mapping[str, str]) -> WaitingDbt:
    address = f"adoption-dbt-{secrets.token_hex(16)}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{address}")
        listener.listen()
        process = subprocess.Popen(
            [
                *(sys.executable, "-u", "-m", dbt_process.MODULE),
                *(dbt_process.WAIT, str(listener.fileno())),
                *dbt_run.WAITING_ARGUMENTS,
            ],
            cwd=PROJECT_ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )
    return WaitingDbt(process, address)
