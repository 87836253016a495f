"""Streams of random numbers, one per purpose, so that what is drawn for one never shifts another.

Reproducible by design and good for nothing secret.
"""

from __future__ import annotations

from random import Random


def stream(seed: int, *purpose: object) -> Random:
    """The stream of a purpose: the same seed and purpose give the same numbers on every machine."""
    return Random("/".join(str(part) for part in (seed, *purpose)))  # noqa: S311
