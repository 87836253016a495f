"""Draws a whole company's usage day by day and keeps the truth of it per person, tool and day.

Which files carry it is `usage_files.py`'s business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from orchestration.sample import chatgpt, claude_code, github_copilot
from orchestration.sample.accounts import (
    CI_KEY,
    LISTED_BOT,
    UNKNOWN_EMAILS,
    UNLISTED_BOT,
    UNLISTED_KEY,
    UNLISTED_LOGIN,
    ServiceAccount,
    key_on,
)
from orchestration.sample.behaviour import (
    draw_habit,
    may_spill,
    plan_day,
    spoken_email,
    spoken_login,
)
from orchestration.sample.chatgpt import Message, Sender
from orchestration.sample.deliveries import Books, Fate, Sent
from orchestration.sample.measures import ToolDay, add_chatgpt_day, add_claude_row, add_copilot_row
from orchestration.sample.people import Person
from orchestration.sample.period import Period, Troubles
from orchestration.sample.streams import stream
from orchestration.sample.usage_files import CLAUDE, COPILOT, Drawn
from orchestration.sample.vocabulary import SHARED_ALIAS

PersonToolDay = tuple[str, str, date]


@dataclass
class Usage:
    """What was sent, and the truth: per employee_id, tool and day what the person did."""

    drawn: Drawn = field(default_factory=Drawn)
    truth: dict[PersonToolDay, ToolDay] = field(default_factory=dict)

    def tool_day(self, person: Person, tool: str, day: date) -> ToolDay:
        """The truth of one person, tool and day, begun if there is none yet."""
        return self.truth.setdefault((person.employee_id, tool, day), ToolDay())


@dataclass(frozen=True)
class Company:
    """Everything that was drawn before anybody did anything."""

    people: list[Person]
    accounts: list[ServiceAccount]
    period: Period
    troubles: Troubles
    seed: int


def draw_usage(company: Company, books: Books, progress: Callable[[str], None] | None = None) -> Usage:
    """Draw every person's days, then those of keys, bots and strangers."""
    usage = Usage()
    for person in company.people:
        _draw_person(company, usage, person)
        if progress is not None and person.index % 250 == 249:
            progress(f"{person.index + 1} of {len(company.people)} people drawn")
    _spoil(company, usage, books)
    for day in company.period.days:
        _draw_others(company, usage, day, stream(company.seed, "others", day))
    return usage


def _draw_person(company: Company, usage: Usage, person: Person) -> None:
    rng = stream(company.seed, "usage", person.index)
    habit = draw_habit(person, company.period, rng)
    talk: list[Message] = []
    for day in company.period.days:
        if person.stint_on(day) is None:
            continue
        plan = plan_day(person, habit, day, rng)
        if "claude_code" in plan and day not in company.troubles.empty_claude_days:
            _draw_claude(company, usage, person, day=day, volume=plan["claude_code"], rng=rng)
        if "github_copilot" in plan:
            _draw_copilot(company, usage, person, day=day, volume=plan["github_copilot"], rng=rng)
        if "chatgpt" in plan:
            talk += _draw_chatgpt(company, person, day, plan["chatgpt"], rng)
    _account_for_talk(usage, person, talk)


def _draw_claude(
    company: Company, usage: Usage, person: Person, *, day: date, volume: float, rng: Random
) -> None:
    key = key_on(company.accounts, person, day)
    is_agent = person.profile == "agent_runner"
    email = spoken_email(person, day, rng)
    for row in claude_code.draw_rows(day, email, key, is_agent=is_agent, volume=volume, rng=rng):
        usage.drawn.claude.setdefault(day, []).append(Sent(row, Fate.ACCEPTED))
        add_claude_row(usage.tool_day(person, "claude_code", day), row)


def _draw_copilot(
    company: Company, usage: Usage, person: Person, *, day: date, volume: float, rng: Random
) -> None:
    login = spoken_login(person, day, rng)
    row = github_copilot.draw_row(day, login, person.copilot_user_id, volume, rng)
    if day == company.troubles.missing_copilot_day or not login:
        return
    usage.drawn.copilot.setdefault(day, []).append(Sent(row, Fate.ACCEPTED))
    add_copilot_row(usage.tool_day(person, "github_copilot", day), row)


def _draw_chatgpt(company: Company, person: Person, day: date, volume: float, rng: Random) -> list[Message]:
    sender = Sender(person.chatgpt_user_id, spoken_email(person, day, rng), person.morning_utc)
    return chatgpt.draw_messages(
        day, sender, volume, may_spill=may_spill(person, day, company.period), rng=rng
    )


