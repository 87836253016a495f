"""Draws what happens to some people: coming, moving, leaving, being away, gaining and losing access.

Changes only what `workforce.py` drew; files and behaviour follow from the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from orchestration.sample.people import Ending, Entitlement, Leave, Person, Stint, Version
from orchestration.sample.period import DAY, Period, Troubles
from orchestration.sample.streams import stream
from orchestration.sample.vocabulary import (
    DOMAIN,
    FRANCE,
    LINES_OF_BUSINESS,
    PLACES,
    SHARED_ALIAS,
    TEAMS_PER_LINE,
    team_unit,
)
from orchestration.sample.workforce import SPAN_OF_CONTROL, columns_at, employee_id, is_leaf, line_of

LEAVE_TYPES = ("ANNUAL", "SICK", "PARENTAL", "CARE")
PART_TIME = ("1110000", "1111000", "0011100", "1010100")


class Careers:
    """Hands out people without reports to one story each, so that stories do not mix."""

    def __init__(self, people: list[Person], period: Period, troubles: Troubles, seed: int) -> None:
        self.people = people
        self.period = period
        self.rng = stream(seed, "careers")
        self.snapshots = [day for day in period.days if day not in troubles.missing_snapshots]
        leaves = [person for person in people if is_leaf(person.index, len(people))]
        self.rng.shuffle(leaves)
        self._free: Iterator[Person] = iter(leaves[: len(leaves) * 3 // 5])

    def tell(self, share: float, story: Callable[[Person, int], None]) -> None:
        """Let a share of all people (at least one, while there are free ones) live through a story."""
        for number in range(max(1, round(share * len(self.people)))):
            person = next(self._free, None)
            if person is not None:
                story(person, number)

    def snapshot_between(self, low: float, high: float) -> date:
        """A date with a delivered snapshot between two shares of the period."""
        start, end = self.period.at(low), self.period.at(high)
        return self.rng.choice([day for day in self.snapshots if start <= day <= end])


def live(people: list[Person], period: Period, troubles: Troubles, seed: int) -> None:
    """Draw every story; in a short period only those that need no date inside it."""
    careers = Careers(people, period, troubles, seed)
    careers.tell(0.04, lambda person, _number: _live_in_france(person))
    careers.tell(0.005, lambda person, _: _work_by_fraction(person))
    careers.tell(0.05, _work_part_time)
    careers.tell(0.035, _have_no_access)
    if period.is_eventful:
        careers.tell(0.005, lambda person, _: _be_rehired(careers, person))
        careers.tell(0.005, lambda person, _: _move_to_france(careers, person))
        careers.tell(0.005, lambda person, _: _move_from_france(careers, person))
        careers.tell(0.01, lambda person, _: _change_email(careers, person))
        careers.tell(0.01, lambda person, _: _be_away(careers, person))
        careers.tell(0.04, lambda person, number: _join(careers, person, number))
        careers.tell(0.04, lambda person, number: _leave_company(careers, person, number))
        careers.tell(0.03, lambda person, number: _change_manager(careers, person, number))
        careers.tell(0.02, lambda person, _: _change_line(careers, person))
        careers.tell(0.005, lambda person, _: _change_pattern(careers, person))
        careers.tell(0.03, lambda person, number: _change_access(careers, person, number))
        _inherit_alias(people, period)
        _move_a_manager(careers)
    careers.tell(0.01, lambda person, _: _use_ungranted(person, period))
    _share_alias(people)
    for person in people:
        _draw_leave(person, period, stream(seed, "leave", person.index))


def _live_in_france(person: Person) -> None:
    person.versions[0].columns.update(columns_at(FRANCE))
    person.morning_utc = FRANCE.morning_utc


def _work_part_time(person: Person, number: int) -> None:
    pattern = PART_TIME[number % len(PART_TIME)]
    share = pattern.count("1") / 5
    person.versions[0].columns.update(working_weekdays=pattern, fte_fraction=f"{share:.3f}")


def _work_by_fraction(person: Person) -> None:
    person.versions[0].columns.update(working_weekdays="", fte_fraction="0.600")
    person.profile = "regular"


def _have_no_access(person: Person, _number: int) -> None:
    person.entitlements.clear()


def _be_away(careers: Careers, person: Person) -> None:
    """Parental leave from the middle of the period until after its end."""
    start = careers.period.workday_at(0.54)
    person.leave = [Leave(start, careers.period.last + 60 * DAY, 1000, "PARENTAL", careers.period.first)]
    _give(person, "chatgpt", careers.period.first)
    person.profile = "regular"


def _give(person: Person, tool: str, known: date) -> None:
    """Grant a tool from long ago, whatever stood before."""
    start = max(person.stints[0].hired_date, date(2025, 3, 3))
    others = [row for row in person.entitlements if row.tool_id != tool]
    person.entitlements = [*others, Entitlement(tool, "granted", start, None, known)]


def _be_rehired(careers: Careers, person: Person) -> None:
    left = careers.snapshot_between(0.15, 0.25) - DAY
    back = careers.snapshot_between(0.55, 0.65)
    known = careers.snapshot_between(0.26, 0.30)
    person.stints = [
        Stint(person.stints[0].hired_date, left, None, Ending.BY_DATE, known, known + 3 * DAY),
        Stint(back),
    ]
    person.versions.append(Version(back, dict(person.versions[0].columns)))
    person.change(back, job_level="L6", worker_type="employee")
    person.profile = "regular"


def _move_to_france(careers: Careers, person: Person) -> None:
    person.change(careers.snapshot_between(0.45, 0.6), **columns_at(FRANCE))
    _give(person, "chatgpt", careers.period.first)
    person.profile = "regular"


def _move_from_france(careers: Careers, person: Person) -> None:
    _live_in_france(person)
    person.change(careers.snapshot_between(0.3, 0.45), **columns_at(PLACES[2]))
    person.profile = "heavy"


def _change_email(careers: Careers, person: Person) -> None:
    columns = person.versions[0].columns
    aliases = [columns["work_email"], *filter(None, columns["email_aliases"].split(";"))]
    name, _, domain = columns["work_email"].partition("@")
    person.change(
        careers.snapshot_between(0.4, 0.6),
        work_email=f"{name.split('.')[0]}.married{person.index}@{domain}",
        email_aliases=";".join(aliases),
    )
    person.profile = "heavy"


def _join(careers: Careers, person: Person, number: int) -> None:
    is_newest = number % 8 == 0
    shown = careers.snapshot_between(0.93, 0.94) if is_newest else careers.snapshot_between(0.2, 0.92)
    delay = (0, 3, 0, 5, -6)[number % 5]
    hired = shown - delay * DAY
    person.stints = [Stint(hired, shown_from=shown)]
    person.versions = [Version(hired, person.versions[0].columns)]
    if is_newest:
        _give(person, "chatgpt", shown)
    person.entitlements = [
        Entitlement(row.tool_id, row.status, hired, None, shown) for row in person.entitlements
    ]


def _leave_company(careers: Careers, person: Person, number: int) -> None:
    gone = careers.snapshot_between(0.15, 0.9)
    hired, last = person.stints[0].hired_date, gone - DAY
    if number % 8 == 6:
        stint = Stint(hired, last, None, Ending.BY_ABSENCE, None, gone)
    elif number % 8 == 7:
        stint = Stint(hired, last, None, Ending.BY_STATUS, gone, gone + 14 * DAY)
    else:
        known = last + (6 if number % 3 == 0 else -10) * DAY
        stint = Stint(hired, last, None, Ending.BY_DATE, known, last + 14 * DAY)
    person.stints = [stint]


def _change_manager(careers: Careers, person: Person, number: int) -> None:
    own = (person.index - 1) // SPAN_OF_CONTROL
    bosses = [index for index in range(1, len(careers.people)) if not is_leaf(index, len(careers.people))]
    line = line_of(person.index)
    near = [index for index in bosses if index != own and line_of(index) == line] or bosses
    changes = {"manager_employee_id": employee_id(careers.rng.choice(near))}
    if number % 2:
        changes["org_unit_id"] = team_unit(line, (person.index + 1) % TEAMS_PER_LINE)
    person.change(careers.snapshot_between(0.1, 0.9), **changes)


def _change_line(careers: Careers, person: Person) -> None:
    line = (line_of(person.index) + 1) % len(LINES_OF_BUSINESS)
    bosses = [index for index in range(1, len(careers.people)) if not is_leaf(index, len(careers.people))]
    there = [index for index in bosses if line_of(index) == line] or bosses or [0]
    person.change(
        careers.snapshot_between(0.2, 0.8),
        manager_employee_id=employee_id(careers.rng.choice(there)),
        org_unit_id=team_unit(line, person.index % TEAMS_PER_LINE),
        line_of_business=LINES_OF_BUSINESS[line],
    )


def _change_pattern(careers: Careers, person: Person) -> None:
    person.change(careers.snapshot_between(0.5, 0.7), working_weekdays="1110000", fte_fraction="0.600")


def _change_access(careers: Careers, person: Person, number: int) -> None:
    tool = ("claude_code", "chatgpt")[number % 2]
    day = careers.snapshot_between(0.3, 0.8)
    known = max(day, careers.period.first)
    start = max(person.stints[0].hired_date, date(2025, 3, 3))
    others = [row for row in person.entitlements if row.tool_id != tool]
    statuses = (("granted", "revoked"), ("pending", "granted"), ("denied", "granted"))[number % 3]
    changed = [
        Entitlement(tool, statuses[0], start, day - DAY, careers.period.first, known),
        Entitlement(tool, statuses[1], day, None, known),
    ]
    person.entitlements = others + changed


def _use_ungranted(person: Person, period: Period) -> None:
    start = max(person.stints[0].hired_date, date(2025, 3, 3))
    person.entitlements = [Entitlement("chatgpt", "denied", start, None, period.first)]
    person.uses_ungranted = True
    person.profile = "regular"


def _inherit_alias(people: list[Person], period: Period) -> None:
    """A joiner gets the alias of somebody who had left and was out of HR before."""
    leavers = [p for p in people if len(p.stints) == 1 and p.stints[0].dropped_from is not None]
    joiners = [p for p in people if p.stints[0].hired_date > period.first]
    pairs = [
        (leaver, joiner)
        for leaver in leavers
        for joiner in joiners
        if (leaver.stints[0].dropped_from or period.last) < joiner.stints[0].hired_date - 2 * DAY
    ]
    if pairs:
        leaver, joiner = min(pairs, key=lambda pair: (pair[0].index, pair[1].index))
        for person in (leaver, joiner):
            for version in person.versions:
                version.columns["email_aliases"] = f"mobile.lead@{DOMAIN}"
            person.profile = "heavy"


def _move_a_manager(careers: Careers) -> None:
    people = careers.people
    movers = [p for p in people if p.index > SPAN_OF_CONTROL and not is_leaf(p.index, len(people))]
    if movers:
        mover = careers.rng.choice(movers)
        own = (mover.index - 1) // SPAN_OF_CONTROL
        target = own % SPAN_OF_CONTROL + 1
        mover.change(careers.snapshot_between(0.5, 0.6), manager_employee_id=employee_id(target))


def _share_alias(people: list[Person]) -> None:
    """Two people state the same alias: what is sent under it belongs to neither."""
    for person in people[2:4]:
        for version in person.versions:
            aliases = filter(None, [version.columns["email_aliases"], SHARED_ALIAS])
            version.columns["email_aliases"] = ";".join(aliases)


def _draw_leave(person: Person, period: Period, rng: Random) -> None:
    count = rng.choices((0, 1, 2), (50, 38, 12))[0]
    for _ in range(count):
        length = rng.choices((1, 2, 5, 10, 40), (35, 20, 28, 13, 4))[0]
        start = period.first + timedelta(days=rng.randint(-12, len(period.days) - 1))
        thousandths = rng.choice((500, 500, 1000)) if length == 1 else 1000
        late = timedelta(days=rng.randint(2, 9)) if rng.random() < 0.25 else timedelta(days=-14)
        entered = min(max(start + late, period.first), _last_statement(period))
        leave_type = rng.choice(LEAVE_TYPES)
        if any(row.start == start for row in person.leave):
            continue
        end = start + timedelta(days=length - 1)
        withdrawn = entered + 8 * DAY if rng.random() < 0.06 else None
        if withdrawn is not None and withdrawn > _last_statement(period):
            withdrawn = None
        person.leave.append(Leave(start, end, thousandths, leave_type, entered, withdrawn))
    person.leave.sort(key=lambda row: (row.start, row.end))


def _last_statement(period: Period) -> date:
    return period.days[(len(period.days) - 1) // 7 * 7]
