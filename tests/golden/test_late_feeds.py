"""Files that reach back, late: nights one after the other publish what a single one over all files does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import warehouse
from tests.feeds import rota
from tests.feeds.company import company_files, deliver, publish_company, publish_night
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

# A snapshot of Wednesday that tells of Monday and Tuesday, in both its versions; the newer rota of Sunday to
# Wednesday; the newer export of the week that began on Sunday.
LATE = {
    path
    for path in company_files()
    if path.startswith("m365_copilot/usage_user_detail/2026-03-04") or path.endswith("_20260309T010000Z.csv")
} | {sorted(rota.FILES)[1]}
# Thursday's snapshot, which alone tells more of Wednesday.
LATER = {path for path in company_files() if path.startswith("m365_copilot/usage_user_detail/2026-03-05")}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published in one night; tests only read it."""
    return shared_home(tmp_path_factory, "every_tool", publish_company)


def test_late_files_rebuild_the_days_they_bear_on(
    together: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert (len(LATE), len(LATER)) == (4, 1)
    home = tmp_path_factory.mktemp("late_feeds") / "home"
    publish_company(home, without=LATE | LATER)
    wanted = warehouse.table_hashes(warehouse.current(together))
    for late in (LATE, LATER):
        before = warehouse.table_hashes(warehouse.current(home))
        changed = {table for table, digest in wanted.items() if before[table] != digest}
        assert {"adoption.fct_employee_tool_daily", "adoption.fct_employee_tool_mode_daily"} <= changed
        deliver(home, late)
        publish_night(home)
    assert warehouse.table_hashes(warehouse.current(home)) == wanted