def _account_for_talk(usage: Usage, person: Person, talk: list[Message]) -> None:
    by_day: dict[date, list[Message]] = {}
    for message in talk:
        by_day.setdefault(message.day, []).append(message)
        usage.drawn.chatgpt.setdefault(message.day, []).append((message, Fate.ACCEPTED))
    for day, messages in by_day.items():
        prompts = sum(message.role == "user" for message in messages)
        conversations = len({message.conversation_id for message in messages})
        add_chatgpt_day(usage.tool_day(person, "chatgpt", day), prompts, conversations)


def _spoil(company: Company, usage: Usage, books: Books) -> None:
    """Bad records with a legible actor: beside good ones, instead of a good one, of one without any."""
    by_email = _people_by_work_email(company)
    day = company.troubles.bad_claude_day
    for record in usage.drawn.claude.get(day, []) if day else []:
        person = by_email.get(record.row["actor"].get("email_address", "").lower())
        if person is not None and day is not None:
            usage.drawn.claude[day].append(Sent(claude_code.spoilt(record.row), Fate.REJECTED))
            books.uncovered_person_days.append((person.employee_id, *CLAUDE, day))
            break
    day = company.troubles.bad_copilot_day
    sent = usage.drawn.copilot.get(day, []) if day else []
    if sent and day is not None:
        place = len(sent) // 2
        person = next(p for p in company.people if p.copilot_user_id == sent[place].row["user_id"])
        sent[place] = Sent(github_copilot.spoilt(sent[place].row), Fate.REJECTED)
        del usage.truth[(person.employee_id, "github_copilot", day)]
        books.uncovered_person_days.append((person.employee_id, *COPILOT, day))
        _spoil_a_first_day(company, usage, books, day)


def _spoil_a_first_day(company: Company, usage: Usage, books: Books, day: date) -> None:
    """Of somebody who never used a tool there is one record, and it is bad: nobody knows what it held."""
    idle = (p for p in company.people if p.profile == "non_user" and "github_copilot" in p.granted_on(day))
    person = next((p for p in idle if p.stint_on(day) is not None and p.morning_utc > 7), None)
    if person is not None:
        login = person.columns_on(day)["github_login"]
        rng = stream(company.seed, "first day")
        row = github_copilot.draw_row(day, login, person.copilot_user_id, 0.5, rng)
        usage.drawn.copilot[day].append(Sent(github_copilot.spoilt(row), Fate.REJECTED))
        books.uncovered_person_days.append((person.employee_id, *COPILOT, day))


def _people_by_work_email(company: Company) -> dict[str, Person]:
    return {person.versions[0].columns["work_email"].lower(): person for person in company.people}


def _draw_others(company: Company, usage: Usage, day: date, rng: Random) -> None:
    """Keys, bots, strangers, deleted users, and an address that two people state."""
    is_weekday = day.weekday() < 5
    if day not in company.troubles.empty_claude_days:
        others = [({"type": "api_actor", "api_key_name": CI_KEY}, Fate.NON_HUMAN)]
        if is_weekday and rng.random() < 0.6:
            others.append(({"type": "api_actor", "api_key_name": UNLISTED_KEY}, Fate.UNRESOLVED))
        if is_weekday and rng.random() < 0.5:
            others.append(({"type": "user_actor", "email_address": UNKNOWN_EMAILS[0]}, Fate.UNRESOLVED))
        for actor, fate in others:
            row = claude_code.draw_row(day, actor, "linux-ci", is_remote=False, volume=1.5, rng=rng)
            usage.drawn.claude.setdefault(day, []).append(Sent(row, fate))
    if day != company.troubles.missing_copilot_day:
        bots = [(LISTED_BOT, 1, Fate.NON_HUMAN)]
        if is_weekday and rng.random() < 0.7:
            bots.append((UNLISTED_BOT, 2, Fate.UNRESOLVED))
        if is_weekday and rng.random() < 0.5:
            bots.append((UNLISTED_LOGIN, 3, Fate.UNRESOLVED))
        for login, user_id, fate in bots:
            row = github_copilot.draw_bot_row(day, login, user_id, rng)
            usage.drawn.copilot.setdefault(day, []).append(Sent(row, fate))
    for sender, share in _strange_senders(company, day):
        if rng.random() < share * (1.0 if is_weekday else 0.2):
            for message in chatgpt.draw_messages(day, sender, 0.5, may_spill=False, rng=rng):
                usage.drawn.chatgpt.setdefault(day, []).append((message, Fate.UNRESOLVED))


def _strange_senders(company: Company, day: date) -> list[tuple[Sender, float]]:
    senders = [
        (Sender("user-deleted0000000000000001", None, 9), 0.5),
        (Sender("user-deleted0000000000000002", None, 13), 0.3),
        (Sender("user-stranger000000000000001", UNKNOWN_EMAILS[1], 13), 0.4),
    ]
    if all(person.stint_on(day) is not None for person in company.people[2:4]):
        senders.append((Sender("user-shared00000000000000001", SHARED_ALIAS, 8), 0.4))
    return senders
