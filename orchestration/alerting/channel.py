"""Sends messages to the addresses of the installation through apprise, within a time limit.

Addresses hold secrets: they are read from where the setting says, handed to apprise, and shown nowhere.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# How long a night waits for the answers to all its alerts; apprise alone takes half a second to import.
SECONDS = 15.0
_CONNECT_SECONDS = 4.0

# `silent`: begun, and no answer in time; it may have arrived.
Outcome = Literal["sent", "refused", "silent", "not tried"]


class NoAddress(Exception):
    """The addresses cannot be had; the text says why, and holds none of them."""


@dataclass(frozen=True)
class Message:
    """What is sent. `tone` is apprise's: info, success, warning or failure."""

    title: str
    body: str
    tone: str


def addresses(where: str, environment: Mapping[str, str]) -> list[str]:
    """The addresses that a variable, or a file given by its whole path, holds: one a line, or between blanks.

    Raises NoAddress where there is none, or others may read the file.
    """
    found = _in_file(Path(where)) if where.startswith("/") else environment.get(where, "")
    if not found.split():
        raise NoAddress(f"{where} holds no address for alerts")
    return found.split()


def _in_file(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise NoAddress(f"{path} can be read by others than its owner; run `chmod 600 {path}`")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise NoAddress(f"{path} cannot be read ({type(error).__name__})") from None


def send(urls: Sequence[str], messages: Sequence[Message], seconds: float) -> list[Outcome]:
    """What became of each message after at most so many seconds; sent if one of the addresses took it.

    Works in a thread of its own: nothing that an address does or leaves undone holds up who calls.
    """
    outcomes: list[Outcome] = ["not tried"] * len(messages)
    is_over = threading.Event()

    def work() -> None:
        for index, message in enumerate(messages):
            if is_over.is_set():
                return
            outcomes[index] = "silent"
            outcome = _send_one(urls, message, seconds)
            if not is_over.is_set():
                outcomes[index] = outcome

    thread = threading.Thread(target=work, name="send-alerts", daemon=True)
    thread.start()
    thread.join(seconds)
    is_over.set()
    return list(outcomes)


def _send_one(urls: Sequence[str], message: Message, seconds: float) -> Outcome:
    import apprise

    # What apprise logs quotes addresses.
    log = logging.getLogger("apprise")
    log.propagate, log.handlers = False, [logging.NullHandler()]
    taken = False
    for url in urls:
        one = apprise.Apprise()
        try:
            if not one.add(url):
                continue
            for service in one:
                service.socket_connect_timeout = _CONNECT_SECONDS
                # Who is connected and does not answer may have taken it: our own limit comes first.
                service.socket_read_timeout = 2 * seconds
            taken = (
                bool(one.notify(body=message.body, title=message.title, notify_type=message.tone)) or taken
            )
        except Exception:  # noqa: S112  # a plugin's own error: its text may quote the address
            continue
    return "sent" if taken else "refused"
