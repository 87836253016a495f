"""Reading of a closed candidate: four files attached read-only, small frames out, everything closed again.

Frames hold aggregates (a row per feed, date, table or tool), never a key or a name of a person.
What is asked of them belongs to claims/, what is expected to suites.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from data_quality.thresholds import Thresholds
from orchestration.errors import RunFailed
from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE, SHARED_FILE

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

DATABASES = {"adoption": EMPLOYEE_FILE, "shared": SHARED_FILE, "identity": IDENTITY_FILE}


@dataclass(frozen=True)
class CandidateReader:
    """Read access to one candidate and the scratch database of its run, while `open_candidate` lasts.

    Queries see `adoption`, `shared`, `identity` and `scratch` as databases, `run_scope` (one row: as_of_date,
    previous_as_of_date) and `touched` (the dates this run rebuilt, up to the as-of date).
    """

    connection: duckdb.DuckDBPyConnection
    as_of_date: date
    previous_as_of_date: date | None
    columns: Mapping[
        str, Mapping[str, str]
    ]  # types by column by `database.schema.table`, of the published files

    def frame(self, query: str) -> pd.DataFrame:
        """The result of a query that aggregates; raises duckdb.Error."""
        return self.connection.execute(query).df()

    def count(self, query: str) -> int:
        """The one number a query gives, 0 for NULL; raises duckdb.Error."""
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def thresholds(self, today: date) -> Thresholds:
        """What `ops.gate_threshold` of the candidate says up to `today`; raises RunFailed if unreadable."""
        import duckdb

        try:
            rows = self.connection.execute(
                "select check_name, threshold_name, threshold_value from adoption.ops.gate_threshold "
                "where valid_from <= ? order by valid_from, check_name, threshold_name",
                [today],
            ).fetchall()
        except duckdb.Error:
            raise RunFailed(
                f"Table ops.gate_threshold of {EMPLOYEE_FILE} cannot be read; run the models of "
                "dbt_project/models/ops again."
            ) from None
        return Thresholds.from_rows(rows)


@contextmanager
def open_candidate(candidate: Path, scratch: Path) -> Iterator[CandidateReader]:
    """The candidate's three files and the scratch database, read-only; all are closed when the block ends.

    Raises RunFailed when a file is missing or cannot be opened, or when the run's window is not stated.
    """
    import duckdb

    files = {name: candidate / file for name, file in DATABASES.items()} | {"scratch": scratch}
    for path in files.values():
        if not path.is_file():
            raise RunFailed(
                f"The candidate is not complete: {path} is missing; run the transformation again."
            )
    connection = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": str(scratch.parent / "audit_spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    try:
        try:
            for name, path in files.items():
                connection.execute(f"attach {_quoted(path)} as {name} (read_only)")
            reader = _with_scope(connection)
        except duckdb.Error as error:
            raise RunFailed(
                f"The candidate in {candidate} cannot be read ({type(error).__name__}); end whatever has its "
                "files open, and run again."
            ) from None
        yield reader
    finally:
        connection.close()


def _with_scope(connection: duckdb.DuckDBPyConnection) -> CandidateReader:
    connection.execute(
        "create temp table run_scope as select as_of_date, previous_as_of_date from scratch.run.run_window"
    )
    window = connection.execute("select as_of_date, previous_as_of_date from run_scope").fetchall()
    if len(window) != 1:
        raise RunFailed(f"run.run_window of the scratch database holds {len(window)} rows; it must hold one.")
    built = connection.execute(
        "select count(*) from duckdb_columns() where database_name = 'scratch' and schema_name = 'main' "
        "and table_name = 'int_touched_date' and column_name = 'activity_date'"
    ).fetchone()
    table = "scratch.main.int_touched_date" if built and built[0] else "scratch.run.touched_date"
    connection.execute(
        f"create temp table touched as select distinct dates.activity_date from {table} as dates, run_scope "
        "where dates.activity_date <= run_scope.as_of_date"
    )
    return CandidateReader(connection, window[0][0], window[0][1], _published_columns(connection))


def _published_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for database, schema, table, column, data_type in connection.execute(
        """
        select database_name, schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where database_name in ('adoption', 'shared', 'identity') and not internal
        order by all
        """
    ).fetchall():
        found.setdefault(f"{database}.{schema}.{table}", {})[column] = data_type
    return found


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
