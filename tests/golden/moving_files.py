"""Writes what a moving company and its vendors state into an inbox, in their own formats.

What they state is drawn in moving_company.py.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.sources import FEEDS
from tests.oracle.actors import Account, Files, Use, Worker

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def write_company(home: Path, files: Files) -> None:
    """The workforce, one agreement for its country, and all use; no list of names yet."""
    inbox = home / "inbox"
    (home / "adoption.toml").write_text('[sources.chatgpt]\ncontent_access_approval_id = "DPIA-1"\n')
    first = min(files.workers)
    _put(
        inbox / "governance/agreements/agreements.csv",
        f"country_code,legal_entity_code,agreement_id,from_date,to_date\nUS,,A-1,{first},\n",
    )
    for day, workers in files.workers.items():
        _put(inbox / f"hr/workers/workers_{day}.csv", _workers_csv(workers))
        of_day = [use for use in files.uses if use.day == day]
        _put(inbox / f"claude_code/usage_report/{day}.json", _claude_page(day, of_day))
        _put(inbox / f"github_copilot/users_1_day/{day}.ndjson", _copilot_lines(day, of_day))
        _put(inbox / f"chatgpt/conversation_messages/{day}.ndjson", _chat_lines(day, of_day))


def write_lists(home: Path, files: Files) -> None:
    """The lists that link names: a vendor's users, accounts of the identity provider, GitHub's identities."""
    inbox = home / "inbox"
    for day, users in files.users.items():
        data = [{"id": user, "email": mail, "name": "CANARY"} for user, mail in users]
        _put(inbox / f"chatgpt/users/{day}.json", json.dumps({"data": data, "has_more": False}))
    for day, accounts in files.accounts.items():
        resources = [_scim_user(number, account) for number, account in enumerate(accounts)]
        _put(inbox / f"scim/users/{day}.json", json.dumps({"Resources": resources}))
    for day, identities in files.identities.items():
        rows = [
            {
                "samlIdentity": {"nameId": name_id},
                "user": None if login is None else {"login": login.title()},
            }
            for name_id, login in identities
        ]
        _put(inbox / f"github/saml_identities/{day}.ndjson", _lines(rows))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def _workers_csv(workers: list[Worker]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=FEEDS["hr/workers"].csv_columns, restval="", lineterminator="\n")
    writer.writeheader()
    for row in workers:
        writer.writerow(
            {
                "employee_id": row.employee_id,
                "work_email": row.mail.title(),
                "email_aliases": ";".join(row.aliases),
                "github_login": row.login or "",
                "country_code": "US",
                "line_of_business": "Bank",
                "org_unit_id": "OU-1",
                "worker_type": "employee",
                "fte_fraction": "1",
                "working_weekdays": "1111100",
                "hired_date": row.hired.isoformat(),
                "terminated_date": "" if row.left is None else row.left.isoformat(),
                "employment_status": "active",
            }
        )
    return text.getvalue()


def _scim_user(number: int, account: Account) -> dict[str, Any]:
    user: dict[str, Any] = {
        "id": f"scim-{account.user_name}",
        "userName": account.user_name,
        "displayName": "CANARY",
        "active": number % 20 != 0,
        "emails": [{"value": mail, "primary": True} for mail in account.mails],
    }
    if account.employee_number is not None:
        user[ENTERPRISE] = {"employeeNumber": account.employee_number, "department": "CANARY"}
    return user


def _claude_page(day: date, uses: list[Use]) -> str:
    data = [
        {
            "date": f"{day}T00:00:00Z",
            "actor": {"type": "user_actor", "email_address": use.name},
            "organization_id": "org-1",
            "customer_type": "api",
            "terminal_type": f"t{number}",
            "core_metrics": {
                "num_sessions": 1,
                "lines_of_code": {"added": use.amount, "removed": 0},
                "commits_by_claude_code": 0,
                "pull_requests_by_claude_code": 0,
            },
            "model_breakdown": [],
        }
        for number, use in enumerate(uses)
        if use.tool == "claude_code"
    ]
    return json.dumps({"data": data, "has_more": False})


def _copilot_lines(day: date, uses: list[Use]) -> str:
    return _lines(
        {
            "day": day.isoformat(),
            "user_id": number,
            "user_login": use.name,
            "user_initiated_interaction_count": use.amount,
        }
        for number, use in enumerate(uses)
        if use.tool == "github_copilot"
    )


def _chat_lines(day: date, uses: list[Use]) -> str:
    noon = (day - date(1970, 1, 1)).days * 86_400 + 43_200
    return _lines(
        {
            "id": f"c{day}-{number}",
            "user_id": use.name,
            "user_email": None,
            "created_at": noon,
            "message": {"id": f"m{day}-{number}-{message}", "created_at": noon, "author": {"role": "user"}},
        }
        for number, use in enumerate(uses)
        if use.tool == "chatgpt"
        for message in range(use.amount)
    )
