"""landing/known_statements.duckdb: what landed snapshots and statements say, so that each is read once.

How a run goes on from it belongs to the models that call `known_before`; this keeps the tables between runs.
They say which deliveries they were made from, so no generation needs them, and a lost file only costs time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from orchestration import durable
from orchestration.home import Home

# Tables of the scratch database that the next run reads; of one run, or not at all.
KEPT_TABLES = (
    "int_list_snapshot",
    "int_stated_list",
    "int_name_statement_span",
    "int_worker_statement_span",
    "int_statement_delivery",
    "int_statement_tally",
    "int_statement_count",
    "int_rejected_statement",
    "int_entitlement_statement",
    "int_service_account_statement",
    "int_rota_statement",
    "int_leave_statement",
)
_FILE_MODE = 0o600


def basis(node_hashes: Mapping[str, str], settings_hash: str) -> str:
    """Changes with whatever has every date built anew: what other models or settings made is not known."""
    text = json.dumps([sorted(node_hashes.items()), settings_hash])
    return hashlib.sha256(text.encode()).hexdigest()


def discard_foreign(home: Home, of: str) -> None:
    """Remove the file unless it is whole and was made on this basis. Needs the run lock."""
    if not _is_whole(home, of):
        discard(home)


def discard(home: Home) -> None:
    """Let the next run read every snapshot and statement anew."""
    home.known_statements.unlink(missing_ok=True)
    _seal(home).unlink(missing_ok=True)


def _is_whole(home: Home, of: str) -> bool:
    if not (_seal(home).exists() and home.known_statements.exists()):
        return False
    return _seal(home).read_bytes() == _sealed(home.known_statements, of)


def keep(home: Home, of: str, *, memory_limit: str, threads: int) -> None:
    """Put the tables of this run's scratch database in the place of those of the run before.

    dbt must have ended. A process that dies in between leaves the file of before, or one without its seal,
    which the next run does without.
    """
    import duckdb

    new = home.known_statements.with_suffix(".new")
    with durable.disk_errors("Keeping what statements say"):
        new.unlink(missing_ok=True)
        with duckdb.connect(
            str(new), config={"memory_limit": memory_limit, "threads": threads}
        ) as connection:
            scratch = str(home.scratch).replace("'", "''")
            connection.execute(f"attach '{scratch}' as scratch (read_only)")
            for table in KEPT_TABLES:
                connection.execute(f"create table {table} as select * from scratch.main.{table}")
        new.chmod(_FILE_MODE)
        durable.sync_file(new)
        sealed = _sealed(new, of)
        _seal(home).unlink(missing_ok=True)
        new.replace(home.known_statements)
        durable.write_file(_seal(home), sealed, _FILE_MODE)


def _seal(home: Home) -> Path:
    return home.known_statements.with_suffix(".sha256")


def _sealed(path: Path, of: str) -> bytes:
    with path.open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()} {of}\n".encode()
