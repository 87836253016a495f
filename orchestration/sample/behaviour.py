"""Draws what people do: on which days they use which tool, and how much.

Says nothing about rows or files; the vendors' modules turn a volume into records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from orchestration.sample.people import Person
from orchestration.sample.period import DAY, Period
from orchestration.sample.vocabulary import QUIET_DAYS, SHARED_ALIAS, TOOLS


@dataclass(frozen=True)
class Habit:
    """How often (shares of days) and how much (1 is usual) a person uses which tools."""

    day_share: float
    off_day_share: float
    volume: float
    tastes: dict[str, float]
    only_days: tuple[date, ...] = ()


def draw_habit(person: Person, period: Period, rng: Random) -> Habit:
    """The habit of a person's profile, with tastes of their own."""
    tastes = {
        "claude_code": rng.uniform(0.2, 1.0) * (1.0 if person.is_engineer else 0.3),
        "github_copilot": rng.uniform(0.2, 1.0) * (1.0 if person.is_engineer else 0.3),
        "chatgpt": rng.uniform(0.2, 1.0),
    }
    if person.profile == "non_user":
        return Habit(0.0, 0.0, 0.0, tastes)
    if person.profile == "tried_once":
        days = tuple(sorted(rng.sample(period.days, min(len(period.days), rng.choice((1, 1, 2))))))
        return Habit(0.0, 0.0, 0.3, tastes, days)
    if person.profile == "light":
        return Habit(rng.uniform(0.06, 0.2), 0.005, rng.uniform(0.2, 0.5), tastes)
    if person.profile == "regular":
        return Habit(rng.uniform(0.35, 0.75), 0.02, rng.uniform(0.4, 0.9), tastes)
    if person.profile == "heavy":
        return Habit(rng.uniform(0.88, 0.98), 0.08, rng.uniform(1.2, 2.0), tastes)
    return Habit(rng.uniform(0.8, 0.95), 0.6, rng.uniform(1.5, 2.5), tastes | {"claude_code": 2.5})


def plan_day(person: Person, habit: Habit, day: date, rng: Random) -> dict[str, float]:
    """Volume per tool used on a day of employment; empty on a day without use."""
    if day in habit.only_days:
        share = 1.0
    elif _works(person, day):
        share = habit.day_share
    else:
        share = habit.off_day_share
    if rng.random() >= share:
        return {}
    usable = person.granted_on(day)
    if person.uses_ungranted:
        usable = [*usable, "chatgpt"]
    usable = [tool for tool in TOOLS if tool in usable]
    if not usable:
        return {}
    first = rng.choices(usable, [habit.tastes[tool] for tool in usable])[0]
    used = [tool for tool in usable if tool == first or rng.random() < 0.35 * habit.tastes[tool]]
    return {tool: habit.volume * rng.uniform(0.6, 1.4) for tool in used}


def _works(person: Person, day: date) -> bool:
    columns = person.columns_on(day)
    pattern = columns["working_weekdays"] or "1111100"
    if pattern[day.weekday()] != "1" or day in QUIET_DAYS.get(columns["country_code"], ()):
        return False
    return person.leave_on(day) < 1000


def spoken_email(person: Person, day: date, rng: Random) -> str:
    """The address a tool reports: mostly the work address, sometimes in other case, sometimes an alias."""
    columns = person.columns_on(day)
    aliases = [alias for alias in columns["email_aliases"].split(";") if alias and alias != SHARED_ALIAS]
    draw = rng.random()
    if aliases and draw < 0.15:
        return rng.choice(aliases)
    if draw < 0.25:
        return columns["work_email"].title()
    return columns["work_email"].lower()


def spoken_login(person: Person, day: date, rng: Random) -> str:
    """The login as Copilot reports it, sometimes in other case; empty for people without one."""
    login = person.columns_on(day)["github_login"]
    return login.capitalize() if rng.random() < 0.1 else login


def may_spill(person: Person, day: date, period: Period) -> bool:
    """Whether something begun on a day may end on the next and still belong to the person."""
    return day + DAY <= period.last and person.stint_on(day + DAY) is not None
