"""A drawn company's daily use of its tools, as the tables that the daily figures are computed from.

People, calendars, habits and their swings are drawn with a seed; what goes wrong in a night belongs to
drawn_incidents.py, what is made of it to the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

Numbers = np.ndarray[Any, Any]

FIRST = date(2026, 1, 5)  # a Monday
DAYS = 84
JUDGED_DAYS = 20
LINES = ("Markets", "Payments", "Retail", "Risk", "Technology")
TOOLS = ("claude_code", "github_copilot", "chatgpt", "cursor")
ROLLED_OUT = "cursor"
CLIENTS = ("vscode", "iTerm.app", "tmux", "JetBrains", "zed")
FEATURES = ("code_completion", "chat_panel_ask_mode", "chat_panel_agent_mode", "chat_inline")
COUNTERS = ("session_count", "edit_accepted_count", "commit_count")
TOKENS_PER_ACTION = 2_000
USD_PER_TOKEN = 0.000_01


@dataclass(frozen=True)
class DrawnCompany:
    """`people`: person and day; `use`: person, tool and day; `surfaces`: person, tool, day, kind and name."""

    people: pd.DataFrame
    use: pd.DataFrame
    surfaces: pd.DataFrame
    late: frozenset[tuple[str, int]]  # tools whose feed of a day comes one night late

    def of_day(self, day: int) -> DrawnCompany:
        """The same company on one day."""
        people, use, surfaces = (t[t["day"] == day].copy() for t in (self.people, self.use, self.surfaces))
        return DrawnCompany(people, use, surfaces, self.late)


@dataclass(frozen=True)
class Staff:
    """Whether somebody is expected at work, by person and day; by person the day of joining, and the line."""

    expected: Numbers
    joined: Numbers
    line: Numbers


def day_date(day: int) -> date:
    """The date of a day by its number."""
    return FIRST + timedelta(days=day)


def is_weekend(day: int) -> bool:
    """Saturday or Sunday."""
    return day % 7 >= 5


def draw(seed: int) -> DrawnCompany:
    """A company of 900 to 3,500 people over twelve weeks: weekends, holidays of two countries, leave, people
    who join, slow growth, a tool that is being rolled out, and a client that people change to."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(900, 3_500))
    line = rng.choice(len(LINES), size=size, p=rng.dirichlet([6, 4, 3, 2, 2]))
    joined = np.where(rng.random(size) < 0.04, rng.integers(1, DAYS, size), 0)
    expected = _expected(rng, size)
    people = pd.DataFrame(
        {
            "person": np.repeat(np.arange(size), DAYS),
            "day": np.tile(np.arange(DAYS), size),
            "line": np.array(LINES)[np.repeat(line, DAYS)],
            "expected_thousandths": expected.ravel() * 1000,
        }
    )
    people = people[people["day"] >= np.repeat(joined, DAYS)]
    mood = np.exp(rng.normal(0, 0.035, DAYS))
    staff = Staff(expected, joined, line)
    use = pd.concat([_use_of(rng, tool, staff, mood) for tool in TOOLS], ignore_index=True)
    late = frozenset(
        (str(rng.choice(TOOLS)), int(day))
        for day in range(DAYS - JUDGED_DAYS, DAYS - 1)
        if rng.random() < 0.1
    )
    return DrawnCompany(people, use, _surfaces(rng, use, size), late)


def _expected(rng: np.random.Generator, size: int) -> Numbers:
    """Whether each person is expected at work on each day."""
    days = np.arange(DAYS)
    expected = np.tile(days % 7 < 5, (size, 1))
    expected |= rng.random((size, DAYS)) < 0.01  # shifts
    country = rng.random(size) < rng.uniform(0.3, 0.9)
    for is_there in (country, ~country):
        for holiday in rng.choice(days[days % 7 < 5], size=3, replace=False):
            expected[is_there, holiday] = False
    for _ in range(3):
        begins, length = rng.integers(0, DAYS, size), rng.integers(1, 11, size)
        takes_leave = rng.random(size) < 0.35
        away = (days >= begins[:, None]) & (days < (begins + length)[:, None]) & takes_leave[:, None]
        expected &= ~away
    return expected


