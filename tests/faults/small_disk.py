"""Runs a command while one folder of a home lies on a disk with little space left, then with enough.

The disk is in memory and seen by the command alone (a mount namespace), so nothing of it stays behind.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from orchestration.home import PROJECT_ROOT
from tests import warehouse

_ENOUGH = "1g"


@dataclass(frozen=True)
class Night:
    """How a command ended, and what readers see after it: the hash of each file and of each table's rows."""

    status: int
    said: str
    files: dict[str, str]
    tables: dict[str, str]


def nights_on_a_small_disk(
    home: Path, folder: Path, free: int, command: tuple[str, ...], *, then_enough: bool = False
) -> list[Night]:
    """The command on a disk with so many bytes free, and once more when there is enough if that is wanted."""
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    arguments = [str(home), str(folder), str(free), str(int(then_enough)), *command]
    finished = subprocess.run(
        [*namespace, sys.executable, "-m", "tests.faults.small_disk", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
    )
    assert finished.returncode == 0, "No disk can be mounted here, and without one none can be full."
    return [Night(**night) for night in json.loads(finished.stdout)]


def _mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)


def _run(home: Path, command: list[str]) -> Night:
    finished = subprocess.run(
        [*warehouse.COMMAND, *command, "--home", str(home)], capture_output=True, text=True, check=False
    )
    seen = warehouse.current(home)
    files, tables = warehouse.file_hashes(seen), warehouse.table_hashes(seen)
    return Night(finished.returncode, finished.stderr, files, tables)


def main(home: str, folder: str, free: str, then_enough: str, *command: str) -> None:
    disk = Path(folder)
    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(disk, Path(aside) / "content", symlinks=True)
        _mount(disk, f"size={_ENOUGH}")
        shutil.copytree(Path(aside) / "content", disk, symlinks=True, dirs_exist_ok=True)
    _mount(disk, f"remount,size={shutil.disk_usage(disk).used + int(free)}")
    nights = [_run(Path(home), [*command])]
    if int(then_enough):
        _mount(disk, f"remount,size={_ENOUGH}")
        nights.append(_run(Path(home), [*command]))
    print(json.dumps([vars(night) for night in nights]))


if __name__ == "__main__":
    main(*sys.argv[1:])
