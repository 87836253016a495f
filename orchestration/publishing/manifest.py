"""The manifest of a generation: what it was built from, its files with their hashes, its verdict.

Only its shape and its file belong here; which generation is in force belongs to published.py.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestration import durable
from orchestration.errors import RunFailed
from orchestration.publishing.verdict import UtcDatetime, Verdict

MANIFEST_FILE = "manifest.json"
_OWN_HASH = "manifest_sha256"


class FileEntry(BaseModel):
    """One published file: its hash and its size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    bytes: int


class Release(BaseModel):
    """Who took a held candidate into force, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str
    released_by: str
    released_at: UtcDatetime


class ManifestDraft(BaseModel):
    """What the run knows of a generation before it is published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Names a folder under held/, hence no slash and no leading dot.
    run_id: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100)
    as_of_date: date
    built_at: UtcDatetime
    delivery_ids: tuple[str, ...]
    # Of the frozen ones among them: first and last day each keeps uncovered, None where it covers none.
    frozen_dates: dict[str, tuple[date, date] | None] = Field(default_factory=dict)
    dates_rebuilt_from: date | None
    dates_rebuilt_to: date | None
    dates_rebuilt_count: int = Field(ge=0)
    node_hashes: dict[str, str]
    settings_hash: str

    @field_validator("delivery_ids")
    @classmethod
    def _sorted(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(value))

    @property
    def sha256(self) -> str:
        """Names this run, with everything that will stand in the manifest about it."""
        return _hash(ManifestDraft.model_dump(self, mode="json"))


class Manifest(ManifestDraft):
    """A published generation. `previous_generation` was in force before it, None if none was."""

    generation: int = Field(ge=1)
    previous_generation: int | None
    files: dict[str, FileEntry]
    verdict: Verdict
    release: Release | None


def write(directory: Path, manifest: Manifest) -> None:
    """Write `manifest.json` into a directory, with a hash of its own content so that a flipped bit shows."""
    data = manifest.model_dump(mode="json")
    durable.write_file(directory / MANIFEST_FILE, _render(data | {_OWN_HASH: _hash(data)}), 0o640)


def read(directory: Path) -> Manifest:
    """The manifest in a generation's directory; raises RunFailed if it is missing or damaged."""
    path = directory / MANIFEST_FILE
    try:
        content = path.read_bytes()
        data = json.loads(content)
        if _render(data) != content or data.pop(_OWN_HASH) != _hash(data):
            raise ValueError("damaged")
        return Manifest.model_validate(data)
    except FileNotFoundError:
        raise RunFailed(f"{path} is missing. {_WAY_OUT}") from None
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise RunFailed(f"{path} is damaged: its content differs from its own hash. {_WAY_OUT}") from None


_WAY_OUT = "See `adoption versions` and put a whole generation back in force with `adoption rollback --to`."


def _render(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=2, sort_keys=True) + "\n").encode()


def _hash(data: dict[str, Any]) -> str:
    return hashlib.sha256(_render(data)).hexdigest()