def _use_of(rng: np.random.Generator, tool: str, staff: Staff, mood: Numbers) -> pd.DataFrame:
    """Whoever adopted a tool uses it on some days, some of them much more than others."""
    expected, joined, line = staff.expected, staff.joined, staff.line
    size, days = len(joined), np.arange(DAYS)
    adopts = rng.random(size) < rng.uniform(0.25, 0.7) * rng.uniform(0.6, 1.3, len(LINES))[line]
    begins = joined.astype(float)
    if tool == ROLLED_OUT:
        begins = np.maximum(begins, rng.uniform(-14, DAYS * rng.uniform(1.0, 1.6), size))
    growth = (1 + rng.normal(0.006, 0.003)) ** (days / 7)
    weekday = np.array([1.0, 1.04, 1.03, 1.0, 0.86, 0.9, 0.9])[days % 7]
    swing = np.exp(rng.normal(0, 0.02, DAYS)) * mood * growth * weekday
    chance = rng.beta(2, 2.5, size)[:, None] * swing * np.where(expected, 1.0, 0.06)
    is_active = (rng.random((size, DAYS)) < chance) & adopts[:, None] & (days >= begins[:, None])
    person, day = np.nonzero(is_active)
    habit = np.exp(rng.normal(2.2, 0.9, size))[person]
    action_count = 1 + rng.poisson(habit * rng.gamma(2, 0.5, len(person)) * mood[day])
    tokens = action_count * TOKENS_PER_ACTION * np.exp(rng.normal(0, 0.5, len(person)))
    return pd.DataFrame(
        {
            "person": person,
            "day": day,
            "tool": tool,
            "actions": action_count,
            "input_tokens": np.rint(tokens),
            "output_tokens": np.rint(tokens / 4),
            "cost": tokens * USD_PER_TOKEN,
        }
    )


def _surfaces(rng: np.random.Generator, use: pd.DataFrame, size: int) -> pd.DataFrame:
    """Each person has a client they mostly use, some change to another for good; and a taste in features."""
    main = rng.choice(len(CLIENTS), size=size, p=rng.dirichlet([8, 5, 3, 2, 1]))
    changes_on = np.where(rng.random(size) < 0.06, rng.integers(0, DAYS, size), DAYS)
    later = rng.choice(len(CLIENTS), size=size)
    claude = use[use["tool"] == "claude_code"]
    person = claude["person"].to_numpy()
    client = np.where(claude["day"].to_numpy() >= changes_on[person], later[person], main[person])
    client = np.where(rng.random(len(client)) < 0.1, rng.choice(len(CLIENTS), len(client)), client)
    tables = [
        _surface(claude, "client", np.array(CLIENTS)[client], claude["actions"].to_numpy()),
        *_split(rng, claude, COUNTERS, size, [2, 6, 1]),
        *_split(rng, use[use["tool"] == "github_copilot"], FEATURES, size, [6, 3, 2, 1]),
    ]
    found = pd.concat(tables, ignore_index=True)
    return found[found["actions"] > 0]


def _split(
    rng: np.random.Generator, use: pd.DataFrame, names: tuple[str, ...], size: int, weights: list[float]
) -> list[pd.DataFrame]:
    taste = rng.dirichlet(weights, size)[use["person"].to_numpy()]
    parts = rng.multinomial(use["actions"].to_numpy(), taste)
    return [
        _surface(use, "feature", np.full(len(use), name), parts[:, place]) for place, name in enumerate(names)
    ]


def _surface(use: pd.DataFrame, kind: str, name: Numbers, action_count: Numbers) -> pd.DataFrame:
    found = use[["person", "day", "tool"]].copy()
    return found.assign(kind=kind, name=name, actions=action_count)
