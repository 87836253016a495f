"""Draws ChatGPT messages as the Compliance API holds them, flattened to one message a line (FORMATS 3d).

Made-up content is in every message, marked with the canary: none of it may ever leave the inbox.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

from orchestration.sample.vocabulary import CANARY, CHATGPT_WORKSPACE

DAY_MS = 86_400_000
TOPICS = (
    "rollover of the batch window",
    "Größe der Stichprobe",
    'what "T+1" means',
    "SQL, again",
    "naïve Bayes",
)
TITLES = tuple(json.dumps(f"{CANARY} {topic}", ensure_ascii=False) for topic in TOPICS)
VALUES = tuple(
    json.dumps(f"{CANARY} please explain {topic}\nthank you\t; =1+1", ensure_ascii=index % 2 == 0)
    for index, topic in enumerate(TOPICS)
)
NO_FILES = '{"data": [], "has_more": false, "last_id": null, "object": "list"}'


@dataclass(frozen=True)
class Message:
    """One message as one line of NDJSON; `at_ms` is when it happened, in milliseconds since 1970 in UTC."""

    at_ms: int
    line: str
    role: str
    conversation_id: str

    @property
    def day(self) -> date:
        """The UTC date it counts on."""
        return datetime.fromtimestamp(self.at_ms // 1000, tz=UTC).date()


@dataclass(frozen=True)
class Sender:
    """Whose messages: the address is None for a deleted user."""

    user_id: str
    email: str | None
    morning_utc: int


def day_start_ms(day: date) -> int:
    """Midnight UTC of a date, in milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def draw_messages(day: date, sender: Sender, volume: float, *, may_spill: bool, rng: Random) -> list[Message]:
    """One sender's messages of a day: prompts, answers, tool and system messages in a few conversations."""
    prompts = min(24, 1 + int(rng.expovariate(1.0) * 4.5 * volume + volume))
    conversations = 1 + int(rng.random() * min(3, prompts))
    midnight = day_start_ms(day)
    messages: list[Message] = []
    for number in range(conversations):
        share = prompts // conversations + (1 if number < prompts % conversations else 0)
        at = _first_moment(midnight, sender.morning_utc, share, rng)
        messages += _conversation(
            sender, at, share, next_midnight=midnight + DAY_MS, may_spill=may_spill, rng=rng
        )
    return messages


def _first_moment(midnight: int, morning_utc: int, prompts: int, rng: Random) -> int:
    draw = rng.random()
    if draw < 0.006:
        return midnight
    if draw < 0.014 and prompts == 1:
        return midnight + DAY_MS - rng.choice((1, 60, 601))
    offset = int((morning_utc + rng.random() * 9) * 3_600_000) % (DAY_MS - 4_000_000)
    return midnight + offset


def _conversation(
    sender: Sender, start: int, prompts: int, *, next_midnight: int, may_spill: bool, rng: Random
) -> list[Message]:
    conversation_id = _uuid(rng)
    topic = rng.randrange(len(TOPICS))
    messages: list[Message] = []

    def say(at: int, role: str, *, without_time: bool = False) -> None:
        line = _line(
            sender,
            conversation_id,
            (start, at),
            role=role,
            topic=topic,
            without_time=without_time,
            rng=rng,
        )
        messages.append(Message(at, line, role, conversation_id))

    if rng.random() < 0.15:
        say(start, "system")
    at = start
    for _ in range(prompts):
        is_timeless = at // DAY_MS == start // DAY_MS and rng.random() < 0.003
        say(at, "user", without_time=is_timeless)
        answer = at + rng.randint(1500, 20_000)
        if answer >= next_midnight and not may_spill:
            break
        if rng.random() < 0.1:
            say(answer - 700, "tool")
        say(answer, "assistant")
        at = min(answer + rng.randint(10_000, 90_000), next_midnight - 1)
        if answer >= next_midnight:
            break
    return messages


def _uuid(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _line(
    sender: Sender,
    conversation_id: str,
    moments: tuple[int, int],
    *,
    role: str,
    topic: int,
    without_time: bool,
    rng: Random,
) -> str:
    start, at = moments
    email = "null" if sender.email is None else json.dumps(sender.email)
    files = NO_FILES
    if role == "user" and rng.random() < 0.05:
        name = json.dumps(f"{CANARY} board paper {topic}.xlsx")
        files = (
            f'{{"data": [{{"created_at": {at / 1000:.3f}, "download_url": "https://files.example/{CANARY}", '
            f'"id": "file-{rng.getrandbits(64):016x}", "name": {name}, '
            '"object": "compliance.workspace.conversation.message.file"}], '
            '"has_more": false, "last_id": null, "object": "list"}'
        )
    moment = "null" if without_time else f"{at / 1000:.3f}"
    tool = '"python"' if role == "tool" else "null"
    return (
        f'{{"id": "{conversation_id}", "created_at": {start / 1000:.3f}, "last_active_at": {at / 1000:.3f}, '
        f'"message": {{"author": {{"object": "compliance.workspace.conversation.message.author", '
        f'"role": "{role}", "tool_name": {tool}}}, '
        f'"content": {{"annotations": [], "type": "text", "value": {VALUES[topic]}}}, '
        f'"created_at": {moment}, "files": {files}, "gpt_id": null, "id": "{_uuid(rng)}", '
        '"object": "compliance.workspace.conversation.message", "parent_id": null, "project_id": null}, '
        f'"title": {TITLES[topic]}, "user_id": "{sender.user_id}", "user_email": {email}, '
        f'"workspace_id": "{CHATGPT_WORKSPACE}", "object": "compliance.workspace.conversation"}}'
    )
