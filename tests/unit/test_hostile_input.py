"""Input made to hurt: bounded memory, one line or one file refused, everything beside it landed.

ADOPTION_TEST_TINY_FILES sets how many tiny files there are; `make soak` takes 50,000.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.home import Home
from orchestration.landing import integrity
from orchestration.ledger import Ledger
from tests.unit.landing_home import (
    APPROVED,
    CLAUDE,
    COPILOT,
    LandingHome,
    claude_record,
    copilot_record,
    ndjson,
    page,
)

pytestmark = pytest.mark.slow

TINY_FILES = int(os.environ.get("ADOPTION_TEST_TINY_FILES", "500"))
MEMORY_LIMIT_MB = 512
# DuckDB may overshoot its limit; the interpreter and what it imported stand beside it.
PEAK_BYTES = (MEMORY_LIMIT_MB * 3 // 2) << 20
LANDS = """
import sys
from datetime import datetime
from pathlib import Path
from orchestration.home import Home
from orchestration.landing.land import land_inbox
from orchestration.settings import Settings
from tests.peak_memory import peak_kibibytes
settings = Settings(duckdb_memory_limit=f"{sys.argv[2]}MB")
report = land_inbox(Home(Path(sys.argv[1])), settings, now=datetime(2026, 3, 31, 2, 30))
print(peak_kibibytes())
for one in report.landed:
    print("landed", one.file_path, one.record_count, one.rejected_count)
for one in report.refused:
    print("refused", one.path, one.sentence)
"""


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _million_keys() -> str:
    record = copilot_record("many") | {f"k{number:x}": 0 for number in range(1_000_000)}
    return json.dumps(record)


def _bomb() -> bytes:
    """More than a thousandfold, and large enough to matter."""
    return gzip.compress(b"\n" * (integrity.RATIO_FROM_BYTES * 2))


def _land_apart(landing: LandingHome) -> list[str]:
    """What a process of its own said that landed the inbox; its peak in KiB first."""
    process = subprocess.run(
        [sys.executable, "-c", LANDS, str(landing.home.root), str(MEMORY_LIMIT_MB)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return process.stdout.splitlines()


def test_hostile_lines_and_files_cost_only_themselves_and_little_memory(landing: LandingHome) -> None:
    good = json.dumps(copilot_record("good"))
    lines = [
        good,
        json.dumps(copilot_record("long", title="x" * 20_000_000)),
        good,
        "[" * 10_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        _million_keys(),
        good,
    ]
    landing.put(f"{COPILOT}/lines.ndjson", "\n".join(lines) + "\n")
    bomb = _bomb()
    assert len(bomb) * integrity.MAX_RATIO < integrity.RATIO_FROM_BYTES * 3
    landing.put(f"{COPILOT}/bomb.ndjson.gz", bomb)
    landing.put(f"{COPILOT}/sound.ndjson", ndjson(copilot_record("sound")))
    peak, *said = _land_apart(landing)
    # The million keys lie in a record below the limit of one: they are unknown keys, counted as `other`.
    assert said[:2] == [f"landed {COPILOT}/lines.ndjson 7 3", f"landed {COPILOT}/sound.ndjson 1 0"]
    assert said[2].startswith(
        f"refused {COPILOT}/bomb.ndjson.gz It unpacks to more than 1,000 times its size"
    )
    assert len(said) == 3
    assert int(peak) << 10 < PEAK_BYTES
    with Ledger(landing.home.ledger) as ledger:
        named = {one.key_path: one.record_count for one in ledger.schema_drift()}
    # Unknown keys: of the long one, the deep object and the one of a million; more than a record has, so none
    # is named. The deep object has no day.
    assert named == {"other": 3, "day": 1}


def test_a_large_file_that_begins_with_a_million_keys_is_read_all_the_same(landing: LandingHome) -> None:
    good = json.dumps(copilot_record("good"))
    landing.put(f"{COPILOT}/lines.ndjson", "\n".join([_million_keys(), good]) + "\n")
    peak, *said = _land_apart(landing)
    assert said == [f"landed {COPILOT}/lines.ndjson 2 0"]
    assert int(peak) << 10 < PEAK_BYTES


def test_thousands_of_tiny_files_are_all_landed_each_once(landing: LandingHome) -> None:
    for number in range(TINY_FILES):
        landing.put(f"{COPILOT}/{number}.ndjson", ndjson(copilot_record(f"u{number}")))
    report = landing.land()
    assert len(report.landed) == TINY_FILES
    assert sum(one.record_count for one in report.landed) == TINY_FILES
    assert landing.land().landed == ()


def _bad_lines(good: str) -> Iterator[tuple[str, str]]:
    """(line, reason) for each damage to a single line that STACK_FACTS names."""
    record = json.loads(good)
    yield "{" + good, "record: not valid JSON"
    yield good[:-5], "record: not valid JSON"
    yield good.replace('"day"', '"day": "2026-03-03", "day"'), "record: a key occurs twice"
    yield json.dumps({key: value for key, value in record.items() if key != "day"}), "day: missing"
    yield (
        json.dumps(record | {"user_initiated_interaction_count": "3"}),
        ("user_initiated_interaction_count: not a whole number"),
    )
    yield (
        json.dumps(record | {"user_initiated_interaction_count": 10**20}),
        ("user_initiated_interaction_count: above 1000000"),
    )
    yield json.dumps(record | {"title": "x" * (17 << 20)}), "record: longer than 16 MiB"
    yield good.replace('"', "'"), "record: not valid JSON"


@pytest.mark.parametrize("buffered_bytes", [0, 1 << 30])
def test_each_damage_in_ten_thousand_lines_is_named_by_line_and_reason_and_9_999_are_in(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch, buffered_bytes: int
) -> None:
    monkeypatch.setattr("orchestration.landing.record_reader.BUFFERED_BYTES", buffered_bytes)
    good = json.dumps(copilot_record("good"))
    damages = list(_bad_lines(good))
    places = random.Random(7).sample(range(10_000), len(damages))
    for number, ((line, _), place) in enumerate(zip(damages, places, strict=True)):
        lines = [good] * 10_000
        lines[place] = line
        landing.put(f"{COPILOT}/{number}.ndjson", "\n".join(lines) + "\n")
    landed = landing.land().landed
    assert [(one.record_count, one.rejected_count) for one in landed] == [(10_000, 1)] * len(damages)
    for delivery, (_, reason), place in zip(landed, damages, places, strict=True):
        bad = [row for row in landing.rows(delivery, "record_line, reject_reason") if row["reject_reason"]]
        assert bad == [{"record_line": place + 1, "reject_reason": reason}]


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("file_count", [1, 7, 100])
def test_the_same_records_in_one_file_or_a_hundred_are_the_same_rows(
    landing: LandingHome, file_count: int, threads: int
) -> None:
    records = [claude_record(f"u{number}@x.org", is_remote=number % 2 == 0) for number in range(300)]
    for place in range(file_count):
        landing.put(f"{CLAUDE}/{place:03}.json", page(*records[place::file_count]))
    report = landing.land(settings=APPROVED.model_copy(update={"duckdb_threads": threads}))
    columns = "* exclude (delivery_id, record_line)"
    rows = [repr(row) for one in report.landed for row in landing.rows(one, columns)]
    landing.put(f"{CLAUDE}/whole.json", page(*records, has_more=True))
    (whole,) = landing.land().landed
    assert sorted(rows) == sorted(repr(row) for row in landing.rows(whole, columns))
