"""What the decisions of a run rest on, as values: settings and key, and the generation in force.

Nothing is decided here; that belongs to run_scope.py.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from orchestration.transformation import run_scope

if TYPE_CHECKING:
    from orchestration.publishing.manifest import Manifest
    from orchestration.settings import Settings


def settings_hash(settings: Settings, key: bytes) -> str:
    """Changes when a setting or a key changes that decides published figures; the key cannot be told from
    it.
    """
    decisive = f"{settings.retention_days}|{settings.earliest_date}|"
    return hashlib.sha256(decisive.encode() + hashlib.sha256(b"fingerprint" + key).digest()).hexdigest()


def bounds(settings: Settings) -> run_scope.Bounds:
    """How far back dates count in this installation."""
    return run_scope.Bounds(settings.earliest_date, settings.retention_days)


def published_state(manifest: Manifest | None) -> run_scope.Published | None:
    """What the decisions need of the generation in force."""
    if manifest is None:
        return None
    return run_scope.Published(
        as_of_date=manifest.as_of_date,
        delivery_ids=frozenset(manifest.delivery_ids),
        node_hashes=manifest.node_hashes,
        settings_hash=manifest.settings_hash,
        frozen_dates=manifest.frozen_dates,
    )
