"""Who it was on a date, worked out from the files day by day as docs/who-it-was.md says it, the slow way.

Knows nothing of spans: every question is asked of the statements nearest to the date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

INVISIBLE = {"Cf"}
PLUS = re.compile(r"^([^+@]+)\+[^@]*@")
# (links from the name to the workforce file, person)
Candidates = set[tuple[int, str]]
Name = tuple[str, str]
Pair = tuple[Name, Name]
Lookup = Callable[[Name, date], Candidates]


@dataclass(frozen=True)
class Worker:
    """One row of a workforce snapshot."""

    employee_id: str
    mail: str
    aliases: tuple[str, ...]
    login: str | None
    hired: date
    left: date | None


@dataclass(frozen=True)
class Account:
    """One user of the identity provider."""

    user_name: str
    employee_number: str | None
    mails: tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """One act, under the name the vendor gives."""

    day: date
    tool: str
    kind: str
    name: str
    amount: int


@dataclass
class Files:
    """Everything that is delivered, by snapshot date; `truth` is who did each use, for no oracle to see."""

    workers: dict[date, list[Worker]] = field(default_factory=dict)
    users: dict[date, list[tuple[str, str | None]]] = field(default_factory=dict)
    accounts: dict[date, list[Account]] = field(default_factory=dict)
    identities: dict[date, list[tuple[str | None, str | None]]] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    truth: list[str] = field(default_factory=list)


def folded(text: str) -> str:
    """A name as it is compared: NFC, without what nobody sees and white space at its ends, in lower case."""
    return unicodedata.normalize("NFC", visible(text).strip().lower())


def visible(text: str) -> str:
    """A text without zero-width characters and marks of direction."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in INVISIBLE)


def without_plus_part(mail: str) -> str | None:
    """The address without its plus part; None where it has none."""
    base = PLUS.sub(r"\1@", mail)
    return None if base == mail else base


@dataclass(frozen=True)
class Statements:
    """What one list says of which pairs of names, by snapshot date, and whose names it mentions."""

    pairs: dict[Name, set[Pair]]
    stated_on: dict[Pair, set[date]]
    mentioned_on: dict[Name, set[date]]
    snapshots: frozenset[date]
    is_two_sided: bool

    def candidates(self, name: Name, day: date, lookup: Lookup) -> Candidates:
        """Whom the list leads to from a name on a date."""
        found: Candidates = set()
        for pair in self.pairs.get(name, ()):
            holds, carried_from = self._on(pair, day)
            if holds:
                found |= _led_to(pair[1], day, carried_from, lookup)
        return found

    def _on(self, pair: Pair, day: date) -> tuple[bool, date | None]:
        """Whether a pair holds on a day, and the snapshot it is carried from if neighbours do not agree."""
        spoken = set().union(*(self.mentioned_on[side] for side in pair[: 1 + self.is_two_sided]))
        before = max((when for when in spoken if when <= day), default=None)
        after = min((when for when in spoken if when > day), default=None)
        says_before, says_after = (when in self.stated_on[pair] for when in (before, after))
        if says_before:
            return True, None if says_after or before == day else before
        # what may pass from one to another is not carried back past any snapshot
        is_passed_over = self.is_two_sided and any(day <= when < after for when in self.snapshots if after)
        return says_after and before != day and not is_passed_over, after


def _led_to(target: Name, day: date, carried_from: date | None, lookup: Lookup) -> Candidates:
    found: Candidates = set()
    base = without_plus_part(target[1]) if target[0] == "email" else None
    for name, weight in ((target, 1), *([((target[0], base), 4)] if base else [])):
        now = lookup(name, day)
        found |= {(links + weight, person) for links, person in now}
        if carried_from is not None:
            then = {person for _, person in lookup(name, carried_from)}
            found |= {(links + weight, other) for links, person in now for other in then - {person}}
    return found


class Oracle:
    """Answers from one set of files; those not delivered yet are left out by the caller."""

    def __init__(self, files: Files) -> None:
        self._workers = files.workers
        self._users = _statements(
            {
                # an id listed without an address says nothing
                day: [(("vendor_id", user), ("email", folded(mail))) for user, mail in rows if mail]
                for day, rows in files.users.items()
            },
            is_two_sided=False,
        )
        self._accounts = _statements(
            {
                day: [pair for row in rows for pair in _account_pairs(row)]
                for day, rows in files.accounts.items()
            },
            is_two_sided=True,
        )
        self._identities = _statements(
            {
                day: [pair for name_id, login in rows for pair in _identity_pairs(name_id, login)]
                for day, rows in files.identities.items()
            },
            is_two_sided=True,
        )
        self._named = cache(self._names_of_day)
        self.known = cache(self._known)

    def who(self, kind: str, name: str, day: date) -> str | None:
        """The one person behind a name on a date, or nobody."""
        text = visible(name) if kind == "vendor_id" else folded(name)
        found = self._of(kind, text, day)
        base = without_plus_part(text) if kind == "email" else None
        if not found and base:
            found = self._of(kind, base, day)
        nearest = {person for links, person in found if links == min(links for links, _ in found)}
        return nearest.pop() if len(nearest) == 1 else None

    def _of(self, kind: str, text: str, day: date) -> Candidates:
        if kind == "vendor_id":
            return self._users.candidates((kind, text), day, self.known)
        if kind == "login":
            return self._hr((kind, text), day) | self._identities.candidates((kind, text), day, self.known)
        return self.known((kind, text), day)

    def _hr(self, name: Name, day: date) -> Candidates:
        return {(0, person) for person in self._named(day).get(name, ())}

    def _names_of_day(self, day: date) -> dict[Name, set[str]]:
        found: dict[Name, set[str]] = {}
        for row in self._workers[day]:
            if row.hired <= day and (row.left is None or day <= row.left):
                names = {("email", folded(mail)) for mail in (row.mail, *row.aliases)}
                names |= {("employee_id", row.employee_id), ("login", row.login or "")}
                for name in names:
                    found.setdefault(name, set()).add(row.employee_id)
        return found

    def _known(self, name: Name, day: date) -> Candidates:
        return self._hr(name, day) | self._accounts.candidates(name, day, self._hr)


def _account_pairs(row: Account) -> Iterable[tuple[Name | None, Name | None]]:
    mails = [("email", folded(mail)) for mail in row.mails]
    targets: list[Name] = list(mails)
    if row.employee_number:
        targets.append(("employee_id", row.employee_number))
    for name in (("user_name", folded(row.user_name)), *mails):
        for target in targets:
            if target != name:
                yield name, target


def _identity_pairs(name_id: str | None, login: str | None) -> Iterable[tuple[Name | None, Name | None]]:
    name = ("login", folded(login)) if login else None
    if name_id is None:
        yield name, None
        return
    yield name, ("email", folded(name_id)) if "@" in name_id else ("employee_id", name_id)
    yield name, ("user_name", folded(name_id))


def _statements(rows: dict[date, list[tuple[Name | None, Name | None]]], *, is_two_sided: bool) -> Statements:
    found = Statements({}, {}, {}, frozenset(rows), is_two_sided)
    for day, listed in rows.items():
        for name, target in listed:
            for side in (name, target):
                if side is not None:
                    found.mentioned_on.setdefault(side, set()).add(day)
            if name is not None and target is not None:
                found.pairs.setdefault(name, set()).add((name, target))
                found.stated_on.setdefault((name, target), set()).add(day)
    return found
