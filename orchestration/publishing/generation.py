"""The front door to generations: what other modules may do with them, and nothing of how it is done.

Candidates: candidate.py. In and out of force: publication.py, rollback.py. Reading: published.py, held.py.
"""

from orchestration.publishing.candidate import start_candidate
from orchestration.publishing.held import HeldCandidate, held_candidates
from orchestration.publishing.publication import hold, publish, release
from orchestration.publishing.published import current, file_hashes, kept, number_in_force, verify
from orchestration.publishing.rollback import rollback

__all__ = [
    "HeldCandidate",
    "current",
    "file_hashes",
    "held_candidates",
    "hold",
    "kept",
    "number_in_force",
    "publish",
    "release",
    "rollback",
    "start_candidate",
    "verify",
]
