"""What the drift guard compares and when it forgets: holds, releases, late and restated days, small groups.

Every case is a few figures over nine weeks that swing by a hundredth; what chance does: test_drawn_nights.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tests.shared_home import shared_home
from tests.unit.figure_nights import FigureNights, Row, compile_models

FIRST = date(2026, 1, 5)  # a Monday
MONDAY = FIRST + timedelta(weeks=9)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 3))
SATURDAY = MONDAY + timedelta(days=5)
SHARE, LEVEL = "client_share", "actions_per_person"


@dataclass(frozen=True)
class Figure:
    """A figure on one date, among so many people, on a day of which so much is expected."""

    day: date
    value: float
    member: str = ""
    measure: str = SHARE
    people: int = 1000
    scope: str = ""
    tool: str = "claude_code"
    expected: float | None = None
    error: float = 0.005

    def row(self) -> tuple[object, ...]:
        """As int_usage_figure states it."""
        kind = "line_of_business" if self.scope else "company"
        usual = 0.0 if self.day.weekday() >= 5 else 0.9
        return (
            *(self.day, kind, self.scope, self.tool, self.measure, self.member, self.value * self.people),
            *(self.people, usual if self.expected is None else self.expected, self.error),
        )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = shared_home(tmp_path_factory, "drift_models", compile_models)
    return dict(json.loads((home / "models.json").read_text(encoding="utf-8")))


class Guard:
    """Nights over given figures. Weeks of vscode at 0.6 and tmux at 0.4 are published already."""

    def __init__(self, models: Mapping[str, str], history: Sequence[Figure] | None = None) -> None:
        self._nights = FigureNights(models)
        self._in_force: date | None = None
        known = _weeks(MONDAY) if history is None else history
        if known:
            self._lay_out(known)
            self._nights.run(
                "insert into adoption.ops.usage_figure by name from scratch.main.int_usage_figure"
            )
            self._in_force = max(figure.day for figure in known)

    def night(self, *figures: Figure) -> list[Row]:
        """What of a night's figures is off; nothing is published."""
        days = {figure.day for figure in figures}
        self._nights.begin(max({*days, *self._published_days()}), self._in_force, days)
        self._lay_out(figures)
        return self._nights.judge()

    def release(self) -> None:
        """Publish the night that was judged last, whatever it found."""
        self._nights.publish()
        self._in_force = max(self._published_days())

    def off(self, *figures: Figure) -> set[tuple[date, str]]:
        """Day and member of what is off."""
        return {(day, member) for _, _, _, member, day in self.night(*figures)}

    def _published_days(self) -> list[date]:
        found = self._nights.connection.execute(
            "select distinct activity_date from adoption.ops.usage_figure"
        )
        return [day for (day,) in found.fetchall()]

    def _lay_out(self, figures: Sequence[Figure]) -> None:
        self._nights.run("delete from scratch.main.int_usage_figure")
        self._nights.connection.executemany(
            f"insert into scratch.main.int_usage_figure values ({', '.join('?' * 10)})",
            [figure.row() for figure in figures],
        )


def _shares(day: date, first: float) -> list[Figure]:
    return [Figure(day, first, "vscode"), Figure(day, 1 - first, "tmux")]


def _swing(day: date) -> float:
    """A hundredth up and down, in an order of its own."""
    return ((day.toordinal() * 7) % 5 - 2) / 200


def _weeks(end: date, weeks: int = 9) -> list[Figure]:
    first = end - timedelta(weeks=weeks)
    days = [first + timedelta(days=number) for number in range((end - first).days)]
    return [figure for day in days for figure in _shares(day, 0.6 + _swing(day))]


def test_a_relabelled_client_is_off_with_the_one_it_became(models: Mapping[str, str]) -> None:
    guard = Guard(models)
    assert guard.off(*_shares(MONDAY, 0.61)) == set()
    assert guard.off(*_shares(MONDAY, 0.13)) == {(MONDAY, "vscode"), (MONDAY, "tmux")}


def test_a_name_that_is_gone_and_one_that_is_new_are_off(models: Mapping[str, str]) -> None:
    renamed = [Figure(MONDAY, 0.6, "code"), Figure(MONDAY, 0.4, "tmux")]
    assert Guard(models).off(*renamed) == {(MONDAY, "vscode"), (MONDAY, "code")}


@pytest.mark.parametrize("level", [0.13, 0.6], ids=["the released one", "the one before an odd day"])
def test_after_a_release_a_level_that_stays_is_usual(models: Mapping[str, str], level: float) -> None:
    guard = Guard(models)
    guard.night(*_shares(MONDAY, 0.13))
    guard.release()
    for number in range(1, 40):
        day = MONDAY + timedelta(days=number)
        assert guard.off(*_shares(day, level + _swing(day))) == set(), day
        guard.release()


def test_soon_after_a_release_the_level_before_it_passes_and_later_no_more(models: Mapping[str, str]) -> None:
    guard = Guard(models)
    guard.night(*_shares(MONDAY, 0.13))
    guard.release()
    assert guard.off(*_shares(TUESDAY, 0.6)) == set()
    for number in range(1, 28):
        day = MONDAY + timedelta(days=number)
        guard.night(*_shares(day, 0.13 + _swing(day)))
        guard.release()
    later = MONDAY + timedelta(days=28)
    assert guard.off(*_shares(later, 0.6)) == {(later, "vscode"), (later, "tmux")}


def test_a_jump_past_what_was_released_is_off(models: Mapping[str, str]) -> None:
    guard = Guard(models)
    guard.night(*_shares(MONDAY, 0.4))
    guard.release()
    assert guard.off(*_shares(TUESDAY, 0.15)) == {(TUESDAY, "vscode"), (TUESDAY, "tmux")}


