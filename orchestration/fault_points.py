"""Named points of a run at which a test can kill it, to prove that a kill there leaves nothing torn.

Only the names and the kill belong here; what must hold afterwards is asserted in tests/faults.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "ADOPTION_FAULT_POINT"
NAMES = (
    "landing.before_parquet",
    "landing.after_parquet",
    "landing.after_ledger",
    "candidate.wiped",
    "candidate.copied",
    "scratch.written",
    "transform.before",
    "transform.after",
    "audit.before",
    "audit.after_results",
    "audit.after_verdict",
    "publish.before_hash",
    "publish.after_manifest",
    "publish.after_rename",
    "publish.after_symlink",
    "publish.after_current_json",
    "publish.after_prune",
    "hold.after_move",
    "rollback.after_symlink",
    "run.finished",
)


def reach(name: str) -> None:
    """Kill this process with SIGKILL when `ADOPTION_FAULT_POINT` is `name`; otherwise do nothing.

    Raises ValueError for a name outside `NAMES`, in the call or in the variable: a misspelt point would
    make a fault test pass without a fault.
    """
    wanted = os.environ.get(VARIABLE)
    for spelled in (name, wanted):
        if spelled and spelled not in NAMES:
            raise ValueError(f"{spelled!r} is no fault point; known are {', '.join(NAMES)}.")
    if wanted == name:
        os.kill(os.getpid(), signal.SIGKILL)
