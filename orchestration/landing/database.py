"""DuckDB as landing uses it: in memory, with nothing written to disk but what it is told to write.

It never spills: a spill file would hold raw lines outside the inbox.
"""

from __future__ import annotations

import duckdb

from orchestration.settings import Settings


def open_database(settings: Settings) -> duckdb.DuckDBPyConnection:
    """One database for all files of a run, within the limits of the settings."""
    return _open(settings.duckdb_memory_limit, settings.duckdb_threads)


def open_database_of_workers(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One for workers who each run statements of one thread, with the memory limit of another.

    Threads that DuckDB shared among them would wait for each other.
    """
    (memory_limit,) = database.execute("select current_setting('memory_limit')").fetchone() or ("",)
    return _open(memory_limit, 1)


def _open(memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": str(threads),
            "memory_limit": memory_limit,
            "temp_directory": "",
            "preserve_insertion_order": "true",
            # A file in memory is written anew for each segment; what stood in it before is not to be known.
            "enable_external_file_cache": "false",
        },
    )
    database.execute("set enable_progress_bar = false")
    return database
