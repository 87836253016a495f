"""A sample company in which some people use tools that the deciding feed cannot see them use.

Takes their rows out of the deciding feeds and writes what the vendors' other feeds say instead: seats with
the true last activity, telemetry of Claude Code. Which tiers follow belongs to the test.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import zstandard

from tests.oracle.truth import Person, Truth, holds, read_truth

FIRST, LAST = date(2026, 2, 1), date(2026, 3, 12)
DAYS = tuple(FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1))
DRAWN_COUNT = 6
# Of so many people both feeds of Claude Code tell the same.
SEEN_BY_BOTH_COUNT = 4
COPILOT, CLAUDE = "github_copilot", "claude_code"
BEDROCK_MODEL = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"

Uses = Mapping[str, Iterable[date]]


@dataclass(frozen=True)
class Drawn:
    """Employee ids: without telemetry of Copilot, on Bedrock alone, and seen by both feeds of Claude Code."""

    without_telemetry: tuple[str, ...]
    on_bedrock: tuple[str, ...]
    seen_by_both: tuple[str, ...]

    @property
    def invisible(self) -> frozenset[str]:
        """Everybody whom a deciding feed does not see."""
        return frozenset((*self.without_telemetry, *self.on_bedrock))


def draw(home: Path) -> Drawn:
    """People employed, included, granted and known by one name throughout, with use in the first weeks."""
    truth = read_truth(home / "sample_truth")
    names = _names(home)
    steady = [person for person in truth.people if _is_steady(person, names[person.employee_id])]
    copilot = [p.employee_id for p in steady if _may_use(p, COPILOT) and _uses_early(truth, p, COPILOT)]
    claude = [p.employee_id for p in steady if _may_use(p, CLAUDE) and _uses_early(truth, p, CLAUDE)]
    without_telemetry = tuple(copilot[:DRAWN_COUNT])
    others = [person for person in claude if person not in without_telemetry]
    on_bedrock = tuple(others[:DRAWN_COUNT])
    seen_by_both = tuple(others[DRAWN_COUNT : DRAWN_COUNT + SEEN_BY_BOTH_COUNT])
    assert (len(without_telemetry), len(on_bedrock), len(seen_by_both)) == (6, 6, 4)
    return Drawn(without_telemetry, on_bedrock, seen_by_both)


def take_out(home: Path, drawn: Drawn) -> dict[str, list[dict[str, Any]]]:
    """Take the drawn people's rows out of the deciding feeds; the Copilot rows by login, as they were."""
    names = _names(home)
    logins = {names[person]["github_login"].lower() for person in drawn.without_telemetry}
    actors = _keys_of(home, drawn.on_bedrock) | {
        address.strip().lower()
        for person in drawn.on_bedrock
        for address in (names[person]["work_email"], *names[person]["email_aliases"].split(";"))
    }
    taken: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def keeps_copilot(row: dict[str, Any]) -> bool:
        login = str(row.get("user_login", "")).lower()
        if login in logins:
            taken[login].append(row)
        return login not in logins

    for path in (home / "inbox" / COPILOT / "users_1_day").iterdir():
        _rewrite(path, lambda text: _without_lines(text, keeps_copilot))
    for path in (home / "inbox" / CLAUDE / "usage_report").iterdir():
        _rewrite(path, lambda text: _without_page_rows(text, actors))
    return dict(taken)


def write_evidence(home: Path, drawn: Drawn, days: Iterable[date] = DAYS) -> None:
    """The seats of every night, and telemetry of Claude Code of every day."""
    names = _names(home)
    truth = read_truth(home / "sample_truth")
    uses: dict[tuple[str, str], list[date]] = defaultdict(list)
    for employee_id, tool, day in truth.usage:
        uses[employee_id, tool].append(day)
    holders = [person for person in names if names[person]["github_login"]]
    for day in days:
        seats = {
            names[person]["github_login"]: _last_before(uses[person, COPILOT], day) for person in holders
        }
        _put(home, f"{COPILOT}/seats/seats_{day}_{_stamp(day)}.json", _seats(seats))
        lines = [
            _telemetry(names[person]["work_email"], person, day, is_bedrock=person in drawn.on_bedrock)
            for person in (*drawn.on_bedrock, *drawn.seen_by_both)
            if day in uses[person, CLAUDE]
        ]
        if lines:  # an exporter without events writes no file
            _put(home, f"otel/claude_code/{day}_{_stamp(day)}.ndjson", "".join(line + "\n" for line in lines))


def _is_steady(person: Person, names: Mapping[str, Any]) -> bool:
    spans = (person.stints[0], person.included[0]) if person.stints and person.included else ()
    return (
        names["is_settled"]
        and bool(spans)
        and all(holds(span, FIRST) and holds(span, LAST) for span in spans)
    )


def _may_use(person: Person, tool: str) -> bool:
    return any(
        granted == tool and status == "granted" and holds(span, FIRST) and holds(span, LAST)
        for granted, status, span in person.entitlements
    )


