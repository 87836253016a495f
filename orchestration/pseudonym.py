"""The key behind the pseudonyms, and the one way a value becomes a pseudonym.

What is pseudonymised, under which domain, is decided by the dbt models.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import durable
from orchestration.errors import RunFailed
from orchestration.home import Home
from orchestration.publishing import publication_log, published

if TYPE_CHECKING:
    from orchestration.settings import Settings

_KEY_BYTES = 32
_LENGTH = 32


def pseudonym(key: bytes, domain: str, value: str) -> str:
    """The first 32 hex digits of HMAC-SHA-256(key, domain + ':' + value).

    Raises ValueError if the domain holds a colon: two different pairs could then give one pseudonym.
    """
    if ":" in domain:
        raise ValueError("a pseudonym domain holds no colon")
    return hmac.digest(key, f"{domain}:{value}".encode(), "sha256").hex()[:_LENGTH]


def key_path(home: Home, settings: Settings) -> Path:
    """Where the key of the pseudonyms lies: the setting, else in the home."""
    return settings.pseudonym_key_path or home.default_key


def ensure_key(home: Home, path: Path) -> bytes:
    """The 32 bytes of the key file, created (hex, 0600) on the first run.

    Raises RunFailed if the file is readable by others or damaged, or if it is missing although a generation
    exists: under a new key every person would turn into somebody else.
    """
    if not path.exists():
        if published.numbers(home) or publication_log.events(home):
            raise RunFailed(
                f"The pseudonym key {path} is missing, and generations exist that were built with it. A "
                "new one would give every person a new key. Restore it from its backup, or correct the "
                "setting pseudonym_key_path."
            )
        _create_key(path)
    return read_key(path)


def _create_key(path: Path) -> None:
    with durable.disk_errors("Creating the pseudonym key"):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.create_file(path, secrets.token_hex(_KEY_BYTES).encode() + b"\n", 0o600)


def read_key(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises RunFailed if it is missing, damaged or readable by others."""
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise RunFailed(
            f"The pseudonym key {path} cannot be read: {error.strerror}. Restore it, or correct its "
            "permissions."
        ) from None
    if mode & 0o077:
        raise RunFailed(
            f"The pseudonym key {path} can be read by others than its owner. Run `chmod 600 {path}`."
        )
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise RunFailed(
            f"The pseudonym key {path} is damaged: it does not hold 64 hex digits. Restore it from its "
            "backup."
        )
    return key


def warn_if_beside_data(home: Home, path: Path) -> str | None:
    """A sentence to show while the key lies in the tree of the data it protects, else None."""
    if not path.resolve().is_relative_to(home.root.resolve()):
        return None
    return (
        f"The pseudonym key {path} lies beside the data it protects: who copies {home.root} can name "
        "everybody in it. Move it and set pseudonym_key_path."
    )
