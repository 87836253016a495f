"""The process that is dbt. Run as a module it is dbt, or a process with dbt loaded that waits to become it.

Starting one early belongs to waiting_dbt.py, arguments and environment to dbt_run.py. Nothing slow is
imported here: a process that only hands over to a waiting one has to be up at once.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orchestration import garbage

MODULE = "orchestration.transformation.dbt_process"
WAIT = "--wait"
# Names the socket of a waiting process to the process that stands for dbt.
ADDRESS_VARIABLE = "ADOPTION_DBT_WAITING"

# What a night sets for dbt. Any other variable that dbt reads could leave out models, rows or tests.
_DBT_VARIABLES = frozenset(
    (
        *("DBT_PROFILES_DIR", "DBT_PROJECT_DIR", "DBT_TARGET_PATH", "DBT_LOG_PATH"),
        *("DBT_LOG_FORMAT", "DBT_SEND_ANONYMOUS_USAGE_STATS"),
    )
)

_PDEATHSIG = 1
_NUMBER = struct.Struct("!q")
_CREDENTIALS = struct.Struct("3i")
_OUTPUTS = (1, 2)


def main(arguments: Sequence[str]) -> None:
    """Be dbt with these arguments, through a waiting process where there is one; leave with its status.

    `--wait FD ARGUMENTS` waits instead: parse the project with ARGUMENTS, then take one order from socket FD.
    """
    garbage.collect_seldom()
    _die_with_parent()
    _forget_other_variables()
    if arguments[:1] == [WAIT]:
        _wait_and_run(int(arguments[1]), arguments[2:])
    address = os.environ.pop(ADDRESS_VARIABLE, None)
    status = _hand_over(address, arguments) if address else None
    if status is None:
        _run(arguments)
    sys.exit(status)


def _forget_other_variables() -> None:
    for name in list(os.environ):
        if name.startswith("DBT_") and name not in _DBT_VARIABLES:
            del os.environ[name]


def _run(arguments: Sequence[str], manifest: Any = None) -> None:
    from dbt.cli.main import cli

    from orchestration.transformation import dbt_logs

    dbt_logs.pass_debug_events_by()
    cli(list(arguments), obj={"manifest": manifest})


def _hand_over(address: str, arguments: Sequence[str]) -> int | None:
    """Let the waiting process be dbt with our outputs, environment and directory.

    Returns its status when it has ended, None when nobody waits any more.
    """
    order = json.dumps(
        {"arguments": list(arguments), "environment": dict(os.environ), "directory": str(Path.cwd())}
    )
    with socket.socket(socket.AF_UNIX) as channel:
        try:
            channel.connect(f"\0{address}")
            _send(channel, len(order.encode()), _OUTPUTS)
            channel.sendall(order.encode())
        except OSError:
            return None
        worker = _receive(channel)
        if worker is None:
            return None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, _: os.kill(worker, received))
        status = _receive(channel)
    return 1 if status is None else status


def _wait_and_run(descriptor: int, parse_arguments: Sequence[str]) -> None:
    """Load dbt and parse, take one order, run it. Ends without a word when interrupted while it waits."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from dbt.cli.main import dbtRunner

    from orchestration.transformation import dbt_logs

    dbt_logs.pass_debug_events_by()
    manifest = dbtRunner().invoke(list(parse_arguments)).result
    with socket.socket(fileno=descriptor) as listener:
        channel = _accept_own(listener)
    arguments = _take_order(channel)
    _send(channel, os.getpid())
    threading.Thread(target=_end_with, args=(channel,), daemon=True).start()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = 1
    try:
        _run(arguments, manifest)
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        sys.stdout.flush()
        garbage.leave_to_the_system()
        _send(channel, status)
    sys.exit(status)


def _take_order(channel: socket.socket) -> list[str]:
    """Put on the outputs, the environment and the directory of the other side; its arguments."""
    header, outputs, _, _ = socket.recv_fds(channel, _NUMBER.size, len(_OUTPUTS))
    with channel.makefile("rb") as stream:
        order = json.loads(stream.read(_NUMBER.unpack(header)[0]))
    for output, target in zip(outputs, _OUTPUTS, strict=True):
        os.dup2(output, target)
        os.close(output)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["directory"])
    return list(order["arguments"])


def _accept_own(listener: socket.socket) -> socket.socket:
    """The first connection of a process of this user: names of such sockets are open to everybody."""
    while True:
        channel, _ = listener.accept()
        peer = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        if _CREDENTIALS.unpack(peer)[1] == os.getuid():
            return channel
        channel.close()


def _end_with(channel: socket.socket) -> None:
    """End at once when the other side is gone, as dbt itself would have been."""
    if not channel.recv(1):
        os.kill(os.getpid(), signal.SIGKILL)


def _send(channel: socket.socket, number: int, descriptors: Sequence[int] = ()) -> None:
    socket.send_fds(channel, [_NUMBER.pack(number)], list(descriptors))


def _receive(channel: socket.socket) -> int | None:
    """The next number from the other side; None when it is gone."""
    try:
        received = channel.recv(_NUMBER.size, socket.MSG_WAITALL)
    except ConnectionResetError:
        return None
    return _NUMBER.unpack(received)[0] if len(received) == _NUMBER.size else None


def _die_with_parent() -> None:
    """Ask the kernel to end this process when its parent is killed, so that no orphan writes to work/."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
