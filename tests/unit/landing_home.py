"""A home with files put into its inbox, and what landing made of them. For tests of landing only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.home import Home
from orchestration.landing.land import LandingReport, land_inbox
from orchestration.ledger import Delivery, Ledger
from orchestration.settings import Settings, SourceSettings

NOW = datetime(2026, 3, 31, 2, 30)
APPROVED = Settings(
    earliest_date=date(2024, 1, 1),
    duckdb_memory_limit="1GB",
    sources={"chatgpt": SourceSettings(content_access_approval_id="DPIA-1")},
)
CLAUDE = "claude_code/usage_report"
COPILOT = "github_copilot/users_1_day"
CHATGPT = "chatgpt/conversation_messages"
ANALYTICS = "chatgpt/user_analytics"
M365 = "m365_copilot/usage_user_detail"
AMAZON_Q = "amazon_q/user_activity"
WORKERS_HEADER = (
    "employee_id,work_email,email_aliases,display_name,github_login,manager_employee_id,org_unit_id,"
    "line_of_business,job_family,job_level,worker_type,country_code,country_subdivision_code,site_code,"
    "legal_entity_code,fte_fraction,working_weekdays,hired_date,terminated_date,employment_status"
)
CUTOFF_COLUMNS = (
    "policy_id,policy_version,effective_from,scope_code,group_level,group_code,percentile,weekly_mean,"
    "person_count"
)


@dataclass(frozen=True)
class LandingHome:
    """One made-up installation below a temporary directory."""

    home: Home

    def put(self, relative: str, content: str | bytes) -> Path:
        """Write a file into the inbox."""
        path = self.home.inbox / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land(self, settings: Settings = APPROVED, now: datetime = NOW) -> LandingReport:
        """Look at the inbox once."""
        return land_inbox(self.home, settings, now=now)

    def rows(self, delivery: Delivery, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of a delivery's Parquet file in their order."""
        path = self.home.root / str(delivery.parquet_path)
        with duckdb.connect() as database:
            cursor = database.execute(f"select {columns} from read_parquet('{path}')")
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def landed_rows(self, relative: str, content: str | bytes, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of one file that must land whole."""
        self.put(relative, content)
        report = self.land()
        assert report.refused == ()
        (delivery,) = report.landed
        return self.rows(delivery, columns)

    def refusal(self, relative: str, content: str | bytes) -> str:
        """The sentence with which one file is refused; nothing of it may have been landed."""
        self.put(relative, content)
        report = self.land()
        assert report.landed == ()
        assert list(self.home.landing.rglob("*.parquet")) == []
        (refused,) = report.refused
        assert refused.path == relative
        return refused.sentence

    def deliveries(self) -> list[Delivery]:
        """What the ledger holds."""
        with Ledger(self.home.ledger) as ledger:
            return ledger.deliveries()


def stated(row: dict[str, Any]) -> dict[str, Any]:
    """What a row states: its values without the NULLs and the id of the delivery."""
    return {column: value for column, value in row.items() if value is not None and column != "delivery_id"}


def claude_record(email: str = "ann@example.com", **changes: Any) -> dict[str, Any]:
    """One valid record of the Claude Code report, with top-level keys replaced."""
    return {
        "date": "2026-03-02T00:00:00Z",
        "actor": {"type": "user_actor", "email_address": email},
        "organization_id": "org-1",
        "customer_type": "api",
        "terminal_type": "vscode",
        "core_metrics": {
            "num_sessions": 5,
            "lines_of_code": {"added": 7, "removed": 2},
            "commits_by_claude_code": 1,
            "pull_requests_by_claude_code": 0,
        },
        "tool_actions": {
            "edit_tool": {"accepted": 4, "rejected": 1},
            "write_tool": {"accepted": 2, "rejected": 0},
        },
        "model_breakdown": [
            {
                "model": "claude-opus-5",
                "tokens": {"input": 10, "output": 20, "cache_read": 30, "cache_creation": 40},
                "estimated_cost": {"currency": "USD", "amount": 186},
            }
        ],
    } | changes


def copilot_record(login: str = "ann_acme", **changes: Any) -> dict[str, Any]:
    """One valid record of the Copilot report."""
    return {
        "day": "2026-03-02",
        "user_id": 1,
        "user_login": login,
        "user_initiated_interaction_count": 3,
        "used_chat": True,
    } | changes


def chat_record(message_id: str = "m1", **changes: Any) -> dict[str, Any]:
    """One valid message of the ChatGPT compliance feed, content included."""
    return {
        "id": "c1",
        "created_at": 1772409600.0,
        "title": "CANARY-TITLE",
        "user_id": "user-1",
        "user_email": "ann@example.com",
        "workspace_id": "w",
        "message": {
            "id": message_id,
            "created_at": 1772409600.25,
            "author": {"role": "user", "tool_name": "CANARY-TOOL"},
            "content": {"type": "text", "value": "CANARY-PROMPT", "annotations": ["CANARY-NOTE"]},
            "files": {"data": [{"id": "f", "name": "CANARY-FILE.txt"}]},
        },
    } | changes


def page(*records: dict[str, Any], has_more: bool = False) -> str:
    """A page as the vendor returns it."""
    return json.dumps({"data": list(records), "has_more": has_more, "next_page": "p" if has_more else None})


def ndjson(*records: dict[str, Any]) -> str:
    """Records one a line."""
    return "".join(json.dumps(record) + "\n" for record in records)


def worker_row(employee_id: str = "007", **changes: str) -> str:
    """One valid CSV line of the workforce."""
    row = dict.fromkeys(WORKERS_HEADER.split(","), "")
    row |= {"employee_id": employee_id, "hired_date": "2020-02-01", "country_code": "US"} | changes
    return ",".join(row.values()) + "\n"