def _uses_early(truth: Truth, person: Person, tool: str) -> bool:
    days = [
        day for employee_id, used, day in truth.usage if (employee_id, used) == (person.employee_id, tool)
    ]
    return len(days) > 3 and min(days) < FIRST + timedelta(days=14)


def _names(home: Path) -> dict[str, dict[str, Any]]:
    """The attributes of everybody as last stated, by employee id; settled = they never had another name."""
    rows = (home / "sample_truth" / "people.jsonl").read_text(encoding="utf-8").splitlines()
    names = {}
    for person in map(json.loads, rows):
        known = {(part["work_email"], part["github_login"]) for part in person["attributes"]}
        names[person["employee_id"]] = person["attributes"][-1] | {"is_settled": len(known) == 1}
    return names


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    content = path.read_bytes()
    match path.suffix:
        case ".gz":
            path.write_bytes(gzip.compress(change(gzip.decompress(content).decode()).encode(), mtime=0))
        case ".zst":
            text = zstandard.ZstdDecompressor().stream_reader(content).read().decode()
            path.write_bytes(zstandard.ZstdCompressor().compress(change(text).encode()))
        case _:
            path.write_bytes(change(content.decode()).encode())


def _without_lines(text: str, keeps: Callable[[dict[str, Any]], bool]) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if keeps(json.loads(line)))


def _without_page_rows(text: str, actors: set[str]) -> str:
    try:
        pages = [json.loads(text)]
    except json.JSONDecodeError:
        pages = [json.loads(line) for line in text.splitlines()]
    for page in pages:
        page["data"] = [row for row in page["data"] if _actor_of(row) not in actors]
    return "".join(json.dumps(page) + "\n" for page in pages)


def _actor_of(row: dict[str, Any]) -> str:
    return str(row["actor"].get("email_address") or row["actor"].get("api_key_name")).lower()


def _keys_of(home: Path, people: Iterable[str]) -> set[str]:
    """The names of the keys that count to their owners."""
    found = set()
    for path in (home / "inbox" / "identity" / "service_accounts").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {
                row["account_name"].lower()
                for row in csv.DictReader(file)
                if row["owner_employee_id"] in set(people)
            }
    return found


def _last_before(days: Iterable[date], snapshot: date) -> date | None:
    """The vendor's figure lags a day."""
    return max((day for day in days if day < snapshot), default=None)


def _stamp(day: date) -> str:
    return f"{datetime.combine(day + timedelta(days=1), time(5), UTC):%Y%m%dT%H%M%SZ}"


def _seats(last_used: Mapping[str, date | None]) -> str:
    seats = [
        {
            "created_at": "2025-01-06T09:00:00Z",
            "updated_at": "2026-01-06T09:00:00Z",
            "last_activity_at": f"{day}T13:45:00Z" if day else None,
            "last_activity_editor": "vscode/1.77.3/copilot/1.86.82" if day else None,
            "plan_type": "enterprise",
            "assignee": {"login": login, "id": number, "type": "User"},
            "assigning_team": {"id": team},
        }
        for number, (login, day) in enumerate(sorted(last_used.items()), start=5000)
        # one person, many rows
        for team in ((1, 2) if number % 3 == 0 else (1,))
    ]
    return json.dumps({"total_seats": len(last_used), "seats": seats})


def _telemetry(email: str, employee_id: str, day: date, *, is_bedrock: bool) -> str:
    """One export of a session: a prompt, the request it made, an edit that configuration let pass.

    On Bedrock nobody logs in: the bank states whose the session is in the attributes of the resource.
    """
    nanoseconds = int(datetime.combine(day, time(10), UTC).timestamp()) * 10**9
    events: list[tuple[str, dict[str, str | int]]] = [
        ("user_prompt", {}),
        (
            "api_request",
            {"model": BEDROCK_MODEL if is_bedrock else "claude-sonnet-4-5", "input_tokens": 1200},
        ),
        ("tool_decision", {"tool_name": "Edit", "decision": "accept", "source": "config"}),
    ]
    session = {"session.id": f"s-{employee_id}-{day}"} | ({} if is_bedrock else {"user.email": email})
    records = [
        {
            "timeUnixNano": str(nanoseconds + number),
            "body": {"stringValue": f"claude_code.{name}"},
            "attributes": _attributes(
                {"event.name": name, "event.sequence": number, **session, **attributes}
            ),
        }
        for number, (name, attributes) in enumerate(events)
    ]
    resource = _attributes({"service.name": "claude-code"} | ({"user.email": email} if is_bedrock else {}))
    return json.dumps(
        {"resourceLogs": [{"resource": {"attributes": resource}, "scopeLogs": [{"logRecords": records}]}]}
    )


def _attributes(values: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in values.items()
    ]


def _put(home: Path, path: str, text: str) -> None:
    target = home / "inbox" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
