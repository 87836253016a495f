"""A home that pulls from a local vendor, and what its pulls left. For tests of pulling only."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import zstandard

from orchestration.home import Home
from orchestration.pulling.pull import pull_feeds
from orchestration.pulling.report import PullReport
from orchestration.pulling.waits import Limits
from orchestration.pulling.window import Night
from orchestration.settings import Settings, SourceSettings
from tests.vendors import rules
from tests.vendors.server import Vendor

NOW = datetime(2026, 3, 31, 6, 30, tzinfo=UTC)
DAY = date(2026, 3, 30)
FLOOR = date(2024, 1, 1)
QUICK = Limits(
    connect_seconds=2,
    silence_seconds=1,
    request_seconds=2,
    attempts=3,
    retry_seconds=20,
    first_wait_seconds=0.01,
    longest_wait_seconds=3,
    restarts=2,
)
# The vendor of the tests serves no other.
FEEDS_PULLED = {"github_copilot": ["users_1_day"]}
PARAMETERS = {"github_copilot": {"enterprise": "acme"}, "chatgpt": {"workspace": "w-1"}}


@dataclass
class PullingHome:
    """One installation with one source set to be pulled."""

    root: Path
    vendor: Vendor
    said: list[str] = field(default_factory=list)
    approval: str | None = "DPIA-1"
    feeds: list[str] | None = None
    # Settings beside the usual ones.
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """Its paths."""
        return Home(self.root)

    def settings(self, *sources: str) -> Settings:
        """Settings that pull these sources from the local vendor."""
        return Settings(
            sources={
                source: SourceSettings(
                    mode="api",
                    base_url=self.vendor.url,
                    secret_env="VENDOR_SECRET",
                    parameters=PARAMETERS.get(source, {}),
                    content_access_approval_id=self.approval,
                    feeds=self.feeds or FEEDS_PULLED.get(source),
                    **self.more,
                )
                for source in sources
            }
        )

    def pull(
        self,
        *sources: str,
        wanted: date = DAY,
        forced: tuple[date, date] | None = (DAY, DAY),
        now: datetime = NOW,
        limits: Limits = QUICK,
        feeds: list[str] | None = None,
    ) -> PullReport:
        """One night's pulls; of one day unless told otherwise."""
        self.feeds = feeds
        return pull_feeds(
            self.home,
            self.settings(*sources),
            {"VENDOR_SECRET": rules.SECRET},
            Night(wanted, DAY, FLOOR, forced),
            now=now,
            say=self.said.append,
            limits=limits,
        )

    def files(self) -> dict[str, bytes]:
        """Every file below the home that a reader sees, unpacked, by its path."""
        return {
            path.relative_to(self.root).as_posix(): unpacked(path)
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def records(self, folder: str) -> list[dict[str, Any]]:
        """The records of all pulled files of a feed, in the order of their names."""
        found: list[dict[str, Any]] = []
        for path, content in self.files().items():
            if path.startswith(f"pulled/{folder}/"):
                for line in content.splitlines():
                    value = json.loads(line)
                    found += value if isinstance(value, list) else value.get("data", [value])
        return found


def unpacked(path: Path) -> bytes:
    """The content of a file, all zstd frames of it."""
    data = path.read_bytes()
    if path.suffix != ".zst":
        return data
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True) as reader:
        return reader.read()
