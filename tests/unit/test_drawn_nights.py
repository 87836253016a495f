"""How often the drift guard cries wolf, and what it lets pass: nights and incidents, drawn with a seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pytest

from tests.shared_home import shared_home
from tests.unit.drawn_company import DAYS, JUDGED_DAYS, DrawnCompany, draw, is_weekend
from tests.unit.drawn_incidents import INCIDENTS, Incident, weekend_job
from tests.unit.drawn_nights import DrawnNights
from tests.unit.figure_nights import compile_models

pytestmark = pytest.mark.slow

COMPANIES = 10
INCIDENTS_EACH = 5
SEED = 20_260_301
NIGHTS = range(DAYS - JUDGED_DAYS, DAYS)


class Outcome(NamedTuple):
    """What the guard said of every night, and of every incident in its place."""

    held_quiet: list[str]
    quiet_count: int
    missed: list[str]
    caught_by_kind: dict[str, int]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = shared_home(tmp_path_factory, "drift_models", compile_models)
    return dict(json.loads((home / "models.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def outcome(models: Mapping[str, str]) -> Outcome:
    found = Outcome([], 0, [], {})
    quiet_count = 0
    for number in range(COMPANIES):
        company = draw(SEED + number)
        nights = DrawnNights(models, company, first_night=NIGHTS[0])
        planned = _incidents(number, company)
        for night in NIGHTS:
            for name, day in planned.get(night, ()):
                if nights.suffer(night, day):
                    found.caught_by_kind[name] = found.caught_by_kind.get(name, 0) + 1
                else:
                    found.missed.append(f"{name} in company {number} on day {night}")
            if off := nights.observe(night):
                found.held_quiet.append(f"company {number} on day {night}: {off[:3]}")
            nights.publish()
            quiet_count += 1
    return found._replace(quiet_count=quiet_count)


def _incidents(number: int, company: DrawnCompany) -> dict[int, list[tuple[str, DrawnCompany]]]:
    """Five of the ten kinds, each done to a drawn day."""
    rng = np.random.default_rng([SEED, number])
    planned: dict[int, list[tuple[str, DrawnCompany]]] = {}
    for incident in _kinds(number):
        nights = [night for night in NIGHTS if is_weekend(night) == (incident is weekend_job)]
        night = int(rng.choice(nights))
        done = incident(company.of_day(night), rng)
        planned.setdefault(night, []).append((incident.__name__, done))
    return planned


def _kinds(number: int) -> Iterator[Incident]:
    for place in range(INCIDENTS_EACH):
        yield INCIDENTS[(INCIDENTS_EACH * number + place) % len(INCIDENTS)]


def test_of_two_hundred_quiet_nights_at_most_one_is_held(outcome: Outcome) -> None:
    assert outcome.quiet_count == 200
    assert len(outcome.held_quiet) <= 1, outcome.held_quiet


def test_of_fifty_incidents_of_ten_kinds_at_least_forty_nine_are_held(outcome: Outcome) -> None:
    assert sum(outcome.caught_by_kind.values()) + len(outcome.missed) == 50
    assert set(outcome.caught_by_kind) == {incident.__name__ for incident in INCIDENTS}
    assert len(outcome.missed) <= 1, outcome.missed
