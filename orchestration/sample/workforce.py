"""Draws the people of the made-up company: who they are, where they sit, what they may use.

What they do with the tools is drawn in `behaviour.py`; what happens to them over time in `careers.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from orchestration.sample.people import Entitlement, Person, Stint, Version
from orchestration.sample.period import Period
from orchestration.sample.streams import stream
from orchestration.sample.vocabulary import (
    ASCII,
    DOMAIN,
    ENGINEERING_FAMILIES,
    FAMILY_NAMES,
    GIVEN_NAMES,
    LINES_OF_BUSINESS,
    LOGIN_SUFFIX,
    OTHER_FAMILIES,
    PLACES,
    ROOT_UNIT,
    TEAMS_PER_LINE,
    TOOLS,
    Place,
    line_unit,
    team_unit,
)

SPAN_OF_CONTROL = 7
PROFILES = (
    ("non_user", 16),
    ("tried_once", 11),
    ("light", 30),
    ("regular", 34),
    ("heavy", 8),
    ("agent_runner", 4),
)
GRANT_SHARE = {
    True: {"claude_code": 0.62, "github_copilot": 0.85, "chatgpt": 0.75},
    False: {"claude_code": 0.15, "github_copilot": 0.25, "chatgpt": 0.9},
}


def manager_index(index: int) -> int | None:
    """The manager of the person at this place of the tree; None for the head."""
    return None if index == 0 else (index - 1) // SPAN_OF_CONTROL


def is_leaf(index: int, employees: int) -> bool:
    """Whether nobody reports to the person at this place of the tree."""
    return index * SPAN_OF_CONTROL + 1 >= employees


def line_of(index: int) -> int:
    """The line of business (0 to 3) of the branch a person hangs on."""
    while index > SPAN_OF_CONTROL:
        index = (index - 1) // SPAN_OF_CONTROL
    return (index - 1) % len(LINES_OF_BUSINESS) if index else 0


def employee_id(index: int) -> str:
    """Seven digits with leading zeros, not in the order of the tree."""
    return f"{(index * 7919 + 10007) % 9_999_991:07d}"


def columns_at(place: Place) -> dict[str, str]:
    """The HR columns that follow from where somebody works."""
    return {
        "country_code": place.country_code,
        "country_subdivision_code": place.subdivision,
        "site_code": place.site_code,
        "legal_entity_code": place.legal_entity_code,
    }


def draw_workforce(employees: int, period: Period, seed: int) -> list[Person]:
    """One Person per place in the tree, all employed throughout; careers change some of them afterwards."""
    return [
        _draw_person(index, employees, period, stream(seed, "person", index)) for index in range(employees)
    ]


def _draw_person(index: int, employees: int, period: Period, rng: Random) -> Person:
    given, family = rng.choice(GIVEN_NAMES), rng.choice(FAMILY_NAMES)
    place = rng.choices(PLACES, [place.weight for place in PLACES])[0]
    is_engineer = rng.random() < 0.72
    hired = period.first - timedelta(days=rng.randint(60, 4500))
    person = Person(
        index=index,
        employee_id=employee_id(index),
        display_name=f"{given} {family}",
        copilot_user_id=100_000 + index * 37,
        chatgpt_user_id=f"user-{rng.getrandbits(96):024x}",
        morning_utc=place.morning_utc,
        profile=rng.choices([name for name, _ in PROFILES], [weight for _, weight in PROFILES])[0],
        is_engineer=is_engineer,
        stints=[Stint(hired)],
    )
    columns = columns_at(place) | _accounts(index, given, family, is_engineer, rng)
    columns |= _position(index, employees, is_engineer, rng)
    person.versions = [Version(hired, columns)]
    person.entitlements = _draw_access(person, hired, period, rng)
    return person


def _accounts(index: int, given: str, family: str, is_engineer: bool, rng: Random) -> dict[str, str]:
    stem = f"{given}.{family}".translate(ASCII)
    email = f"{stem}{index}@{DOMAIN}"
    aliases = []
    if rng.random() < 0.25:
        aliases.append(f"{given[0]}{family}".translate(ASCII).lower() + f"{index}@{DOMAIN}")
    if rng.random() < 0.05:
        aliases.append(f"{family}.{given}".translate(ASCII) + f"{index}@emea.{DOMAIN}")
    login = f"{given[0]}{family}{index}".translate(ASCII).lower() + LOGIN_SUFFIX
    has_login = is_engineer or rng.random() < 0.5
    return {
        "work_email": email if rng.random() < 0.3 else email.lower(),
        "email_aliases": ";".join(aliases),
        "github_login": login if has_login else "",
    }


def _position(index: int, employees: int, is_engineer: bool, rng: Random) -> dict[str, str]:
    line = line_of(index)
    boss = manager_index(index)
    if index == 0:
        unit = ROOT_UNIT
    elif boss == 0:
        unit = line_unit(line)
    else:
        unit = team_unit(line, index % TEAMS_PER_LINE)
    level = rng.choice(("L3", "L4", "L5", "L6")) if is_leaf(index, employees) else rng.choice(("M1", "M2"))
    return {
        "manager_employee_id": "" if boss is None else employee_id(boss),
        "org_unit_id": unit,
        "line_of_business": LINES_OF_BUSINESS[line],
        "job_family": rng.choice(ENGINEERING_FAMILIES if is_engineer else OTHER_FAMILIES),
        "job_level": level,
        "worker_type": "contractor" if is_leaf(index, employees) and rng.random() < 0.12 else "employee",
        "fte_fraction": "1.000",
        "working_weekdays": "1111100",
    }


def _draw_access(person: Person, hired: date, period: Period, rng: Random) -> list[Entitlement]:
    rows = []
    has_login = person.versions[0].columns["github_login"] != ""
    for tool in TOOLS:
        start = max(hired, date(2025, 1, 6) + timedelta(days=rng.randint(0, 250)))
        draw = rng.random()
        if draw < GRANT_SHARE[person.is_engineer][tool] and (tool != "github_copilot" or has_login):
            rows.append(Entitlement(tool, "granted", start, None, period.first))
        elif draw > 0.97:
            rows.append(Entitlement(tool, "denied", start, None, period.first))
        elif draw > 0.94:
            rows.append(Entitlement(tool, "pending", start, None, period.first))
        elif draw > 0.92:
            rows.append(Entitlement(tool, "restricted", start, None, period.first))
    return rows
