"""Writes one sample company: draws it, fills the inbox, and puts the truth beside it.

The order of the work and what is refused belong here; what is drawn and how it is written do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.errors import WrongUse
from orchestration.sample import usage_files, workforce_files
from orchestration.sample.accounts import draw_accounts, draw_agreements
from orchestration.sample.careers import live
from orchestration.sample.deliveries import Books, Inbox
from orchestration.sample.period import Period, plan_troubles
from orchestration.sample.truth import write_truth
from orchestration.sample.usage import Company, draw_usage
from orchestration.sample.workforce import draw_workforce

FEWEST_EMPLOYEES = 10
SETTINGS = '[sources.chatgpt]\ncontent_access_approval_id = "SAMPLE-APPROVAL-1"\n'


@dataclass(frozen=True)
class SampleReport:
    """What was written: files and (uncompressed) bytes in the inbox, records per source/feed."""

    inbox: Path
    truth: Path
    file_count: int
    byte_count: int
    record_counts: dict[str, int]


def write_sample(  # noqa: PLR0917
    home: Path,
    employees: int,
    first: date,
    last: date,
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> SampleReport:
    """Write a made-up company's raw logs to `<home>/inbox` and the truth to `<home>/sample_truth`.

    The same arguments give the same bytes. `first` and `last` are the first and last activity date. A home
    without settings gets the made-up approval that the ChatGPT source needs. Raises WrongUse for an inbox
    that already holds files, fewer than 10 employees, or a last date before the first.
    """
    _refuse(home, employees, first, last)
    tell = progress or (lambda _: None)
    period = Period(first, last)
    troubles = plan_troubles(period)
    people = draw_workforce(employees, period, seed)
    live(people, period, troubles, seed)
    accounts, agreements = draw_accounts(people, period, seed), draw_agreements(period)
    company = Company(people, accounts, period, troubles, seed)
    books, inbox = Books(), Inbox(home / "inbox")
    usage = draw_usage(company, books, tell)
    tell("Usage drawn; writing the workforce")
    workforce_files.write_workers(inbox, books, people, period, troubles)
    workforce_files.write_org_units(inbox, books, period)
    workforce_files.write_leave(inbox, books, people, period)
    workforce_files.write_entitlements(inbox, books, people, period)
    workforce_files.write_accounts(inbox, books, accounts, period)
    workforce_files.write_agreements(inbox, books, agreements, period)
    tell("Writing the usage logs")
    usage_files.write_usage(inbox, books, usage.drawn, period, troubles)
    truth = home / "sample_truth"
    write_truth(truth, company, agreements, usage, books)
    _write_settings(home)
    tell(f"{inbox.file_count} files written")
    return SampleReport(inbox.root, truth, inbox.file_count, inbox.byte_count, _record_counts(books))


def _refuse(home: Path, employees: int, first: date, last: date) -> None:
    if employees < FEWEST_EMPLOYEES:
        raise WrongUse(f"A sample needs at least {FEWEST_EMPLOYEES} employees, not {employees}.")
    if last < first:
        raise WrongUse(f"The last date of a sample, {last}, is before its first, {first}; swap them.")
    inbox = home / "inbox"
    if inbox.exists() and any(path.is_file() for path in inbox.rglob("*")):
        raise WrongUse(f"The inbox {inbox} already holds files; choose another --home or empty it first.")


def _write_settings(home: Path) -> None:
    path = home / "adoption.toml"
    if not path.exists():
        path.write_text(SETTINGS, encoding="utf-8")


def _record_counts(books: Books) -> dict[str, int]:
    totals: dict[str, int] = {}
    for (source, feed, _), counts in sorted(books.counts.items()):
        name = f"{source}/{feed}"
        totals[name] = totals.get(name, 0) + sum(counts.values())
    return totals
