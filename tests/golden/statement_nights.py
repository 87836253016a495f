"""Nights of the models that read snapshots and statements, and of no other: real landing, ledger and dbt.

What is drawn and what is expected belongs to the test and to tests/oracle/statements.py.
"""

from __future__ import annotations

from contextlib import chdir
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.home import PROJECT_ROOT, Home
from orchestration.ledger import Ledger
from orchestration.pseudonym import ensure_key
from orchestration.transformation import dbt_run, known_statements, scratch
from orchestration.transformation.run_scope import DeliveryDates, RunScope, is_in_effect, is_relevant
from tests.unit.landing_home import APPROVED, LandingHome

MODELS = (*known_statements.KEPT_TABLES, "int_employment_span")
BASIS = "the models of this test"
MORNING = datetime(2026, 4, 1, 2, 30)
_parsed: list[Any] = []


class StatementNights:
    """One home whose nights build what the statements say."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.landing = LandingHome(self.home)
        self.night_count = 0
        self.home.landing.mkdir(parents=True)
        self.home.candidate.mkdir(parents=True)
        ensure_key(self.home, self.home.default_key)

    def put(self, path: str, content: str) -> None:
        """Deliver a file."""
        self.landing.put(path, content)

    def withdraw(self, path: str) -> None:
        """Take out the delivery of a file."""
        with Ledger(self.home.ledger) as ledger:
            (found,) = [one.delivery_id for one in ledger.deliveries() if one.file_path == path]
            ledger.withdraw(found, "drawn")

    def land(self) -> None:
        """Look at the inbox; every file of the test must land."""
        self.night_count += 1
        now = MORNING + timedelta(minutes=self.night_count)
        report = self.landing.land(now=now)
        assert report.refused == () and report.frozen == ()

    def build(self, as_of: date, *, knows_before: bool = True) -> None:
        """Build the models on what is landed, and keep what the next night goes on from."""
        if not knows_before:
            known_statements.discard(self.home)
        known_statements.discard_foreign(self.home, BASIS)
        self.home.scratch.unlink(missing_ok=True)
        with Ledger(self.home.ledger) as ledger:
            deliveries, dates = ledger.deliveries(), DeliveryDates.of(ledger.delivery_dates())
        scratch.write_run_tables(
            self.home.scratch,
            _scope(as_of, tuple(d for d in deliveries if is_in_effect(d) and is_relevant(d, dates, as_of))),
            dates,
            home_root=self.home.root,
            run_id="test",
            generation_number=1,
            built_at=MORNING,
        )
        _run_models(self.home)
        known_statements.keep(self.home, BASIS, memory_limit="1GB", threads=1)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the last night built."""
        with duckdb.connect(str(self.home.scratch), read_only=True) as connection:
            return connection.execute(query).fetchall()


def _scope(as_of: date, deliveries: tuple[Any, ...]) -> RunScope:
    return RunScope(
        requested_date=as_of,
        as_of_date=as_of,
        previous_as_of_date=as_of,
        first_date=as_of,
        previous_first_date=as_of,
        is_full_rebuild=False,
        touched_dates=(),
        deliveries=deliveries,
        pending_ids=frozenset(),
        is_due=True,
        reason="test",
    )


def _run_models(home: Home) -> None:
    """In this process, parsed once: starting dbt anew takes longer than the models."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    environment = dbt_run.dbt_environment(home, APPROVED, home.default_key)
    selection = " ".join(f"+{name}" for name in MODELS)
    with dbt_run.applied_environment(environment), chdir(PROJECT_ROOT):
        if not _parsed:
            _parsed.append(dbtRunner().invoke([*dbt_run.GLOBAL_FLAGS, *dbt_run.PARSE_ARGUMENTS]).result)
        try:
            result = dbtRunner(manifest=_parsed[0]).invoke(
                [*dbt_run.GLOBAL_FLAGS, *dbt_run.models_arguments(selection)]
            )
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    assert result.success, result.exception or str(result.result)
