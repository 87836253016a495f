"""What is imported beside the work of a night does not get in the way of what works there."""

from __future__ import annotations

import subprocess
import sys

ASKED_IN_THE_THREAD = """
import sys
from data_quality import gate
from orchestration import nightly

gate.warm_up = lambda: print(hasattr(sys.modules.get("sqlalchemy.orm.exc"), "UnmappedClassError"))
nightly.warm_up_checks().join()
"""


def test_the_orm_is_whole_before_great_expectations_is_imported_beside_dagster() -> None:
    """Dagster's storage asks SQLAlchemy about its objects all the time; half an orm makes that an error."""
    asked = subprocess.run(
        [sys.executable, "-c", ASKED_IN_THE_THREAD], capture_output=True, text=True, check=True
    )
    assert asked.stdout.split() == ["True"]
