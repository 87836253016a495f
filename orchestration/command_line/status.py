"""What `adoption status` and `adoption versions` say: the generation in force, freshness, verdict, holds,
what is missing, what waits.

Reads published files, manifests and the ledger only; works with no generation yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from orchestration.errors import AdoptionError, DeliveriesMissing, Held, RunFailed
from orchestration.home import EMPLOYEE_FILE, SHARED_FILE, Home
from orchestration.publishing import generation
from orchestration.transformation import run_scope

if TYPE_CHECKING:
    from orchestration.format_ledger import FrozenDelivery
    from orchestration.missing_days import MissingDays
    from orchestration.publishing.manifest import Manifest


@dataclass(frozen=True)
class Freshness:
    """One feed: the last date it covered, how many days that lies before the as-of date, and how many of them
    its rhythm does not explain.
    """

    feed: str
    last_covered_date: str | None
    behind_day_count: int | None
    delivered_every_days: int
    overdue_day_count: int | None

    @property
    def line(self) -> str:
        """The same for people; a feed that is on time in its own rhythm is not called behind."""
        rhythm = f", every {self.delivered_every_days} days" if self.delivered_every_days > 1 else ""
        behind = f", {self.behind_day_count} days behind" if self.overdue_day_count else ""
        return f"{self.feed:<30} covered up to {self.last_covered_date or 'nothing'}{rhythm}{behind}"


@dataclass(frozen=True)
class Hold:
    """One candidate that the gate held."""

    held_at: str
    as_of_date: str
    reason: str
    directory: str


@dataclass(frozen=True)
class CutoffsNeeded:
    """`policy/scope` for which people are not rated because no cut-offs hold; whether new ones wait."""

    scopes: tuple[str, ...]
    are_waiting: bool

    @property
    def sentence(self) -> str:
        """What is missing, and what to do."""
        what = f"none hold for {', '.join(self.scopes)}"
        if self.are_waiting:
            return f"{what}; the next `adoption nightly` takes up the refreshed ones"
        return f"{what}; compute them with `adoption refresh-cutoffs`"


# Of the JSON of `adoption status`: raised when a field goes or changes its meaning, not when one is added.
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Status:
    """Everything `adoption status` says; `manifest` is None before the first publication, `missing_nights`
    where nobody asked for them.
    """

    home: Home
    manifest: Manifest | None
    freshness: tuple[Freshness, ...]
    holds: tuple[Hold, ...]
    pending_count: int
    cutoffs: CutoffsNeeded | None = None
    frozen: tuple[FrozenDelivery, ...] = ()
    missing: tuple[MissingDays, ...] = ()
    missing_nights: tuple[date, ...] | None = None
    failures: tuple[str, ...] = ()

    @property
    def concern(self) -> AdoptionError | None:
        """The gravest of what somebody should look at, as the error whose exit status says so; None if all is
        well.
        """
        if self.failures:
            return RunFailed(f"{self.failures[0]} See docs/runbook.md, `Alert: failed`.")
        if self.holds:
            return Held(
                f"The night as of {self.holds[0].as_of_date} is held ({self.holds[0].reason}). "
                "See docs/runbook.md, `Alert: held`."
            )
        late = [f"{gap.feed} {gap.sentence}" for gap in self.missing]
        if self.missing_nights:
            late.insert(0, _nights_sentence(self.missing_nights))
        return DeliveriesMissing(f"{_listed(late)}. See docs/runbook.md, `Alert: late`.") if late else None

    @property
    def exit_status(self) -> int:
        """0 if all is well, else that of the concern."""
        return self.concern.exit_status if self.concern else 0

    def as_json(self) -> dict[str, Any]:
        """The same for programs; dates and times as ISO text. docs/running.md describes every field."""
        found = self.manifest
        return {
            "schema_version": SCHEMA_VERSION,
            "exit_status": self.exit_status,
            "home": str(self.home.root),
            "generation": found.generation if found else None,
            "as_of_date": found.as_of_date.isoformat() if found else None,
            "built_at": f"{found.built_at.isoformat()}Z" if found else None,
            "verdict": found.verdict.outcome if found else None,
            "checks": _check_counts(found) if found else None,
            "released": found is not None and found.release is not None,
            "freshness": [vars(feed) for feed in self.freshness],
            "missing": [
                {
                    "feed": gap.feed,
                    "since": gap.since.isoformat(),
                    "until": gap.until.isoformat(),
                    "day_count": gap.day_count,
                    "is_open": gap.is_open,
                }
                for gap in self.missing
            ],
            "missing_nights": None
            if self.missing_nights is None
            else [day.isoformat() for day in self.missing_nights],
            "failures": list(self.failures),
            "holds": [vars(hold) for hold in self.holds],
            "pending_deliveries": self.pending_count,
            "frozen": [
                {
                    "file_path": one.file_path,
                    "reason": one.reason,
                    "record_count": one.record_count,
                    "frozen_at": f"{one.frozen_at.isoformat()}Z",
                }
                for one in self.frozen
            ],
            "scopes_without_cutoffs": list(self.cutoffs.scopes) if self.cutoffs else [],
        }

    def lines(self) -> list[str]:
        """The same for people."""
        found = self.manifest
        lines = [f"Home        {self.home.root}"]
        if found is None:
            lines.append("Generation  none published yet; run `adoption nightly`")
        else:
            lines.append(
                f"Generation  {found.generation}, as of {found.as_of_date}, built {found.built_at} UTC"
            )
            counts = ", ".join(f"{number} {outcome}" for outcome, number in _check_counts(found).items())
            released = " (released by a person)" if found.release else ""
            lines.append(f"Verdict     {found.verdict.outcome}{released}: {counts.replace('_', ' ')}")
        lines += [f"Failed      {failure}" for failure in self.failures]
        for hold in self.holds:
            lines.append(f"Held        candidate of {hold.held_at} as of {hold.as_of_date}: {hold.reason}")
            lines.append(f"            {hold.directory}")
        lines += [f"Frozen      {one.file_path}: {one.sentence}" for one in self.frozen]
        lines.append(f"Pending     {self.pending_count} deliveries not built in yet")
        if self.cutoffs:
            lines.append(f"Cut-offs    {self.cutoffs.sentence}")
        lines += [f"Feed        {feed.line}" for feed in self.freshness]
        lines += [
            f"Missing     {gap.feed:<30} {gap.sentence.removeprefix('missing ')}" for gap in self.missing
        ]
        if self.missing_nights:
            lines.append(f"Missing     {_nights_sentence(self.missing_nights)}")
        return lines


def read_status(home: Home, nights_by: datetime | None = None) -> Status:
    """The status of a home, with the nights missing by a time if one is given.

    Raises RunFailed naming a file of the publication that is damaged.
    """
    found = generation.current(home)
    return Status(
        home=home,
        manifest=found,
        freshness=_freshness(home) if found else (),
        holds=tuple(_hold(held) for held in generation.held_candidates(home)),
        pending_count=_pending_count(home, found),
        cutoffs=cutoffs_needed(home) if found else None,
        frozen=frozen_deliveries(home),
        missing=_missing(home) if found else (),
        missing_nights=_missing_nights(home, nights_by) if nights_by else None,
        failures=_failures(home),
    )


def frozen_deliveries(home: Home) -> tuple[FrozenDelivery, ...]:
    """The files that the last look at the inbox found in another format than declared."""
    from orchestration.ledger import Ledger

    if not home.ledger.exists():
        return ()
    with Ledger(home.ledger) as ledger:
        return tuple(ledger.frozen_deliveries())


def cutoffs_needed(home: Home) -> CutoffsNeeded | None:
    """Which policies rate nobody in a scope for want of cut-offs, by the generation in force; None if "
    "none."""
    import duckdb

    from orchestration.tiers import cutoff_files

    path = (home.current / EMPLOYEE_FILE).resolve()
    with duckdb.connect(str(path), read_only=True) as published:
        rows = published.execute(
            "select distinct policy_id, scope_code from marts.dim_employee_tier "
            "where is_current and reason_code = 'no_cutoffs' order by 1, 2"
        ).fetchall()
    if not rows:
        return None
    return CutoffsNeeded(
        tuple(f"{policy}/{scope}" for policy, scope in rows), bool(cutoff_files.waiting_files(home))
    )


