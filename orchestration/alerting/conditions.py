"""What is wrong at the moment and worth an alert: a held night, a failed run, pulls, days that did not come.

Texts are made of names that this project gives (feeds, checks, kinds of errors), dates and counts alone: no
text of an error, no name of a file, nothing of a record. Telling somebody belongs to alerts.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from orchestration import errors

if TYPE_CHECKING:
    from orchestration.missing_days import MissingDays
    from orchestration.publishing.held import HeldCandidate

Kind = Literal["held", "failed", "late", "recovered"]
KINDS: tuple[Kind, ...] = ("held", "failed", "late", "recovered")

_FAILURES: dict[type[errors.AdoptionError], str] = {
    errors.InputRefused: "files of the inbox cannot be trusted, nothing was built",
    errors.PoliciesRefused: "the seeds of the tier policies cannot be evaluated, nothing was built",
    errors.NotPublishable: "the candidate was not the one that the gate had passed, nothing was published",
    errors.RunFailed: "the run stopped, nothing was published",
}


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now. Conditions of one kind and `key` are one event however often they are
    seen; of one `subject`, one takes the place of another. Only what is late has `since` and `until`.
    """

    kind: Kind
    subject: str
    key: str
    text: str
    since: date | None = None
    until: date | None = None


def of_holds(holds: Sequence[HeldCandidate]) -> list[Condition]:
    """The newest hold: the same checks on the same night are one event, whichever run saw it."""
    if not holds:
        return []
    draft, found = holds[0].draft, holds[0].verdict
    checks = ", ".join(check.check_name for check in found.blocking_failures) or "nothing was evaluated"
    return [
        Condition(
            "held",
            "hold",
            f"{draft.as_of_date}: {checks}",
            f"The gate held the night as of {draft.as_of_date} ({checks}). Readers stay on the last good "
            "generation.",
        )
    ]


def of_failure(error: errors.AdoptionError, day: date) -> Condition:
    """A run for a day that ended with an error."""
    what = next(
        (text for kind, text in _FAILURES.items() if isinstance(error, kind)), "nothing was published"
    )
    name = type(error).__name__
    return Condition("failed", "run", f"{day}: {name}", f"The run for {day} failed ({name}): {what}.")


def of_dead_run(run_id: str, started_at: str) -> Condition:
    """A run that began and said nothing more: its process was killed, or the machine went down."""
    text = f"The run of {started_at} ended without a word: its process was killed, or the machine went down."
    return Condition("failed", "run", f"dead: {run_id}", text)


def of_pulls(feeds: Sequence[str], day: date) -> list[Condition]:
    """Feeds that could not be pulled in the run for a day."""
    if not feeds:
        return []
    listed = ", ".join(sorted(set(feeds)))
    text = f"Pulls of {listed} did not complete in the run for {day}; their days stay unobserved."
    return [Condition("failed", "pulls", f"{day}: {listed}", text)]


def of_missing_days(gaps: Sequence[MissingDays]) -> list[Condition]:
    """Every gap of the last four weeks, from its first day on."""
    return [
        Condition(
            "late",
            gap.feed,
            f"{gap.feed}: {gap.since}",
            f"{gap.feed} is {gap.sentence}. Nights are published without it; its days are unobserved.",
            gap.since,
            gap.until,
        )
        for gap in gaps
    ]


def of_missing_nights(days: Sequence[date]) -> list[Condition]:
    """Nights that should have run by now."""
    if not days:
        return []
    text = f"No night was published since {days[0]} ({len(days)} missing). Is the schedule at work?"
    return [Condition("late", "nights", f"nights: {days[0]}", text, days[0], days[-1])]
