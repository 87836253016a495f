"""Draws keys and bots: whose they are, and which no list holds; and the agreements that allow a look.

Rows are in the columns of the feeds; which delivery holds which row is decided in `workforce_files.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from orchestration.sample.people import Person, spans_within_stints
from orchestration.sample.period import DAY, Period
from orchestration.sample.streams import stream

CI_KEY = "ci-shared-build"
UNLISTED_KEY = "sandbox-tmp-key"
LISTED_BOT = "copilot-swe-agent[bot]"
UNLISTED_BOT = "octo-helper[bot]"
UNLISTED_LOGIN = "ghost-dev_bnk"
UNKNOWN_EMAILS = ("pat.vendor@consulting.example", "temp.user77@bank.example")
LONG_AGO = date(2025, 1, 1)


@dataclass(frozen=True)
class ServiceAccount:
    """One row of the list of keys and bots; `known` is the first delivery that may hold it."""

    source: str
    account_name: str
    kind: str
    owner_employee_id: str
    from_date: date
    to_date: date | None
    known: date
    end_known: date | None = None


@dataclass(frozen=True)
class Agreement:
    """One row of the monitoring agreements; one of the two codes is empty."""

    country_code: str
    legal_entity_code: str
    agreement_id: str
    from_date: date
    to_date: date | None
    known: date


def draw_accounts(people: list[Person], period: Period, seed: int) -> list[ServiceAccount]:
    """A shared CI key, a bot, a personal key, and one that changes hands in the middle of the period."""
    rng = stream(seed, "accounts")
    owners = [
        person
        for person in people
        if "claude_code" in person.granted_on(period.first)
        and "claude_code" in person.granted_on(period.last)
        and person.stint_on(period.first) is not None
        and person.stint_on(period.last) is not None
    ]
    rows = [
        ServiceAccount("claude_code", CI_KEY, "shared", "", LONG_AGO, None, period.first),
        ServiceAccount("github_copilot", LISTED_BOT, "automation", "", LONG_AGO, None, period.first),
    ]
    if len(owners) < 3:
        return rows
    single, earlier, later = rng.sample(owners, 3)
    change = period.at(0.5)
    rows.append(_key("claude-cli-laptop", single, LONG_AGO, None, period.first))
    rows.append(
        ServiceAccount(
            "claude_code",
            "team-tools-key",
            "personal_key",
            earlier.employee_id,
            LONG_AGO,
            change - DAY,
            period.first,
            change,
        )
    )
    rows.append(_key("team-tools-key", later, change, None, change))
    for person in (single, earlier, later):
        person.profile = "heavy"
    return rows


def _key(name: str, person: Person, start: date, end: date | None, known: date) -> ServiceAccount:
    return ServiceAccount("claude_code", name, "personal_key", person.employee_id, start, end, known)


def key_on(accounts: list[ServiceAccount], person: Person, day: date) -> str | None:
    """The personal key a person holds on a day."""
    for row in accounts:
        is_open = row.from_date <= day and (row.to_date is None or day <= row.to_date)
        if row.owner_employee_id == person.employee_id and is_open:
            return row.account_name
    return None


def draw_agreements(period: Period) -> list[Agreement]:
    """Every country but France, whose pilot agreement ran out; Germany by legal entity, Poland from later."""
    later = period.at(0.17) if period.is_eventful else LONG_AGO
    rows = [
        Agreement(code, "", f"MA-{code}-1", LONG_AGO, None, period.first) for code in ("US", "GB", "IN", "SG")
    ]
    rows.append(Agreement("", "LE-DE-01", "WC-DE-7", LONG_AGO, None, period.first))
    rows.append(Agreement("FR", "", "MA-FR-PILOT", LONG_AGO, date(2025, 6, 30), period.first))
    rows.append(Agreement("PL", "", "MA-PL-1", later, None, max(later, period.first)))
    return rows


def included_spans(person: Person, agreements: list[Agreement]) -> list[tuple[date, date | None]]:
    """Spans (inclusive) in which a person is employed and an agreement allows an employee-level row."""
    spans: list[tuple[date, date | None]] = []
    for start, end, columns, _ in spans_within_stints(person):
        for row in agreements:
            fits = columns["country_code"] == row.country_code
            fits = fits or columns["legal_entity_code"] == row.legal_entity_code
            first = max(start, row.from_date)
            ends = [day for day in (end, row.to_date) if day is not None]
            last = min(ends) if ends else None
            if fits and (last is None or first <= last):
                spans.append((first, last))
    return _joined(sorted(spans))


def _joined(spans: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """Spans that follow each other without a gap become one."""
    joined: list[tuple[date, date | None]] = []
    for start, end in spans:
        before = joined[-1][1] if joined else None
        if before is not None and before + DAY >= start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
