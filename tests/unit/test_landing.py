"""Deliveries: what counts once, what covers which days, and what a kill in between leaves behind."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import RunFailed
from orchestration.home import Home
from orchestration.landing import integrity
from orchestration.landing.inbox import list_inbox
from orchestration.landing.land import LandingReport, land_inbox
from orchestration.landing.record_reader import RecordReader
from orchestration.ledger import Ledger
from orchestration.settings import Settings
from tests.unit.landing_home import (
    APPROVED,
    CHATGPT,
    CLAUDE,
    COPILOT,
    CUTOFF_COLUMNS,
    NOW,
    WORKERS_HEADER,
    LandingHome,
    chat_record,
    claude_record,
    copilot_record,
    ndjson,
    page,
    worker_row,
)

DAY = date(2026, 3, 2)
ONE = ndjson(copilot_record("a"))
TWO = ndjson(copilot_record("a"), copilot_record("b", day="2026-03-03"), copilot_record("c", day="nonsense"))
NOTHING = LandingReport((), (), (), ())


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def test_a_delivery_says_what_came_of_it(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/users_2026-03-02_20260303T010203Z.ndjson.gz", gzip.compress(TWO.encode()))
    (delivery,) = landing.land().landed
    sha256 = hashlib.sha256(TWO.encode()).hexdigest()
    delivery_id = hashlib.sha256(f"{COPILOT}/{sha256}".encode()).hexdigest()[:16]
    assert delivery.delivery_id == delivery_id
    assert delivery.parquet_path == f"landing/{COPILOT}/{delivery_id}.parquet"
    assert (delivery.source, delivery.feed) == ("github_copilot", "users_1_day")
    assert delivery.file_path == f"{COPILOT}/users_2026-03-02_20260303T010203Z.ndjson.gz"
    assert delivery.content_sha256 == sha256
    assert delivery.rank_at == datetime(2026, 3, 3, 1, 2, 3)
    assert delivery.landed_at == NOW
    assert (delivery.ledger_order, delivery.record_count, delivery.rejected_count) == (1, 3, 1)
    assert (delivery.covers_from, delivery.covers_to) == (DAY, DAY)
    assert (delivery.status, delivery.duplicate_of, delivery.withdrawn_reason) == ("landed", None, None)
    assert landing.deliveries() == [delivery]
    with Ledger(landing.home.ledger) as ledger:
        assert ledger.delivery_dates() == [
            (delivery_id, None, 1),
            (delivery_id, DAY, 1),
            (delivery_id, date(2026, 3, 3), 1),
        ]


def test_without_a_stamp_the_arrival_ranks(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/users.ndjson", ONE)
    now = datetime(2026, 3, 31, 4, 30, tzinfo=timezone(timedelta(hours=2)))
    (delivery,) = landing.land(now=now).landed
    assert (delivery.rank_at, delivery.landed_at) == (NOW, NOW)


def test_seeing_a_file_again_counts_nothing_and_reads_nothing(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing.put(f"{COPILOT}/a.ndjson", ONE)
    landing.land()
    before = landing.deliveries()
    monkeypatch.setattr(integrity, "inspect", lambda *_: pytest.fail("the file was read again"))
    assert landing.land() == NOTHING
    assert landing.deliveries() == before


def test_a_touched_file_is_read_again_and_counts_nothing(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing.put(f"{COPILOT}/a.ndjson", ONE)
    landing.land()
    before = landing.deliveries()
    os.utime(path, ns=(5, 5))
    assert landing.land() == NOTHING
    assert landing.deliveries() == before
    monkeypatch.setattr(integrity, "inspect", lambda *_: pytest.fail("its new time was not remembered"))
    assert landing.land() == NOTHING


def test_changed_content_under_a_known_name_is_a_new_delivery(landing: LandingHome) -> None:
    path = landing.put(f"{COPILOT}/a_2026-03-02.ndjson", ONE)
    (first,) = landing.land().landed
    landing.put(f"{COPILOT}/a_2026-03-02.ndjson", TWO)
    (second,) = landing.land().landed
    assert (second.ledger_order, second.record_count) == (2, 3)
    assert landing.rows(first, "actor_name") == [{"actor_name": "a"}]
    path.write_text(ONE)
    assert landing.land() == NOTHING, "what came before under this name is known"


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_same_content_under_another_name_counts_once_and_covers_its_own_day(
    landing: LandingHome, suffix: str
) -> None:
    landing.put(f"{COPILOT}/a_2026-03-02.ndjson", ONE)
    content = ONE.encode()
    landing.put(f"{COPILOT}/b_2026-03-05.ndjson{suffix}", gzip.compress(content) if suffix else content)
    report = landing.land()
    (original,), (copy,) = report.landed, report.duplicates
    assert (copy.status, copy.duplicate_of, copy.parquet_path) == ("duplicate", original.delivery_id, None)
    assert copy.delivery_id != original.delivery_id
    assert (copy.record_count, copy.rejected_count) == (1, 0)
    assert (copy.covers_from, copy.covers_to) == (date(2026, 3, 5), date(2026, 3, 5))
    assert len(list(landing.home.landing.rglob("*.parquet"))) == 1
    assert landing.land() == NOTHING


def test_the_same_content_in_another_feed_is_another_delivery(landing: LandingHome) -> None:
    landing.put(f"{CLAUDE}/a.json", page())
    landing.put(f"{CHATGPT}/a.json", page())
    report = landing.land()
    assert (len(report.landed), report.duplicates) == (2, ())


def test_the_same_workforce_on_two_dates_is_two_snapshots(landing: LandingHome) -> None:
    content = f"{WORKERS_HEADER}\n{worker_row()}"
    for name in ("w_2026-03-02.csv", "w_2026-03-03.csv", "again_2026-03-03.csv"):
        landing.put(f"hr/workers/{name}", content)
    report = landing.land()
    assert [(one.file_path, one.covers_from) for one in report.landed] == [
        ("hr/workers/again_2026-03-03.csv", date(2026, 3, 3)),
        ("hr/workers/w_2026-03-02.csv", DAY),
    ]
    assert [one.file_path for one in report.duplicates] == ["hr/workers/w_2026-03-03.csv"]
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    wanted = hashlib.sha256(f"hr/workers/{sha256}/2026-03-02".encode()).hexdigest()[:16]
    assert report.landed[1].delivery_id == wanted


COVERAGE = [
    ("a.json", page(claude_record()), None, None),
    ("a_2026-03-02.json", page(claude_record()), DAY, DAY),
    ("a_2026-03-02.json", page(), DAY, DAY),
    ("a_2026-03-02.json", "[]", DAY, DAY),
    ("a_2026-03-01_2026-03-04.json", page(claude_record()), date(2026, 3, 1), date(2026, 3, 4)),
    ("a_2026-03-04_2026-03-01.json", page(claude_record()), None, None),
    ("a_2026-03-02.json", page(claude_record(), has_more=True), None, None),
    ("a_2026-03-02.json", page(claude_record(), has_more=True) + "\n" + page(), DAY, DAY),
    ("a_2026-03-02.json", page(claude_record()) + "\n" + page(has_more=True), None, None),
    ("a_2026-03-02.json", f"[{page(has_more=True)}, {page()}]", DAY, DAY),
    ("a_2026-03-02.json", f"[\n{page()},\n{page(has_more=True)}]", None, None),
    ("a_1970-01-01_2026-03-02.json", page(claude_record()), None, None),
    ("a_2026-04-02.json", page(claude_record()), None, None),
]


@pytest.mark.parametrize(("name", "content", "first", "last"), COVERAGE)
def test_a_delivery_covers_what_its_name_says_unless_it_is_incomplete(
    landing: LandingHome, name: str, content: str, first: date | None, last: date | None
) -> None:
    landing.put(f"{CLAUDE}/{name}", content)
    report = landing.land()
    assert [(one.covers_from, one.covers_to) for one in report.landed] == [(first, last)]
    is_unbelievable = name in ("a_1970-01-01_2026-03-02.json", "a_2026-04-02.json")
    assert len(report.notices) == is_unbelievable


def test_identical_empty_pages_each_cover_their_day(landing: LandingHome) -> None:
    for day in (1, 2, 3):
        landing.put(f"{CLAUDE}/a_2026-03-0{day}.json", page())
    report = landing.land()
    assert [one.covers_from for one in (*report.landed, *report.duplicates)] == [
        date(2026, 3, 1),
        date(2026, 3, 2),
        date(2026, 3, 3),
    ]


def test_a_copy_of_incomplete_or_withdrawn_records_covers_nothing(landing: LandingHome) -> None:
    landing.put(f"{CLAUDE}/a_2026-03-01.json", page(claude_record(), has_more=True))
    landing.put(f"{CLAUDE}/b_2026-03-01.json", page(claude_record(), has_more=True))
    landing.put(f"{COPILOT}/a_2026-03-02.ndjson", ONE)
    landed = landing.land()
    assert [one.covers_from for one in landed.duplicates] == [None]
    with Ledger(landing.home.ledger) as ledger:
        ledger.withdraw(landed.landed[1].delivery_id, "wrong export")
    landing.put(f"{COPILOT}/b_2026-03-02.ndjson", ONE)
    report = landing.land()
    assert (report.landed, [one.covers_from for one in report.duplicates]) == ((), [None])


def test_withdrawing_keeps_the_parquet_file_and_the_file_stays_known(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/a.ndjson", ONE)
    (delivery,) = landing.land().landed
    with Ledger(landing.home.ledger) as ledger:
        ledger.withdraw(delivery.delivery_id, "wrong export")
    assert landing.rows(delivery, "actor_name") == [{"actor_name": "a"}]
    assert landing.land() == NOTHING


def test_the_order_of_arrival_does_not_change_what_counts(tmp_path: Path) -> None:
    files = {"a_20260303T000000Z": ONE, "b_20260304T000000Z": TWO, "c_20260305T000000Z": ONE}
    ranks = []
    for number, names in enumerate((["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"])):
        landing = LandingHome(Home(tmp_path / str(number)))
        for letter in names:
            name = next(name for name in files if name.startswith(letter))
            landing.put(f"{COPILOT}/{name}.ndjson", files[name])
            landing.land()
        ranks.append({one.delivery_id: one.rank_at for one in landing.deliveries() if one.status == "landed"})
    assert ranks[0] == ranks[1] == ranks[2]
    assert sorted(ranks[0].values()) == [datetime(2026, 3, 4), datetime(2026, 3, 5)]


def test_files_are_visited_in_the_order_of_their_paths(landing: LandingHome) -> None:
    names = ["b.ndjson", "a/z.ndjson", "a.ndjson", "B.ndjson", "10.ndjson", "9.ndjson"]
    for number, name in enumerate(names):
        landing.put(f"{COPILOT}/{name}", ndjson(copilot_record(f"u{number}")))
    found = [one.file_path.removeprefix(f"{COPILOT}/") for one in landing.land().landed]
    assert found == sorted(names)


def test_content_is_not_read_without_an_approval(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing.put(f"{CHATGPT}/a.json", page(chat_record()))
    landing.put(f"{CHATGPT}/b.json", "<html>")
    with monkeypatch.context() as patch:
        patch.setattr(integrity, "inspect", lambda *_: pytest.fail("the file was read"))
        report = landing.land(settings=Settings())
    assert (report.landed, report.refused) == ((), ())
    (notice,) = report.notices
    assert "content_access_approval_id is set under [sources.chatgpt] in adoption.toml" in notice
    assert len(landing.land(settings=APPROVED).landed) == 1


def test_unknown_folders_get_one_notice_each(landing: LandingHome) -> None:
    for name in (
        "no_such_tool/daily/a.json",
        "no_such_tool/daily/b.json",
        "hr/salaries/a.csv",
        "stray.json",
        "hr/stray.csv",
    ):
        landing.put(name, "x")
    report = landing.land()
    assert report.notices == (
        "inbox/hr/salaries belongs to no known feed; it is not read.",
        "inbox/hr/stray.csv belongs to no known feed; it is not read.",
        "inbox/no_such_tool belongs to no known source; it is not read.",
        "inbox/stray.json belongs to no known source; it is not read.",
    )
    assert (report.landed, report.refused) == ((), ())


def test_what_the_program_wrote_itself_is_landed_like_a_file_of_the_inbox(landing: LandingHome) -> None:
    own = landing.home.root / "cutoffs"
    own.mkdir()
    (own / "p_v1.csv").write_text(f"{CUTOFF_COLUMNS}\np,1,2026-03-02,all,company,all,50,1.5,40\n")
    (own / "bad.csv").write_text("something,else\n1,2\n")
    (own / ".new-p_v2.csv").write_text("half a fi")
    (own / "link.csv").symlink_to(own / "p_v1.csv")
    landing.put("tiers/cutoffs/p_v1.csv", f"{CUTOFF_COLUMNS}\np,1,2026-03-02,all,company,all,50,2.5,40\n")
    report = landing.land()
    assert [delivery.file_path for delivery in report.landed] == [
        "cutoffs/p_v1.csv",
        "tiers/cutoffs/p_v1.csv",
    ]
    assert [str(row["weekly_mean"]) for delivery in report.landed for row in landing.rows(delivery)] == [
        "1.500000",
        "2.500000",
    ]
    assert {delivery.parquet_path for delivery in report.landed} == {
        f"landing/tiers/cutoffs/{delivery.delivery_id}.parquet" for delivery in report.landed
    }
    assert {refused.path: refused.sentence.split()[0] for refused in report.refused} == {
        "cutoffs/bad.csv": "Column",
        "cutoffs/link.csv": "It",
    }
    listed = [file.relative for file in list_inbox(landing.home, Settings()).files]
    assert sorted(path for path in listed if path.startswith("cutoffs/")) == [
        "cutoffs/bad.csv",
        "cutoffs/p_v1.csv",
    ]
    assert landing.land().landed == ()


def test_an_inbox_that_does_not_exist_fails_the_run(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="There is no inbox"):
        land_inbox(Home(tmp_path), Settings(), now=NOW)


def test_a_landing_folder_that_cannot_be_written_fails_the_run(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/a.ndjson", ONE)
    landing.home.landing.write_text("a file where the folder should be")
    with pytest.raises(RunFailed, match=r"Landing github_copilot/users_1_day/a\.ndjson failed"):
        landing.land()
    assert landing.deliveries() == []


def test_a_disk_without_space_fails_the_run(landing: LandingHome, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException("Could not write file: No space left on device")

    landing.put(f"{COPILOT}/a.ndjson", ONE)
    monkeypatch.setattr(RecordReader, "write", full)
    with pytest.raises(RunFailed, match="No space is left"):
        landing.land()


def test_the_inbox_stays_as_it_was(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/a.ndjson", ONE)
    landing.put(f"{COPILOT}/b.ndjson", "<html>")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in landing.home.inbox.rglob("*.*")}
    landing.land()
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in landing.home.inbox.rglob("*.*")}
    assert after == before


def test_progress_names_each_feed(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/a.ndjson", ONE)
    landing.put(f"{COPILOT}/b.ndjson", TWO)
    landing.put(f"{CLAUDE}/a.json", page())
    lines: list[str] = []
    land_inbox(landing.home, APPROVED, now=NOW, progress=lines.append)
    assert lines == [f"{CLAUDE}: 1 file in the inbox", f"{COPILOT}: 2 files in the inbox"]


KILLED = """
import sys
from datetime import datetime
from pathlib import Path
from orchestration.home import Home
from orchestration.landing.land import land_inbox
from orchestration.settings import Settings
land_inbox(Home(Path(sys.argv[1])), Settings(), now=datetime(2026, 3, 31, 2, 30))
"""


@pytest.mark.parametrize(
    ("point", "entered"),
    [("landing.before_parquet", 0), ("landing.after_parquet", 0), ("landing.after_ledger", 1)],
)
def test_a_kill_in_between_loses_and_repeats_nothing(landing: LandingHome, point: str, entered: int) -> None:
    landing.put(f"{COPILOT}/a.ndjson", ONE)
    landing.put(f"{COPILOT}/b.ndjson", TWO)
    environment = os.environ | {"ADOPTION_FAULT_POINT": point, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(landing.home.root)], env=environment, check=False
    )
    assert process.returncode == -9
    assert len(landing.deliveries()) == entered
    leftover = landing.home.landing / COPILOT / ".new-leftover.parquet"
    leftover.parent.mkdir(parents=True, exist_ok=True)
    leftover.write_bytes(b"half")
    landing.land()
    deliveries = landing.deliveries()
    assert [(one.file_path, one.record_count) for one in deliveries] == [
        (f"{COPILOT}/a.ndjson", 1),
        (f"{COPILOT}/b.ndjson", 3),
    ]
    files = sorted(
        path.relative_to(landing.home.root).as_posix() for path in landing.home.landing.rglob("*.*")
    )
    assert files == sorted(str(one.parquet_path) for one in deliveries)


def test_landing_the_same_inbox_twice_from_nothing_gives_the_same_rows(tmp_path: Path) -> None:
    results = []
    for number in range(2):
        landing = LandingHome(Home(tmp_path / str(number)))
        landing.put(f"{COPILOT}/a.ndjson", TWO * 2_000)
        (delivery,) = landing.land(settings=APPROVED.model_copy(update={"duckdb_threads": number + 1})).landed
        results.append((replace(delivery), landing.rows(delivery)))
    assert results[0] == results[1]
    assert [row["record_line"] for row in results[0][1]] == list(range(1, 6_001))