def test_a_held_night_is_held_again_for_every_day_since(models: Mapping[str, str]) -> None:
    guard = Guard(models)
    # after ten weeks most of the like days before are held ones themselves
    for number in (0, 1, 70):
        days = [MONDAY + timedelta(days=earlier) for earlier in range(number + 1)]
        together = [figure for day in days for figure in _shares(day, 0.13)]
        assert {day for day, _ in guard.off(*together)} == set(days)


def test_a_restated_day_is_not_judged_and_keeps_what_was_found(models: Mapping[str, str]) -> None:
    guard = Guard(models)
    guard.night(*_shares(MONDAY, 0.13))
    guard.release()
    assert guard.off(*_shares(MONDAY, 0.9), *_shares(TUESDAY, 0.13)) == set()
    guard.release()
    found = guard._nights.connection.execute(
        "select member_name, total_value / person_count, is_off from adoption.ops.usage_figure "
        f"where activity_date = '{MONDAY}' order by 1"
    ).fetchall()
    assert found == [("tmux", pytest.approx(0.1), True), ("vscode", pytest.approx(0.9), True)]


def test_a_missing_day_is_not_off_and_is_judged_when_it_comes(models: Mapping[str, str]) -> None:
    guard = Guard(models)
    other = [Figure(MONDAY, 0.5, "ask", tool="github_copilot")]
    assert guard.off(*other) == set()
    guard.release()
    assert guard.off(*_shares(MONDAY, 0.13), *_shares(TUESDAY, 0.6)) == {(MONDAY, "vscode"), (MONDAY, "tmux")}


def test_less_than_three_weeks_say_nothing(models: Mapping[str, str]) -> None:
    assert Guard(models, _weeks(MONDAY, weeks=2)).off(*_shares(MONDAY, 0.13)) == set()
    assert Guard(models, _weeks(MONDAY, weeks=3)).off(*_shares(MONDAY, 0.13)) != set()


def test_a_first_night_judges_its_last_week_by_what_lies_before(models: Mapping[str, str]) -> None:
    guard = Guard(models, [])
    before = [figure for figure in _weeks(MONDAY) if figure.day != MONDAY - timedelta(days=20)]
    old = _shares(MONDAY - timedelta(days=20), 0.13)
    assert guard.off(*before, *old, *_shares(MONDAY, 0.13)) == {(MONDAY, "vscode"), (MONDAY, "tmux")}


def test_a_weekend_is_compared_with_weekends_and_a_holiday_too(models: Mapping[str, str]) -> None:
    def share(day: date) -> float:
        return (0.3 if day.weekday() >= 5 else 0.6) + _swing(day)

    days = [FIRST + timedelta(days=number) for number in range(63)]
    guard = Guard(models, [figure for day in days for figure in _shares(day, share(day))])
    assert guard.off(*_shares(SATURDAY, 0.3)) == set()
    assert guard.off(*_shares(SATURDAY, 0.6)) != set()
    holiday = [Figure(MONDAY, 0.3, "vscode", expected=0.0), Figure(MONDAY, 0.7, "tmux", expected=0.0)]
    assert guard.off(*holiday) == set()
    assert guard.off(*_shares(MONDAY, 0.3)) != set()


def test_fewer_people_at_work_are_no_fall_in_active_people(models: Mapping[str, str]) -> None:
    def active(day: date, value: float, expected: float | None = None) -> Figure:
        return Figure(day, value + _swing(day), measure="active_people", expected=expected)

    days = [FIRST + timedelta(days=number) for number in range(63)]
    guard = Guard(models, [active(day, 0.5) for day in days])
    assert guard.off(active(MONDAY, 0.25)) == {(MONDAY, "")}
    assert guard.off(active(MONDAY, 0.25, expected=0.4)) == set()
    assert guard.off(active(MONDAY, 0.1, expected=0.4)) == {(MONDAY, "")}


def test_a_tool_that_is_rolled_out_grows_without_being_off_but_not_overnight(
    models: Mapping[str, str],
) -> None:
    def rolled_out(number: int) -> Figure:
        day = FIRST + timedelta(days=number)
        return Figure(day, 0.02 * 1.2 ** (number / 7) * (1 + 2 * _swing(day)), measure="active_people")

    guard = Guard(models, [rolled_out(number) for number in range(63)])
    assert guard.off(rolled_out(63)) == set()
    doubled = Figure(MONDAY, 2 * rolled_out(63).value, measure="active_people")
    assert guard.off(doubled) == {(MONDAY, "")}


@pytest.mark.parametrize("measure", [SHARE, LEVEL])
def test_a_tiny_line_of_business_holds_nothing_and_a_large_one_does(
    models: Mapping[str, str], measure: str
) -> None:
    def figure(day: date, value: float, people: int) -> Figure:
        return Figure(day, value, "vscode", measure, people=people, scope="Markets")

    days = [FIRST + timedelta(days=number) for number in range(63)]
    for people, is_off in ((39, False), (40, True)):
        guard = Guard(models, [figure(day, 0.8 + _swing(day), people) for day in days])
        assert bool(guard.off(figure(MONDAY, 0.2, people))) is is_off


def test_what_one_person_did_does_not_make_a_figure_off(models: Mapping[str, str]) -> None:
    days = [FIRST + timedelta(days=number) for number in range(63)]
    guard = Guard(models, [Figure(day, 0.5 + _swing(day), measure=LEVEL) for day in days])
    assert guard.off(Figure(MONDAY, 1.5, measure=LEVEL)) == {(MONDAY, "")}
    # two thirds of all actions are one person's, which the error between people shows
    assert guard.off(Figure(MONDAY, 1.5, measure=LEVEL, error=1.0)) == set()