def version_line(manifest: Manifest, is_in_force: bool) -> str:
    """One line of `adoption versions`."""
    mark = "*" if is_in_force else " "
    line = f"{mark} {manifest.generation:>6}  as of {manifest.as_of_date}  built {manifest.built_at} UTC"
    if manifest.release:
        line += f"  released by {manifest.release.released_by}"
    return line + ("  in force" if is_in_force else "")


def _check_counts(manifest: Manifest) -> dict[str, int]:
    counts: dict[str, int] = {}
    for check in manifest.verdict.checks:
        outcome = "warned" if check.outcome == "failed" and check.severity == "warning" else check.outcome
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def _hold(held: generation.HeldCandidate) -> Hold:
    return Hold(
        held_at=f"{held.record.held_at.isoformat()}Z",
        as_of_date=held.draft.as_of_date.isoformat(),
        reason=held.verdict.reason_held,
        directory=str(held.directory),
    )


def _freshness(home: Home) -> tuple[Freshness, ...]:
    import duckdb

    path = (home.current / SHARED_FILE).resolve()
    with duckdb.connect(str(path), read_only=True) as published:
        rows = published.execute(
            "select source || '/' || feed, last_covered_date, behind_day_count, delivered_every_days, "
            "overdue_day_count from marts.feed_freshness order by 1"
        ).fetchall()
    return tuple(
        Freshness(feed, latest.isoformat() if latest else None, *days) for feed, latest, *days in rows
    )


def _missing(home: Home) -> tuple[MissingDays, ...]:
    from orchestration.missing_days import missing_days

    return missing_days(home)


def _missing_nights(home: Home, now: datetime) -> tuple[date, ...]:
    from orchestration.alerting import alerts
    from orchestration.settings import load_settings

    return alerts.missing_nights(home, load_settings(home.root), now)


def _failures(home: Home) -> tuple[str, ...]:
    """What the runs since the last good one failed of, as the book of alerts has it."""
    from orchestration.alerting import open_events

    try:
        events = open_events.read(home.alerts).events
    except (OSError, ValueError):
        return ()
    return tuple(event.text for event in events if event.kind == "failed")


def _nights_sentence(days: Sequence[date]) -> str:
    count = f"{len(days)} {'night' if len(days) == 1 else 'nights'}"
    return f"no night was published since {days[0]} ({count})"


def _listed(parts: Sequence[str]) -> str:
    return "; ".join(parts[:3]) + (f"; and {len(parts) - 3} more" if len(parts) > 3 else "")


def _pending_count(home: Home, manifest: Manifest | None) -> int:
    from orchestration.ledger import Ledger

    if not home.ledger.exists():
        return 0
    with Ledger(home.ledger) as ledger:
        deliveries = ledger.deliveries()
        dates = run_scope.DeliveryDates.of(ledger.delivery_dates())
    if manifest is None:
        return sum(run_scope.is_in_effect(delivery) for delivery in deliveries)
    return len(run_scope.pending(deliveries, dates, frozenset(manifest.delivery_ids), manifest.as_of_date))
