"""What lies in held/: candidates the gate held, until a newer hold or a publication supersedes them.

Moving a candidate there, and releasing one, belongs to publication.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration import durable
from orchestration.errors import NotPublishable, RunFailed
from orchestration.home import Home
from orchestration.publishing import publication_log, verdict
from orchestration.publishing.manifest import ManifestDraft
from orchestration.publishing.verdict import UtcDatetime, Verdict

CANDIDATE, VERDICT_FILE, DRAFT_FILE, HOLD_FILE = "candidate", "verdict.json", "draft.json", "hold.json"


class HoldRecord(BaseModel):
    """When the candidate was held, and the last generation published before that."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    held_at: UtcDatetime
    after_generation: int


@dataclass(frozen=True)
class HeldCandidate:
    """A held candidate; `directory / CANDIDATE` has its database files. The seal of its verdict is looked at
    when it is released.
    """

    directory: Path
    draft: ManifestDraft
    verdict: Verdict
    record: HoldRecord


def held_candidates(home: Home) -> list[HeldCandidate]:
    """The held candidates, newest first; more than one only between a kill and the next start.

    Raises RunFailed naming a directory that is damaged.
    """
    if not home.held.is_dir():
        return []
    found = [_read(entry) for entry in home.held.iterdir() if not entry.name.startswith(".")]
    return sorted(found, key=lambda held: (held.record.after_generation, held.record.held_at), reverse=True)


def _read(directory: Path) -> HeldCandidate:
    try:
        return HeldCandidate(
            directory=directory,
            draft=ManifestDraft.model_validate_json((directory / DRAFT_FILE).read_bytes()),
            verdict=verdict.look(directory / VERDICT_FILE),
            record=HoldRecord.model_validate_json((directory / HOLD_FILE).read_bytes()),
        )
    except (OSError, ValidationError, NotPublishable):
        raise RunFailed(
            f"The held candidate in {directory} is damaged and cannot be released. Remove that directory, "
            "then run `adoption nightly` again."
        ) from None


def remove_superseded(home: Home) -> None:
    """Remove every held candidate but the newest, and that one too once anything was published after it."""
    last_published = publication_log.last_published(home)
    for position, held in enumerate(held_candidates(home)):
        if position > 0 or held.record.after_generation < last_published:
            durable.remove_tree(held.directory)
