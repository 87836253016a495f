"""A week that ChatGPT sums up, held against its days: every night that touches one of them compares it anew.

Figures by hand: Anna sends 1 message on Sunday, 2 on Tuesday and 1 on Wednesday, Ben 1 on Monday. The first
export says 4 of Anna, 1 of Ben, 3 of Carla, who sent none, and 4 of a stranger, who is nobody.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests import warehouse
from tests.feeds.case import ANNA, BEN, CARLA, STRANGER
from tests.feeds.company import company_files, make_home
from tests.integration import company

pytestmark = pytest.mark.slow

SUNDAY = date(2026, 3, 1)
WEEK = [SUNDAY + timedelta(days=n) for n in range(7)]
_, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, _, SATURDAY = WEEK
REASON = "a company of three people is no measure of shares"
SENT = {(ANNA, SUNDAY): 1, (ANNA, TUESDAY): 2, (ANNA, WEDNESDAY): 1, (BEN, MONDAY): 1}
EXPORT = f"chatgpt/user_analytics/weekly user report {SUNDAY}"
LATER_EXPORT = f"{EXPORT}_20260317T040000Z.csv"


def _messages(day: date, sent: Mapping[str, int]) -> str:
    """The feed of one day: what people sent, and an answer, which nobody sent."""
    sends = [(address, "user", number) for address, count in sent.items() for number in range(count)]
    return "".join(
        json.dumps(
            {
                "id": f"conversation-{day}",
                "created_at": datetime.combine(day, time(12), UTC).timestamp(),
                "user_email": address,
                "user_id": address,
                "message": {"id": f"{role}-{address}-{day}-{number}", "author": {"role": role}},
            }
        )
        + "\n"
        for address, role, number in [(ANNA.work_email, "assistant", 0), *sends]
    )


def _of_days(days: list[date], stamp: str) -> dict[str, str]:
    return {
        f"chatgpt/conversation_messages/{day}_{stamp}.ndjson": _messages(
            day, {person.work_email: count for (person, sent_on), count in SENT.items() if sent_on == day}
        )
        for day in days
    }


def _export(counts: Mapping[str, int]) -> str:
    rows = (
        f"Weekly,{SUNDAY},{SATURDAY},ws1,user-{address},{address},{int(count > 0)},{count}\n"
        for address, count in counts.items()
    )
    return "cadence,period_start,period_end,account_id,public_id,email,is_active,messages\n" + "".join(rows)


def _ben_leaves() -> str:
    """The workforce of Thursday: Wednesday was Ben's last day."""
    (path,) = (path for path in company_files() if path.startswith("hr/workers/"))
    rows = list(csv.DictReader(io.StringIO(company_files()[path].decode())))
    for row in rows:
        if row["employee_id"] == BEN.employee_id:
            row |= {"terminated_date": str(WEDNESDAY), "employment_status": "terminated"}
    return company.workers_csv(rows)


def _company() -> dict[str, str]:
    """Who works there, under which agreement, and with access to what."""
    kinds = ("hr/workers/", "governance/", "access/")
    return {path: text.decode() for path, text in company_files().items() if path.startswith(kinds)}


# What arrives before each night, and what is then published of the week: totals of the messages and of the
# export, people in both, in the messages alone, in the export alone.
NIGHTS: tuple[tuple[date, dict[str, str], list[company.Row]], ...] = (
    # Tuesday is missing
    (
        date(2026, 3, 8),
        _company()
        | _of_days([day for day in WEEK if day != TUESDAY], "20260308T010000Z")
        | {
            f"{EXPORT}_20260308T040000Z.csv": _export(
                {ANNA.work_email: 4, BEN.work_email: 1, CARLA.work_email: 3, STRANGER: 4}
            )
        },
        [],
    ),
    (date(2026, 3, 12), _of_days([TUESDAY], "20260312T010000Z"), [(5, 8, 2, 0, 1)]),
    # a later file of Wednesday alone says that Anna sent a second message; of Ben, who left on that day, the
    # facts do not hold the whole week
    (
        date(2026, 3, 16),
        {
            f"chatgpt/conversation_messages/{WEDNESDAY}_20260316T010000Z.ndjson": _messages(
                WEDNESDAY, {ANNA.work_email: 2}
            ),
            f"hr/workers/workers_{THURSDAY}_20260316T010000Z.csv": _ben_leaves(),
        },
        [(5, 7, 1, 0, 1)],
    ),
    # the later export corrects Anna and Carla and says nothing of the others
    (
        date(2026, 3, 17),
        {LATER_EXPORT: _export({ANNA.work_email: 5, CARLA.work_email: 0})},
        [(5, 5, 1, 0, 0)],
    ),
)
LAST, BEFORE_THE_LATER = NIGHTS[-1][0], NIGHTS[-2][2]


def _deliver(home: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        company.put(home, path, text)


def _published(home: Path) -> list[company.Row]:
    return company.query(home, "select * from ops.cross_check order by all")


def _week(home: Path) -> list[company.Row]:
    """The figures of every row that speaks of the week, whose other columns are always the same."""
    names = ("chatgpt", SUNDAY, SATURDAY, "chatgpt", "conversation_messages", "chatgpt", "user_analytics")
    rows = _published(home)
    assert [row[:8] for row in rows] == [(*names, "prompt_count")] * len(rows)
    return [row[8:] for row in rows]


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after all nights, each of which is looked at as it passes; not to be changed."""
    home = tmp_path_factory.mktemp("periods") / "home"
    make_home(home)
    for night, files, wanted in NIGHTS:
        _deliver(home, files)
        warehouse.publish(home, night, REASON)
        assert _week(home) == wanted, night
    return home


def test_one_backfill_compares_as_the_nights_did(one_by_one: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_home(home)
    for _, files, _ in NIGHTS:
        _deliver(home, files)
    warehouse.succeed(home, "backfill", "--from", SUNDAY.isoformat(), "--to", LAST.isoformat())
    assert _published(home) == _published(one_by_one) != []
    assert warehouse.table_hashes(warehouse.current(home)) == warehouse.table_hashes(
        warehouse.current(one_by_one)
    )


def test_a_withdrawn_export_gives_way_to_the_one_before(one_by_one: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(one_by_one, home, symlinks=True)
    delivery = company.delivery_of(home, LATER_EXPORT)
    warehouse.succeed(home, "withdraw", delivery, "--reason", "of another workspace")
    assert _week(home) == BEFORE_THE_LATER
