"""Which days a policy looks at as of a date, and which weekly rows there are. Pure calendar arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

from .policies import Policy

DAY = timedelta(days=1)
SUNDAY = 6


def window(policy: Policy, as_of: date) -> tuple[date, date]:
    """First and last day, both inclusive, that the policy looks at as of a date."""
    settled = as_of - policy.settle_days * DAY
    if policy.window_unit == "day":
        return settled - (policy.window_length - 1) * DAY, settled
    return _weeks_until(settled - (settled.weekday() + 1) % 7 * DAY, policy)


def weekly_window(policy: Policy, sunday: date) -> tuple[date, date]:
    """The same for the weekly row of the week that ends on a Sunday."""
    return window(policy, sunday) if policy.window_unit == "day" else _weeks_until(sunday, policy)


def has_weekly_row(policy: Policy, sunday: date, as_of: date) -> bool:
    """Whether the weekly row of the week that ends on a Sunday is out as of a date."""
    wait = policy.settle_days if policy.window_unit == "week" else 0
    return sunday.weekday() == SUNDAY and sunday + wait * DAY <= as_of


def reach(policy: Policy) -> timedelta:
    """No window of the policy starts longer before its as-of date."""
    length = policy.window_length * (7 if policy.window_unit == "week" else 1)
    return (length + policy.settle_days + 7) * DAY


def _weeks_until(sunday: date, policy: Policy) -> tuple[date, date]:
    return sunday - (7 * policy.window_length - 1) * DAY, sunday
