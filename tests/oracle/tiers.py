"""One person's tiers: the spans of dim_employee_tier and the rows of fct_employee_tier_weekly.

How a window becomes a tier is decided in `rating.py`; here windows are cut out of the person's days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .cutoffs import Cutoffs
from .evidence import Evidence, Week, WindowDay, sum_week
from .person_days import IN_USE_FROM, PersonDay
from .policies import Policy, in_force
from .rating import Published, Subject, Tier, rate_evidence
from .rules import weekly_pattern
from .windows import DAY, has_weekly_row, weekly_window, window

# policy_id, policy_version, scope_code, employee_id, Monday of the week
TierWeekKey = tuple[str, int, str, str, date]


@dataclass(frozen=True)
class TierSpan:
    """One row of dim_employee_tier; valid_to is exclusive, None is open."""

    policy_id: str
    policy_version: int
    scope_code: str
    employee_id: str
    tier: Published
    valid_from: date
    valid_to: date | None


@dataclass
class PersonTiers:
    """The tiers of one person. Weeks, windows and tiers are worked out once, whoever asks for them."""

    employee_id: str
    days: Mapping[date, PersonDay]
    cutoffs: Cutoffs
    _in_scope: dict[str, dict[date, WindowDay]] = field(default_factory=dict)
    _weeks: dict[tuple[object, ...], Week | None] = field(default_factory=dict)
    _evidence: dict[tuple[object, ...], Evidence] = field(default_factory=dict)
    _tiers: dict[tuple[object, ...], Tier] = field(default_factory=dict)

    def spans(self, policies: Sequence[Policy], first: date, last: date) -> Iterator[TierSpan]:
        """All spans from the first to the last as-of date; those that reach the last are open."""
        open_spans: dict[tuple[str, int, str], TierSpan] = {}
        for as_of in _dates(first, last):
            today: dict[tuple[str, int, str], TierSpan] = {}
            for policy in in_force(policies, as_of) if as_of in self.days else ():
                for scope in policy.scopes:
                    key = policy.policy_id, policy.policy_version, scope
                    tier = self.tier(policy, scope, as_of, window(policy, as_of)).published
                    before = open_spans.get(key)
                    is_same = before is not None and before.tier == tier
                    today[key] = (
                        before
                        if before is not None and is_same
                        else TierSpan(*key, self.employee_id, tier, as_of, None)
                    )
            for key, span in open_spans.items():
                if today.get(key) is not span:
                    yield replace(span, valid_to=as_of)
            open_spans = today
        yield from open_spans.values()

    def weeks(self, policies: Sequence[Policy], first: date, last: date) -> dict[TierWeekKey, Tier]:
        """The weekly rows, each as of its Sunday."""
        rows = {}
        for sunday in _dates(first, last):
            for policy in in_force(policies, sunday) if sunday in self.days else ():
                if has_weekly_row(policy, sunday, last):
                    for scope in policy.scopes:
                        key = policy.policy_id, policy.policy_version, scope, self.employee_id
                        bounds = weekly_window(policy, sunday)
                        rows[*key, sunday - 6 * DAY] = self.tier(policy, scope, sunday, bounds)
        return rows

    def tier(self, policy: Policy, scope: str, as_of: date, bounds: tuple[date, date]) -> Tier:
        """The tier of a window, as of a date on which the person is employed and included."""
        today = self.days[as_of]
        subject = Subject(
            pattern=weekly_pattern(today.attributes),
            was_hired_inside=today.hired_date >= bounds[0],
            line_of_business=today.attributes.line_of_business,
        )
        cutoffs = self.cutoffs.of_scope(policy, scope, as_of) if policy.needs_cutoffs else None
        key = policy.policy_id, policy.policy_version, scope, bounds, subject, id(cutoffs)
        if key not in self._tiers:
            self._tiers[key] = rate_evidence(policy, self._window(policy, scope, bounds), subject, cutoffs)
        return self._tiers[key]

    def _window(self, policy: Policy, scope: str, bounds: tuple[date, date]) -> Evidence:
        shared = scope, policy.measure_code, policy.off_days_stand_in
        if (*shared, bounds) not in self._evidence:
            weeks = []
            start = bounds[0]
            while start <= bounds[1]:
                end = min(start + (6 - start.weekday()) * DAY, bounds[1])
                if (*shared, start, end) not in self._weeks:
                    self._weeks[*shared, start, end] = self._week(policy, scope, start, end)
                weeks.append(self._weeks[*shared, start, end])
                start = end + DAY
            self._evidence[*shared, bounds] = Evidence([week for week in weeks if week is not None])
        return self._evidence[*shared, bounds]

    def _week(self, policy: Policy, scope: str, start: date, end: date) -> Week | None:
        days = self._days_in(scope)
        existing = [days[day] for day in _dates(start, end) if day in days]
        return sum_week(policy, existing) if existing else None

    def _days_in(self, scope: str) -> dict[date, WindowDay]:
        if scope not in self._in_scope:
            self._in_scope[scope] = {
                day: person_day.in_scope(scope) for day, person_day in self.days.items() if day >= IN_USE_FROM
            }
        return self._in_scope[scope]


def _dates(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + offset * DAY
