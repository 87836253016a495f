"""Names stay in the identity file, people without an agreement nowhere, content in the inbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.pseudonym import pseudonym
from tests import warehouse
from tests.golden.conftest import FIRST, LAST
from tests.oracle.truth import Person, holds, read_truth

CONTENT_CANARY = "CONTENT-CANARY"
pytestmark = pytest.mark.slow


def texts(path: Path) -> Iterator[tuple[str, set[str]]]:
    """(schema.table.column, its distinct values) of every text column of a published file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "where data_type = 'VARCHAR'"
        ).fetchall()
        for schema, table, column in columns:
            rows = connection.execute(f'select distinct "{column}" from {schema}.{table}').fetchall()
            yield f"{schema}.{table}.{column}", {value for (value,) in rows if value is not None}


def people(home: Path) -> list[dict[str, Any]]:
    lines = (home / "sample_truth" / "people.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def names(home: Path) -> set[str]:
    """Every employee id, address and login of the company, as any file states it."""
    found = {person["employee_id"] for person in people(home)}
    for line in (home / "sample_truth" / "identities.jsonl").read_text().splitlines():
        identity = json.loads(line)
        found |= {
            str(value).lower() for value in identity.values() if isinstance(value, str) and "@" in value
        }
        found |= {identity["name"].lower()} if "name" in identity else set()
    return found


def test_no_id_or_address_stands_outside_the_identity_file(truth_home: Path) -> None:
    known = names(truth_home)
    assert len(known) > 2_000
    directory = warehouse.current(truth_home)
    for file_name in ("adoption.duckdb", "adoption_shared.duckdb"):
        for column, values in texts(directory / file_name):
            assert not {value for value in values if value.lower() in known or "@" in value}, column
    identity = dict(texts(directory / "adoption_identity.duckdb"))
    assert len(identity["marts.employee_identity.employee_id"]) > 900


def test_people_without_an_agreement_have_no_row_anywhere(truth_home: Path) -> None:
    never = [person for person in read_truth(truth_home / "sample_truth").people if not ever_included(person)]
    assert never
    key = bytes.fromhex(warehouse.KEY)
    hidden = {pseudonym(key, "employee", person.employee_id) for person in never}
    hidden |= {person.employee_id for person in never}
    for path in warehouse.current(truth_home).glob("*.duckdb"):
        for column, values in texts(path):
            assert not values & hidden, f"{path.name} {column}"


def ever_included(person: Person) -> bool:
    """Whether an agreement covers the person on an employed day within the data."""
    days = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
    return any(
        any(holds(span, day) for span in person.included)
        and any(holds(stint, day) for stint in person.stints)
        for day in days
    )


def test_content_stays_in_the_inbox(truth_home: Path) -> None:
    outside = [
        path
        for path in truth_home.rglob("*")
        if path.is_file() and "inbox" not in path.relative_to(truth_home).parts[:1]
    ]
    assert len(outside) > 300
    canary = CONTENT_CANARY.encode()
    for path in outside:
        assert canary not in path.read_bytes(), path
    for path in (truth_home / "landing" / "chatgpt").rglob("*.parquet"):
        rows = duckdb.execute("select * from read_parquet(?)", [str(path)]).fetchall()
        assert CONTENT_CANARY not in repr(rows), path
    messages = (truth_home / "inbox" / "chatgpt" / "conversation_messages").glob("*.ndjson")
    assert any(canary in path.read_bytes() for path in messages)
