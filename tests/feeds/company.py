"""The company of the cases: its files, those of all cases together, and its one night.

What stands in the files of a feed belongs to the case; this only puts them into an inbox.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from itertools import chain
from pathlib import Path
from typing import Any

from orchestration.sources import FEEDS
from tests import warehouse
from tests.feeds import CASES, rota
from tests.feeds.case import FRIDAY, MONDAY, PEOPLE

WORKER_COLUMNS = tuple(column for column in FEEDS["hr/workers"].csv_columns)


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _company_files() -> dict[str, str]:
    """The workforce, an agreement, and access of everybody to every tool of the cases."""
    workers = [
        {
            "employee_id": person.employee_id,
            "work_email": person.work_email,
            "display_name": "Somebody",
            "github_login": person.github_login,
            "line_of_business": "Markets",
            "country_code": "US",
            "fte_fraction": "1",
            "working_weekdays": "1111100",
            "hired_date": "2020-01-06",
            "employment_status": "active",
        }
        for person in PEOPLE
    ]
    tools = sorted(frozenset(chain.from_iterable(case.tools for case in CASES)))
    entitlements = [
        {"employee_id": person.employee_id, "tool_id": tool, "status": "granted", "from_date": "2026-01-05"}
        for person in PEOPLE
        for tool in tools
    ]
    return {
        f"hr/workers/workers_{MONDAY}_20260302T010000Z.csv": _csv(WORKER_COLUMNS, workers),
        "governance/agreements/agreements.csv": _csv(
            FEEDS["governance/agreements"].csv_columns,
            [{"country_code": "US", "agreement_id": "A-1", "from_date": "2024-01-01"}],
        ),
        "access/entitlements/entitlements.csv": _csv(FEEDS["access/entitlements"].csv_columns, entitlements),
    }


def company_files() -> dict[str, bytes]:
    """Every file of the company by its path below the inbox."""
    files: dict[str, str | bytes] = {**_company_files(), **rota.FILES}
    for case in CASES:
        files |= case.files
    return {
        path: content.encode() if isinstance(content, str) else content for path, content in files.items()
    }


def deliver(home: Path, paths: Collection[str]) -> None:
    """Put some of the company's files into the inbox of a home."""
    for path, content in company_files().items():
        if path in paths:
            target = home / "inbox" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def publish_night(home: Path) -> None:
    """Publish what lies in the inbox; the gate, which holds a company so small, is overruled."""
    warehouse.publish(home, FRIDAY, "a company of three people is no measure of shares")


def make_home(home: Path) -> None:
    """A home with a fixed key, so that pseudonyms are equal between homes, and an empty inbox."""
    home.mkdir(parents=True)
    (home / "adoption.toml").write_text('[sources.chatgpt]\ncontent_access_approval_id = "DPIA-1"\n')
    key = home / "pseudonym.key"
    key.write_text(warehouse.KEY)
    key.chmod(0o600)


def publish_company(home: Path, without: Collection[str] = ()) -> None:
    """A home and one night over the files."""
    make_home(home)
    deliver(home, company_files().keys() - set(without))
    publish_night(home)
