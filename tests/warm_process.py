"""A process that has imported what a night imports, and forks for each command that it is asked to run.

Nights are most of what the suite costs, and imports a third of a night's processor time. What a command does
in the fork is what it does in a process of its own; that such a one works from its start on is for the tests
that start one by `subprocess`. Run as a module: a request a line on standard input (JSON), the exit status of
its fork a line on standard output.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestration.home import PROJECT_ROOT

# Imports alone: none of them starts a thread or opens a file that a fork would share.
_MODULES = ("orchestration.command_line.cli", "orchestration.definitions", "orchestration.landing.land")


@dataclass
class WarmProcesses:
    """Processes that wait for a command; one that is at work is not asked for another."""

    _idle: list[subprocess.Popen[str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run the command line with these arguments; its exit status, negative for a signal, and what it
        printed.
        """
        with self._lock:
            process = self._idle.pop() if self._idle else _start()
        with TemporaryDirectory() as folder:
            output, errors = Path(folder) / "output", Path(folder) / "errors"
            request = {
                "arguments": arguments,
                "environment": environment,
                "output": str(output),
                "errors": str(errors),
                "directory": str(Path.cwd()),
            }
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            status = int(process.stdout.readline())
            with self._lock:
                self._idle.append(process)
            return subprocess.CompletedProcess(
                arguments, status, output.read_text("utf-8"), errors.read_text("utf-8")
            )


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.warm_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )


def _serve() -> None:
    """Answer requests until standard input ends; returns in the forks, which are to run a command."""
    for name in _MODULES:
        importlib.import_module(name)
    importlib.import_module("data_quality.gate").warm_up()
    while line := sys.stdin.readline():
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    sys.exit()


def _become(request: dict[str, Any]) -> None:
    """Take over the arguments, environment, directory and streams that a process of its own would have."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    sys.argv = ["adoption", *request["arguments"]]
    for target, source in ((0, os.devnull), (1, request["output"]), (2, request["errors"])):
        flags = os.O_RDONLY if target == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(source, flags, 0o600)
        os.dup2(descriptor, target)
        os.close(descriptor)


def _run() -> None:
    """Run the command line, and end as an interpreter does but for the destructors of libraries in C++: they
    would wait for threads that the fork does not have.
    """
    status: object = 1
    try:
        importlib.import_module("orchestration.command_line.cli").main()
        status = 0
    except SystemExit as exit_:
        status = exit_.code or 0
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    _serve()
    _run()
