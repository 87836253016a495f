"""The vendors' own examples, which lie beside the project and are never copied into it. For tests only."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def vendor_example(relative: str) -> bytes:
    """One example as the vendor published it; fails where the folder of shared references is missing.

    ADOPTION_SHARED names that folder where it does not lie beside the project.
    """
    shared = Path(os.environ.get("ADOPTION_SHARED") or PROJECT.parent / "shared")
    return (shared / "reference" / "examples" / relative).read_bytes()
