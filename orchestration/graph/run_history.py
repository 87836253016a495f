"""How many runs Dagster remembers: the newest, the setting `kept_runs`; those before them are forgotten.

What the warehouse itself knows of its runs lies in the ledger, the manifests and `ops`, and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestration.home import Home

if TYPE_CHECKING:
    import dagster as dg

# An installation that remembers hundreds forgets them over some nights, not in one.
AT_ONCE = 20
_FINISHED = ("SUCCESS", "FAILURE", "CANCELED")


def forget_old_runs(instance: dg.DagsterInstance, home: Home, kept: int) -> int:
    """Delete the events of finished runs beyond the newest `kept`, the oldest first; how many runs those
    were.
    """
    import dagster as dg

    finished = dg.RunsFilter(statuses=[dg.DagsterRunStatus(status) for status in _FINISHED])
    old = instance.get_run_ids(filters=finished)[kept:][-AT_ONCE:]
    for run_id in old:
        instance.delete_run(run_id)
        # Dagster empties the file of a run and leaves it.
        for file in (home.dagster / "history" / "runs").glob(f"{run_id}.db*"):
            file.unlink(missing_ok=True)
    return len(old)
