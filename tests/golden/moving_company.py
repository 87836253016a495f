"""Draws a company whose people change their names, pass them on, leave and come back, and what each did.

Who did it is the truth of the test; the oracle sees only the files. How they are written: moving_files.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.oracle.actors import Account, Files, Use, Worker

FIRST = date(2026, 1, 30)
DAYS = tuple(FIRST + timedelta(days=offset) for offset in range(60))
LAST = DAYS[-1]
DOMAIN = "bank.example"
# A released login or user name is taken again only after every list has shown its last owner without it.
QUARANTINE_DAYS = 8
LISTED_ON = {"users": 3, "saml": 5, "scim": 1}


@dataclass
class Person:
    """One person and their names as of the day that is being drawn."""

    employee_id: str
    hired: date
    mail: str
    upn: str
    login: str
    chat_id: str
    user_name: str
    name_id_kind: str
    hr_states_login: bool
    scim_states_number: bool
    listed_from: int
    aliases: set[str] = field(default_factory=set)
    left: date | None = None
    comes_back: int | None = None


@dataclass
class Company:
    """The drawing: people, names that are free again, and the files and the use of each day."""

    rng: Random
    people: list[Person] = field(default_factory=list)
    free_mails: list[str] = field(default_factory=list)
    free_logins: list[tuple[int, str]] = field(default_factory=list)
    free_upns: list[tuple[int, str]] = field(default_factory=list)
    files: Files = field(default_factory=Files)
    count: int = 0

    def join(self, day: int, hired: date) -> None:
        """A new person, who may take names that others had."""
        rng, number = self.rng, self.count
        self.count += 1
        # every tenth id is that of another person but for a leading zero
        employee_id = f"0{number - 1:05}" if number % 10 == 9 else f"{number:05}"
        letters = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=6))
        local = f"{letters}é" if number % 12 == 5 else letters
        mail = f"{local}.{number}@{DOMAIN}"
        if day and self.free_mails and rng.random() < 0.5:
            mail = self.free_mails.pop(rng.randrange(len(self.free_mails)))
        # every second id differs from the one before by case alone
        chat_id = f"user-{self._letters(number)}"
        person = Person(
            employee_id=employee_id,
            hired=hired,
            mail=mail,
            upn=self._free(self.free_upns, day) or f"u{number}@corp.{DOMAIN}",
            login=self._free(self.free_logins, day) or f"octo-{number}",
            chat_id=chat_id,
            user_name=f"idp{number}",
            name_id_kind=rng.choice(("mail", "number", "user_name")),
            hr_states_login=rng.random() < 0.4,
            scim_states_number=rng.random() < 0.7,
            listed_from=day if rng.random() < 0.7 else rng.randrange(60),
        )
        if rng.random() < 0.15:
            person.aliases.add(f"alias{number}@{DOMAIN}")
        self.people.append(person)

    @staticmethod
    def _letters(number: int) -> str:
        text = "".join(chr(ord("a") + int(digit)) for digit in f"{number // 2:04}")
        return text.upper() if number % 2 else text

    def _free(self, names: list[tuple[int, str]], day: int) -> str | None:
        for index, (released, name) in enumerate(names):
            if day - released >= QUARANTINE_DAYS and self.rng.random() < 0.5:
                names.pop(index)
                return name
        return None

    def employed(self, day: date) -> list[Person]:
        """Who works here on a day."""
        return [p for p in self.people if p.hired <= day and (p.left is None or day <= p.left)]

    def live(self, day: int) -> None:
        """What happens on a day before anybody works."""
        rng, today = self.rng, DAYS[day]
        for person in self.people:
            if person.left and person.left < today and person.comes_back == day:
                self._return(person, today)
        working = self.employed(today)
        for person in rng.sample(working, 2):
            self._change_mail(person)
        for person in rng.sample(working, 2):
            old = person.login
            person.login = self._free(self.free_logins, day) or f"{old[:20]}-{day}"
            self.free_logins.append((day, old))
        if rng.random() < 0.4:
            first, second = rng.sample(working, 2)
            self._pass_mail(first, second)
        if rng.random() < 0.5 and working:
            self._leave(rng.choice(working), day)
        if rng.random() < 0.7:
            self.join(day, today)

    def _change_mail(self, person: Person) -> None:
        old, person.mail = person.mail, f"new{len(self.files.uses)}.{person.mail[-40:]}"
        if self.rng.random() < 0.5:
            person.aliases.add(old)
        else:
            self.free_mails.append(old)

    def _pass_mail(self, giver: Person, taker: Person) -> None:
        """On one day an address becomes another person's, whose own goes back."""
        given = giver.mail
        giver.mail = f"moved{len(self.files.uses)}.{given[-40:]}"
        self.free_mails.append(taker.mail)
        taker.mail = given

    def _leave(self, person: Person, day: int) -> None:
        if person.left is not None:
            return
        person.left = DAYS[day]
        self.free_mails += [person.mail, *sorted(person.aliases)]
        if self.rng.random() < 0.4:
            person.comes_back = day + self.rng.randrange(3, 20)
        else:
            self.free_logins.append((day, person.login))
            self.free_upns.append((day, person.upn))

    def _return(self, person: Person, today: date) -> None:
        person.left, person.hired, person.aliases = None, today, set()
        if person.mail in self.free_mails:
            self.free_mails.remove(person.mail)
        else:
            person.mail = f"back.{person.employee_id}.{self.count}@{DOMAIN}"

    def write(self, day: int) -> None:
        """What the company and its vendors state as of a day."""
        today, rng = DAYS[day], self.rng
        working = self.employed(today)
        self.files.workers[today] = [
            Worker(
                p.employee_id,
                p.mail,
                tuple(sorted(p.aliases)),
                p.login if p.hr_states_login else None,
                p.hired,
                p.left,
            )
            for p in working
        ]
        listed = [p for p in working if p.listed_from <= day]
        if day % 7 == LISTED_ON["users"]:
            self.files.users[today] = [(p.chat_id, p.mail if rng.random() < 0.95 else None) for p in listed]
        if day % 7 == LISTED_ON["saml"]:
            names = {
                p.employee_id: {"mail": p.mail, "number": p.employee_id, "user_name": p.user_name}
                for p in listed
            }
            self.files.identities[today] = [
                (names[p.employee_id][p.name_id_kind], p.login if rng.random() < 0.97 else None)
                for p in listed
            ]
        if day % 7 == LISTED_ON["scim"]:
            self.files.accounts[today] = [
                Account(
                    p.user_name,
                    p.employee_id if p.scim_states_number else None,
                    (p.mail, p.upn),
                )
                for p in working
            ]

    def work(self, day: int) -> None:
        """What people do on a day, each act under one of their names."""
        today, rng = DAYS[day], self.rng
        for person in self.employed(today):
            if rng.random() < 0.2:
                name = rng.choice(list(self._addresses(person)))
                self._book(person, Use(today, "claude_code", "email", name, rng.randrange(1, 10_000)))
            if rng.random() < 0.2:
                name = person.login if rng.random() < 0.7 else person.login.upper()
                self._book(person, Use(today, "github_copilot", "login", name, rng.randrange(1, 10_000)))
            if rng.random() < 0.2:
                self._book(person, Use(today, "chatgpt", "vendor_id", person.chat_id, rng.randrange(1, 4)))

    def _book(self, person: Person, use: Use) -> None:
        self.files.uses.append(use)
        self.files.truth.append(person.employee_id)

    def _addresses(self, person: Person) -> Iterator[str]:
        """One person's address as vendors may spell it, and texts that only look like it."""
        local, _, domain = person.mail.partition("@")
        yield from (person.mail, person.mail.upper(), person.upn, f"{local}+ai@{domain}", f"  {person.mail} ")
        yield person.mail.replace("é", "e\u0301")
        yield from sorted(person.aliases)
        if self.rng.random() < 0.3:
            yield f"{local}\u200b@{domain}"
            yield f"\u202e{person.mail}"
            yield person.mail.replace("a", "\u0430").replace("e", "\u0435", 1)


def draw(seed: int) -> Files:
    """About 300 people over 60 days."""
    company = Company(Random(seed))
    for _ in range(270):
        company.join(0, FIRST - timedelta(days=400))
    desk = f"desk@{DOMAIN}"
    for index, person in enumerate(company.people[:40]):
        if index < 4:
            person.aliases.add(desk)
        elif index < 8:
            # an address with a plus part that is somebody else's own
            person.aliases.add(company.people[index + 50].mail.replace("@", "+own@"))
        elif index < 12:
            # HR's own slip: nobody has this name
            person.aliases.add(f"slip{index}\u200d@{DOMAIN}")
    for day in range(len(DAYS)):
        if day:
            company.live(day)
        company.write(day)
        company.work(day)
    return company.files
