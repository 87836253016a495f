"""Reads usage records back from an inbox the slow way, to check a sample against its own truth.

Knows file names, compression and record keys; knows nothing of measures or rules.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import zstandard

STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})T(\d{2})-?(\d{2})-?(\d{2})Z")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Delivery:
    """One file: its UTC stamp as digits, the dates its name states, its decompressed text."""

    name: str
    stamp: str
    dates: tuple[date, ...]
    text: str


def deliveries(folder: Path) -> list[Delivery]:
    """The files of one feed, the lowest stamp first."""
    found = []
    for path in folder.iterdir():
        stamp = STAMP.search(path.name)
        assert stamp is not None, path.name
        rest = STAMP.sub("", path.name)
        dates = tuple(date.fromisoformat(text) for text in DATE.findall(rest))
        found.append(Delivery(path.name, "".join(stamp.groups()), dates, _text(path)))
    return sorted(found, key=lambda delivery: (delivery.stamp, delivery.name))


def _text(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    elif path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().stream_reader(content).read()
    return content.decode()


def pages(delivery: Delivery) -> list[dict[str, Any]]:
    """The API pages of a file: one document, or one a line."""
    try:
        return [json.loads(delivery.text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in delivery.text.splitlines()]


def claude_records(delivery: Delivery) -> Iterator[tuple[tuple[Any, ...], date, dict[str, Any]]]:
    """Key, date and row of every Claude Code record of a file."""
    for page in pages(delivery):
        for row in page["data"]:
            actor = row["actor"]
            name = actor.get("email_address") or actor["api_key_name"]
            remote, customer = row.get("is_remote"), row["customer_type"]
            key = (row["date"], name.lower(), row["organization_id"], customer, row["terminal_type"], remote)
            yield key, date.fromisoformat(row["date"][:10]), row


def copilot_records(delivery: Delivery) -> Iterator[tuple[tuple[Any, ...], date, dict[str, Any]]]:
    """Key, date and row of every Copilot record of a file."""
    for line in delivery.text.splitlines():
        row = json.loads(line)
        yield (row["day"], row["user_login"].lower()), date.fromisoformat(row["day"]), row


def chatgpt_records(delivery: Delivery) -> Iterator[tuple[tuple[Any, ...], date, dict[str, Any]]]:
    """Key, UTC date and row of every ChatGPT message of a file."""
    for line in delivery.text.splitlines():
        row = json.loads(line)
        moment = row["message"]["created_at"]
        seconds = row["created_at"] if moment is None else moment
        day = datetime.fromtimestamp(int(seconds), tz=UTC).date()
        yield (row["id"], row["message"]["id"]), day, row
