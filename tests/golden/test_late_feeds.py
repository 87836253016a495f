"""Files that reach back, late: nights one after the other publish what a single one over all files does."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests import published, warehouse
from tests.feeds import rota
from tests.feeds.case import BEN, CARLA, MONDAY, TUESDAY, Colleague
from tests.feeds.company import company_files, deliver, publish_company, publish_night
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

SNAPSHOTS = "m365_copilot/usage_user_detail"
# A snapshot of Wednesday that tells of a Tuesday which its correction takes back; the newer rota of Sunday to
# Wednesday; the newer export of the week that began on Sunday.
LATE = {
    path
    for path in company_files()
    if path == f"{SNAPSHOTS}/2026-03-04_20260305T010000Z.csv" or path.endswith("_20260309T010000Z.csv")
} | {sorted(rota.FILES)[1]}
# The correction, which tells of other people's Monday and Tuesday.
CORRECTION = {f"{SNAPSHOTS}/2026-03-04_20260305T050000Z.json"}
# Thursday's snapshot, which alone tells more of Wednesday.
LATER = {path for path in company_files() if path.startswith(f"{SNAPSHOTS}/2026-03-05")}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published in one night; tests only read it."""
    return shared_home(tmp_path_factory, "every_tool", publish_company)


def is_active(home: Path, person: Colleague, day: date) -> bool:
    with published.open_published(warehouse.current(home)) as connection:
        rows = connection.execute(
            "select is_active from marts.fct_employee_tool_daily join person using (employee_key) "
            "where employee_id = ? and tool_id = 'm365_copilot' and activity_date = ?",
            [person.employee_id, day],
        ).fetchall()
    return rows == [(True,)]


def test_late_files_rebuild_the_days_they_bear_on(
    together: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert (len(LATE), len(CORRECTION & set(company_files())), len(LATER)) == (3, 1, 1)
    home = tmp_path_factory.mktemp("late_feeds") / "home"
    publish_company(home, without=LATE | CORRECTION | LATER)
    wanted = warehouse.table_hashes(warehouse.current(together))
    carla = []
    for late in (LATE, CORRECTION, LATER):
        before = warehouse.table_hashes(warehouse.current(home))
        changed = {table for table, digest in wanted.items() if before[table] != digest}
        assert {"adoption.fct_employee_tool_daily", "adoption.fct_employee_tool_mode_daily"} <= changed
        deliver(home, late)
        publish_night(home)
        carla.append(is_active(home, CARLA, TUESDAY))
    assert carla == [True, False, False]
    assert warehouse.table_hashes(warehouse.current(home)) == wanted
    assert is_active(home, BEN, MONDAY)
    deliver_correction_without_bens_monday(home)
    publish_night(home)
    assert [is_active(home, BEN, day) for day in (MONDAY, TUESDAY)] == [False, True]


def deliver_correction_without_bens_monday(home: Path) -> None:
    """It states nothing new of Monday: that Monday is rebuilt is due to what it replaces alone."""
    (path,) = CORRECTION
    page = json.loads(company_files()[path])
    for licence in page["value"]:
        if licence["userPrincipalName"] == BEN.work_email:
            licence["excelCopilotLastActivityDate"] = ""
    corrected = home / "inbox" / path.replace("T050000Z", "T060000Z")
    corrected.write_text(json.dumps(page))
