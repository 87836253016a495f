"""The days a sample covers and the dates on which something special happens.

Pure calendar arithmetic; who is affected is drawn elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

DAY = timedelta(days=1)
EVENTFUL_LENGTH = 21


@dataclass(frozen=True)
class Period:
    """First and last activity date, both inclusive."""

    first: date
    last: date

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every date of the period, in order."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + index * DAY for index in range(count))

    @property
    def is_eventful(self) -> bool:
        """Long enough for people to come, move and go inside it."""
        return len(self.days) >= EVENTFUL_LENGTH

    def at(self, share: float) -> date:
        """The date at a share (0 to 1) of the period."""
        return self.days[min(len(self.days) - 1, int(share * len(self.days)))]

    def workday_at(self, share: float) -> date:
        """The first Monday to Friday at or after a share of the period (the last date if there is none)."""
        start = self.at(share)
        return next((day for day in self.days if day >= start and day.weekday() < 5), self.last)

    def wednesday_at(self, share: float) -> date:
        """The first Wednesday at or after a share of the period (the last date if there is none)."""
        start = self.at(share)
        return next((day for day in self.days if day >= start and day.weekday() == 2), self.last)


@dataclass(frozen=True)
class Troubles:
    """The dates on which deliveries go wrong. Empty in a period too short to carry them."""

    missing_snapshots: tuple[date, ...]
    ndjson_snapshots: tuple[date, ...]
    empty_claude_days: tuple[date, ...]
    missing_copilot_day: date | None
    late_claude_day: date | None
    late_copilot_day: date | None
    bad_claude_day: date | None
    bad_copilot_day: date | None
    restated_claude_day: date | None
    restating_nights: tuple[date, ...]
    renamed_chatgpt_day: date | None
    recompressed_claude_day: date | None
    chatgpt_ranges: tuple[tuple[date, date], ...]
    resent_chatgpt_day: date | None


def plan_troubles(period: Period) -> Troubles:
    """Spread the troubles over the period so that no date carries two that would hide each other."""
    weekends = [day for day in period.days if day.weekday() == 5 and day < period.last]
    if not period.is_eventful:
        pair = tuple((day, day + DAY) for day in weekends[-1:])
        return Troubles(
            (), (), (), None, None, None, None, None, None, (), None, None, pair, pair[0][0] if pair else None
        )
    first_restating = period.wednesday_at(0.20)
    return Troubles(
        missing_snapshots=(period.at(0.28), period.at(0.62)),
        ndjson_snapshots=tuple(period.days[9::13]),
        empty_claude_days=(weekends[0], weekends[0] + DAY),
        missing_copilot_day=period.workday_at(0.33),
        late_claude_day=period.workday_at(0.44),
        late_copilot_day=period.workday_at(0.55),
        bad_claude_day=period.workday_at(0.70),
        bad_copilot_day=period.workday_at(0.74),
        restated_claude_day=period.workday_at(0.52),
        restating_nights=(first_restating, first_restating + DAY, period.wednesday_at(0.85)),
        renamed_chatgpt_day=period.workday_at(0.38),
        recompressed_claude_day=period.workday_at(0.62),
        chatgpt_ranges=tuple((day, day + DAY) for day in weekends[1::2]),
        resent_chatgpt_day=weekends[1],
    )
