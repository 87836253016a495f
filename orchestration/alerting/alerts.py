"""The front door to alerts: a run begins, a run ends, somebody looks; what is new is told, once.

Nothing here raises: a night without its alert is still a night. What went wrong stands in alerts.log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from orchestration import durable, lock
from orchestration.alerting import channel, conditions, open_events
from orchestration.alerting.channel import Message, Outcome
from orchestration.alerting.conditions import Condition
from orchestration.alerting.open_events import Begun, Event, Page
from orchestration.errors import Busy, Held, WrongUse
from orchestration.home import Home
from orchestration.transformation import run_scope

if TYPE_CHECKING:
    from orchestration.nightly import NightlyRun
    from orchestration.settings import Settings

RUNBOOK = "docs/runbook.md"
_TITLES = {
    "held": "AI adoption warehouse: a night is held",
    "failed": "AI adoption warehouse: a run failed",
    "late": "AI adoption warehouse: deliveries are missing",
    "recovered": "AI adoption warehouse: over",
}
_TONES = {"held": "warning", "failed": "failure", "late": "warning", "recovered": "success"}
_TOLD: dict[Outcome, open_events.Told] = {"sent": "yes", "silent": "yes", "refused": "no", "not tried": "no"}


def run_begins(run: NightlyRun) -> None:
    """Note that a run is at work, so that the next one notices if it dies. The caller has the run lock."""
    with _never_in_the_way(run.home):
        started_at = f"{run.started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        with open_events.opened(run.home.alerts) as page:
            dead = _dead_run(page)
            begun = Begun(run_id=run.run_id, started_at=started_at)
            page.write(run=begun, events=(*page.book.events, *(Event(**vars(one)) for one in dead)))


def run_is_over(home: Home) -> None:
    """Note that no run is at work any more; the caller still has the run lock."""
    with _never_in_the_way(home), open_events.opened(home.alerts) as page:
        page.write(run=None)


def run_ends(run: NightlyRun) -> None:
    """Tell once what the run came to. A run that was refused or interrupted, or of which a part was started,
    says nothing about the night: what was known stays.
    """
    if run.is_told or not run.home.root.is_dir():
        return
    with _never_in_the_way(run.home):
        outcome = _outcome(run)
        if outcome is not None:
            run.is_told = True
            with open_events.opened(run.home.alerts) as page:
                _tell(run.home, run.settings, page, outcome, say=run.say)


def _outcome(run: NightlyRun) -> list[Condition] | None:
    """What is wrong with the run itself; None where it says nothing of the night."""
    day = run.requested_date or run_scope.default_date(run.started_at, run.settings.zone)
    pulls = conditions.of_pulls([failed.feed for failed in run.pulls.failed] if run.pulls else [], day)
    if isinstance(run.failure, WrongUse | Busy):
        return None
    if run.failure is None or isinstance(run.failure, Held):
        is_whole = run.manifest is not None or (run.scope is not None and not run.scope.is_due)
        return pulls if is_whole or run.failure else None
    return [conditions.of_failure(run.failure, day), *pulls]


def look(home: Home, settings: Settings, now: datetime, say: Callable[[str], None], *, nights: bool) -> None:
    """Tell what is found between runs: missing days and, if asked for, missing nights, runs that died."""
    with _never_in_the_way(home), open_events.opened(home.alerts) as page:
        dead = [] if lock.is_at_work(home) else _dead_run(page)
        if dead:
            page.write(run=None)
        missing = conditions.of_missing_nights(missing_nights(home, settings, now)) if nights else None
        known = [*_conditions_of(page.book.events, "failed"), *dead]
        _tell(home, settings, page, known, say=say, nights=missing)


def missing_nights(home: Home, settings: Settings, now: datetime) -> tuple[date, ...]:
    """Nights after the one in force that should have run by now; none before the first."""
    from orchestration import waiting
    from orchestration.publishing import generation

    current = generation.current(home)
    return waiting.missing_dates(current.as_of_date, now, settings) if current else ()


def _tell(
    home: Home,
    settings: Settings,
    page: Page,
    outcome: Sequence[Condition],
    *,
    say: Callable[[str], None],
    nights: Sequence[Condition] | None = None,
) -> None:
    """Bring the book up to date and send what nobody was told. Without `nights` nobody looked for missing
    ones: those that are known and still not published stay.
    """
    as_of, found = _on_disk(home)
    if nights is None:
        nights = [one for one in _conditions_of(page.book.events, "late") if one.subject == "nights"]
        nights = [one for one in nights if as_of is None or (one.until and one.until > as_of)]
    page.write(events=open_events.settle(page.book.events, [*found, *nights, *outcome], as_of))
    new = [event for event in page.book.events if event.told == "no"]
    if not new or settings.alert_urls_from is None:
        return
    try:
        urls = channel.addresses(settings.alert_urls_from, os.environ)
    except channel.NoAddress as error:
        _log(home, f"not sent: {error}")
        say(f"Alerts cannot be sent: {error}.")
        return
    page.write(events=_with_told(page.book.events, dict.fromkeys(map(_name, new), "sending")))
    outcomes = channel.send(urls, [_message(event) for event in new], channel.SECONDS)
    told = {_name(event): _TOLD[outcome] for event, outcome in zip(new, outcomes, strict=True)}
    page.write(events=_without_what_is_over(_with_told(page.book.events, told)))
    for event, result in zip(new, outcomes, strict=True):
        _log(home, f"{event.kind} {event.key}: {result}")
        if result != "sent":
            say(f"The alert about {event.kind} {event.subject} was not taken ({result}).")


def _on_disk(home: Home) -> tuple[date | None, list[Condition]]:
    """The as-of date in force, and what generations and holds say; nothing where they cannot be read."""
    from orchestration.missing_days import missing_days
    from orchestration.publishing import generation

    current = generation.current(home)
    found = conditions.of_holds(generation.held_candidates(home))
    if current is None:
        return None, found
    return current.as_of_date, [*found, *conditions.of_missing_days(missing_days(home))]


def _conditions_of(events: Sequence[Event], kind: str) -> list[Condition]:
    """What is still so, as far as the book knows."""
    return [Condition(**event.model_dump(exclude={"told"})) for event in events if event.kind == kind]


def _dead_run(page: Page) -> list[Condition]:
    begun = page.book.run
    return [conditions.of_dead_run(begun.run_id, begun.started_at)] if begun else []


def _message(event: Event) -> Message:
    where = f"{RUNBOOK}, section `Alert: {event.kind}`"
    return Message(_TITLES[event.kind], f"{event.text} What to do: {where}.", _TONES[event.kind])


def _name(event: Event) -> tuple[str, str, str]:
    return event.kind, event.subject, event.key


def _with_told(
    events: Sequence[Event], told: dict[tuple[str, str, str], open_events.Told]
) -> tuple[Event, ...]:
    return tuple(event.model_copy(update={"told": told.get(_name(event), event.told)}) for event in events)


def _without_what_is_over(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(event for event in events if event.kind != "recovered" or event.told == "no")


@contextmanager
def _never_in_the_way(home: Home) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        _log(home, f"stopped on {type(error).__module__}.{type(error).__qualname__}")


def _log(home: Home, text: str) -> None:
    """One line, without an address, in <home>/dagster/logs/alerts.log."""
    try:
        folder = home.dagster / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        durable.append_line(folder / "alerts.log", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}", 0o600)
    except OSError:
        return
