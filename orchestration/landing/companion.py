"""What lies beside a file and states what it must be: `<file>.manifest.json`, `<file>.sha256`.

Whether the content itself is sound belongs to integrity.py. A companion is nobody's record, never landed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestration.errors import InputRefused
from orchestration.landing.integrity import Content

MANIFEST, CHECKSUM = ".manifest.json", ".sha256"
MAX_BYTES = 64 << 10
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class Manifest(BaseModel):
    """What a sender states of a file: bytes and SHA-256 as it lies there, lines of its unpacked text."""

    model_config = ConfigDict(extra="ignore", strict=True)

    bytes: int | None = Field(default=None, ge=0)
    lines: int | None = Field(default=None, ge=0)
    sha256: str | None = Field(default=None, pattern=f"^{_SHA256.pattern}$")


def is_companion(name: str) -> bool:
    """Whether a name belongs to a statement about another file."""
    return name.endswith((MANIFEST, CHECKSUM))


def check(path: Path, content: Content) -> None:
    """Compare a file, read as `content`, with what lies beside it about it.

    Raises InputRefused, naming what differs and no value of the file, or where a companion cannot be read.
    """
    for stated in _stated(path):
        if stated.bytes is not None and stated.bytes != content.stamp.size:
            raise InputRefused(
                f"Its manifest states {stated.bytes:,} bytes, it has {content.stamp.size:,}; "
                "deliver both again."
            )
        if stated.lines is not None and stated.lines != content.line_count:
            raise InputRefused(
                f"Its manifest states {stated.lines:,} lines, it has {content.line_count:,}; "
                "deliver both again."
            )
        if stated.sha256 is not None and stated.sha256.lower() != _sha256(path):
            raise InputRefused("Its SHA-256 is not the one stated beside it; deliver both again.")


def _stated(path: Path) -> list[Manifest]:
    manifest, checksum = path.with_name(path.name + MANIFEST), path.with_name(path.name + CHECKSUM)
    found = []
    if manifest.is_file():
        try:
            found.append(Manifest.model_validate_json(_text(manifest)))
        except ValidationError:
            raise InputRefused(
                'Its manifest is not of the form {"bytes": n, "lines": n, "sha256": "<hex>"}; '
                "deliver it again."
            ) from None
    if checksum.is_file():
        # As sha256sum writes it: the sum, then the name of the file, which may be another by now.
        stated = _text(checksum).split(maxsplit=1)
        if not stated or not _SHA256.fullmatch(stated[0].lstrip("\\")):
            raise InputRefused("The file of its SHA-256 holds none; deliver it again.")
        found.append(Manifest(sha256=stated[0].lstrip("\\")))
    return found


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_BYTES).decode("utf-8", errors="replace")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
