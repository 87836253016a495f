"""What a case of a feed states, and the few people that all cases share.

Only declarations belong here; each feed's files and figures lie in a module of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

# A Monday to a Friday; the night is that of the Friday.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 3, 2) + timedelta(days=n) for n in range(5))

# Stands in every field that must not leave the inbox.
CANARY = "CANARY-7f3a"


@dataclass(frozen=True)
class Colleague:
    """One of the people of the company; each has every tool and works Monday to Friday."""

    employee_id: str
    work_email: str
    github_login: str


ANNA = Colleague("0001001", "anna.ash@bank.example", "anna-ash")
BEN = Colleague("0001002", "ben.birch@bank.example", "ben-birch")
CARLA = Colleague("0001003", "carla.cedar@bank.example", "carla-cedar")
PEOPLE = (ANNA, BEN, CARLA)

# An address of the company that belongs to nobody.
STRANGER = "nobody@bank.example"


@dataclass(frozen=True)
class Reconciled:
    """Where the records of one feed and date went."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    unresolved: int = 0
    non_human: int = 0


@dataclass(frozen=True)
class Case:
    """Files by their path below the inbox, and the rows that must be published because of them.

    `tool_days` by (employee, tool, date): measures that are stated, is_active and is_substantive; what is not
    named is NULL. `mode_days` by (employee, tool, mode, date): (is_active, is_substantive, intentional
    actions); with "flag" as a fourth where a flag is all there is. `model_days` by (employee, tool, model,
    date): measures that are stated. `records` by (source, feed, date).
    """

    tools: frozenset[str]
    files: Mapping[str, str | bytes]
    records: Mapping[tuple[str, str, date | None], Reconciled]
    tool_days: Mapping[tuple[str, str, date], Mapping[str, Any]] = field(default_factory=dict)
    mode_days: Mapping[tuple[str, str, str, date], tuple[Any, ...]] = field(default_factory=dict)
    model_days: Mapping[tuple[str, str, str, date], Mapping[str, Any]] = field(default_factory=dict)
