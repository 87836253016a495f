"""The raw files of one night of a drawn bank, in the vendors' formats, drawn by bank_files.sql.

What is done with them belongs to the benchmarks.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

PEOPLE = 65_000
# a person on a working day
REQUESTS, MESSAGES = 70, 18
# people stay in their units up to it
MOVES_FROM = date(2026, 2, 11)
USAGE = ("spend_logs", "conversation_messages", "users_1_day", "usage_report")
FOLDERS = {
    "spend_logs": "litellm/spend_logs",
    "conversation_messages": "chatgpt/conversation_messages",
    "users_1_day": "github_copilot/users_1_day",
    "usage_report": "claude_code/usage_report",
    "workers": "hr/workers",
    "org_units": "hr/org_units",
    "entitlements": "access/entitlements",
    "agreements": "governance/agreements",
}
_FILES = Path(__file__).with_name("bank_files.sql")


def tables(connection: duckdb.DuckDBPyConnection, people: int, day: date) -> None:
    """Draw the night as tables of the connection's database, one a feed."""
    text = _FILES.read_text(encoding="utf-8")
    values = {
        "$people": people,
        "$day": day,
        "$moves_from": MOVES_FROM,
        "$requests": REQUESTS,
        "$messages": MESSAGES,
    }
    for name, value in values.items():
        text = text.replace(name, str(value))
    connection.execute("set enable_progress_bar = false")
    connection.execute(text)


def path(home: Path, table: str, day: date) -> Path:
    """Where the night's file of a feed lies in the inbox of a home."""
    return home / "inbox" / FOLDERS[table] / f"{day}.{'json' if table in USAGE else 'csv'}"


def write(
    connection: duckdb.DuckDBPyConnection, home: Path, day: date, names: tuple[str, ...] = tuple(FOLDERS)
) -> None:
    """Write drawn tables into the inbox of a home."""
    for name in names:
        file = path(home, name, day)
        file.parent.mkdir(parents=True, exist_ok=True)
        form = "(format json)" if name in USAGE else "(format csv, header)"
        connection.execute(f"copy {name} to '{file}' {form}")


def draw(home: Path, people: int, day: date) -> None:
    """Draw a night and write all its files into the inbox of a home."""
    scratch = home / "drawn.duckdb"
    with duckdb.connect(str(scratch)) as connection:
        tables(connection, people, day)
        write(connection, home, day)
    scratch.unlink()
