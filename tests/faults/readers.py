"""Processes that read the generation in force over and over while others change it, and what they saw.

What a read must find belongs here; what changes the generation meanwhile belongs to the tests.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.home import EMPLOYEE_FILE, PROJECT_ROOT, PUBLISHED_FILES, Home
from orchestration.publishing import manifest, published

_ANY_TABLE = "select count(*) > 0 from duckdb_tables() where database_name = '{file}'"
# One figure of each published file, the same in all of them.
QUERIES = {"tiny": "select count(*) || last(run_id) from {file}.run", "night": _ANY_TABLE}


@dataclass
class Seen:
    """What all readers together saw. A mixed read is one whose files are not all of one generation."""

    reads: int = 0
    mixed: int = 0
    generations: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def add(self, other: dict[str, Any]) -> None:
        """Count in what one reader saw."""
        self.reads += other["reads"]
        self.mixed += other["mixed"]
        self.generations |= set(other["generations"])
        self.errors += other["errors"]


@contextmanager
def readers(home: Home, count: int, *, query: str, at_least: int = 0, pause: float = 0.0) -> Iterator[Seen]:
    """Let `count` processes read until the block ends, and together `at_least` so often; what they saw
    stands in the result after the block.

    `pause` is how long each waits between two reads, in seconds.
    """
    seen, each = Seen(), math.ceil(at_least / count)
    arguments = [str(home.root), str(count), query, str(each), str(pause)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.readers", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT_ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"
    try:
        yield seen
    finally:
        said, _ = process.communicate()
        for line in said.splitlines():
            seen.add(json.loads(line))
    assert process.returncode == 0


def read_once(reader: duckdb.DuckDBPyConnection, home: Home, query: str) -> tuple[int, bool]:
    """The generation a reader got, and whether every file it then opened was of it, to the byte and by its
    figures. `current` is resolved once, except for the one file a BI tool opens by its fixed path.
    """
    directory = home.current.resolve(strict=True)
    found = manifest.read(directory)
    figures = {_figure(reader, directory / name, query) for name in PUBLISHED_FILES}
    _figure(reader, home.current / EMPLOYEE_FILE, query)
    is_whole = len(figures) == 1 and directory == published.directory_of(home, found.generation).resolve()
    for name, entry in found.files.items():
        is_whole &= hashlib.sha256((directory / name).read_bytes()).hexdigest() == entry.sha256
    return found.generation, is_whole


def _figure(reader: duckdb.DuckDBPyConnection, path: Path, query: str) -> object:
    reader.execute(f"attach '{path}' as file (read_only)")
    try:
        return reader.execute(query.format(file="file")).fetchone()
    finally:
        reader.execute("detach file")


def _read_until_told(home: Home, query: str, at_least: int, pause: float) -> Seen:
    seen, reader = Seen(), duckdb.connect(config={"threads": 1})
    while True:
        try:
            generation, is_whole = read_once(reader, home, query)
            seen.generations.add(generation)
            seen.mixed += not is_whole
        except Exception as error:
            seen.errors.append(f"{type(error).__name__}: {error}")
        seen.reads += 1
        if select.select([sys.stdin], [], [], pause)[0] and seen.reads >= at_least:
            return seen


def main(root: str, count: str, query: str, at_least: str, pause: str) -> None:
    for _ in range(int(count)):
        if os.fork() == 0:
            seen = _read_until_told(Home(Path(root)), QUERIES[query], int(at_least), float(pause))
            os.write(1, _line(seen))
            os._exit(0)
    print("reading", flush=True)
    for _ in range(int(count)):
        os.wait()


def _line(seen: Seen) -> bytes:
    """What one reader saw, short enough to be written in one piece whatever the others write."""
    some = {"generations": sorted(seen.generations)[-50:], "errors": [text[:500] for text in seen.errors[:3]]}
    line = json.dumps(vars(seen) | some).encode() + b"\n"
    assert len(line) <= select.PIPE_BUF
    return line


if __name__ == "__main__":
    main(*sys.argv[1:])
