"""The files of refreshed cut-offs, and which cut-offs are on file: landed, or waiting for the next run.

Computing them belongs to cutoffs.py, reading the feed to landing.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import durable
from orchestration.errors import WrongUse
from orchestration.home import Home
from orchestration.ledger import short_hash
from orchestration.sources.tiers import CUTOFFS

if TYPE_CHECKING:
    from orchestration.ledger import Delivery

Rows = list[tuple[str, ...]]


def write(home: Home, name: str, content: bytes) -> str:
    """Write a file of cut-offs whole and durably, over none that is there; its path below the home."""
    folder = folder_of(home)
    with durable.disk_errors("Writing the cut-offs"):
        durable.make_directory(folder, 0o750)
        path, number = folder / f"{name}.csv", 1
        # The name of cut-offs that were withdrawn stays theirs.
        while path.exists():
            number += 1
            path = folder / f"{name}_{number}.csv"
        durable.create_file(path, content, 0o640)
    return path.relative_to(home.root).as_posix()


def folder_of(home: Home) -> Path:
    """Where the files of refreshed cut-offs lie."""
    assert CUTOFFS.written_to is not None
    return home.root / CUTOFFS.written_to


def on_file(home: Home, rows: Rows, content: bytes) -> str | None:
    """The path below the home of the file with exactly these rows, all of one policy version and date.

    None if nothing of that policy version and date is on file. Raises WrongUse for other cut-offs of them and
    for the same ones withdrawn.
    """
    if not rows:
        return None
    policy_id, policy_version, effective_from = key = rows[0][:3]
    of_these = f"of policy {policy_id} version {policy_version} from {effective_from} on"
    deliveries = _deliveries(home)
    own_id = short_hash(f"{CUTOFFS.folder}/{hashlib.sha256(content).hexdigest()}")
    if any(delivery.delivery_id == own_id and delivery.status == "withdrawn" for delivery in deliveries):
        raise WrongUse(
            f"Exactly these cut-offs {of_these} were withdrawn (delivery {own_id}); give another --from."
        )
    known = [
        (path, [row for row in found if row[:3] == key])
        for path, found in [*_landed_rows(home, deliveries), *_waiting_rows(home, deliveries)]
    ]
    last = next(((path, found) for path, found in reversed(known) if found), None)
    if last is None:
        return None
    if sorted(last[1]) != sorted(rows):
        raise WrongUse(
            f"Other cut-offs {of_these} are on file ({last[0]}), so nothing was written; give another "
            "--from, "
            "or take them out with `adoption withdraw` once they are landed."
        )
    return last[0]


def _deliveries(home: Home) -> list[Delivery]:
    from orchestration.ledger import Ledger

    if not home.ledger.exists():
        return []
    with Ledger(home.ledger) as ledger:
        found = [d for d in ledger.deliveries() if (d.source, d.feed) == (CUTOFFS.source, CUTOFFS.name)]
    return sorted(found, key=lambda delivery: (delivery.rank_at, delivery.ledger_order))


def _landed_rows(home: Home, deliveries: Iterable[Delivery]) -> list[tuple[str, Rows]]:
    """The accepted rows of the deliveries in effect, the one that wins last."""
    import duckdb

    landed = [d for d in deliveries if d.status == "landed" and d.parquet_path is not None]
    with duckdb.connect(":memory:") as database:
        return [
            (
                _place(home, delivery.file_path),
                [
                    tuple(str(cell) for cell in row)
                    for row in database.execute(
                        f"select {', '.join(CUTOFFS.csv_columns)} from read_parquet(?) where "
                        "reject_reason is null",
                        [str(home.root / str(delivery.parquet_path))],
                    ).fetchall()
                ],
            )
            for delivery in landed
        ]


def _place(home: Home, file_path: str) -> str:
    """Where a delivery's file lies below the home."""
    return file_path if file_path.startswith(f"{folder_of(home).name}/") else f"{home.inbox.name}/{file_path}"


def _waiting_rows(home: Home, deliveries: Iterable[Delivery]) -> list[tuple[str, Rows]]:
    """The rows of the files that this program wrote and no run has landed yet."""
    found = []
    for path in waiting_files(home, deliveries):
        with path.open(newline="", encoding="utf-8") as file:
            found.append(
                (path.relative_to(home.root).as_posix(), [tuple(row) for row in csv.reader(file)][1:])
            )
    return found


def waiting_files(home: Home, deliveries: Iterable[Delivery] | None = None) -> list[Path]:
    """Refreshed cut-offs that the next run takes up."""
    known = {delivery.file_path for delivery in (_deliveries(home) if deliveries is None else deliveries)}
    folder = folder_of(home)
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.glob("*.csv")) if f"{folder.name}/{path.name}" not in known]
