"""What file names say: stamps, dates, coverage, compression. No file is opened here."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from orchestration.landing.file_names import compression, coverage, is_ignored, named_dates, snapshot_date

MARCH_1 = date(2026, 3, 1)
MARCH_3 = date(2026, 3, 3)
STAMP = datetime(2026, 3, 2, 4, 5, 6)


@pytest.mark.parametrize(
    ("name", "stamp", "days"),
    [
        ("usage_2026-03-01.json", None, (MARCH_1,)),
        ("usage_2026-03-01_20260302T040506Z.json.gz", STAMP, (MARCH_1,)),
        ("usage_2026-03-01_2026-03-02T04-05-06Z.json", STAMP, (MARCH_1,)),
        ("usage_2026-03-01_2026-03-02T04:05:06Z.json", STAMP, (MARCH_1,)),
        ("20260302T040506Z.json", STAMP, ()),
        ("2026-03-01_2026-03-03.csv", None, (MARCH_1, MARCH_3)),
        ("2026-02-30.json", None, ()),
        ("20260332T040506Z_2026-03-01.json", None, (MARCH_1,)),
        ("order-12026-03-019.json", None, ()),
        ("2026-03-01T04-05-06.json", None, (MARCH_1,)),
        ("plain.json", None, ()),
    ],
)
def test_stamps_and_real_dates_are_read_from_the_name(
    name: str, stamp: datetime | None, days: tuple[date, ...]
) -> None:
    found = named_dates(name)
    assert (found.stamp_at, found.days) == (stamp, days)


@pytest.mark.parametrize(
    ("name", "covered", "snapshot"),
    [
        ("a_2026-03-01.json", (MARCH_1, MARCH_1), MARCH_1),
        ("a_2026-03-01_2026-03-03.json", (MARCH_1, MARCH_3), None),
        ("a_2026-03-03_2026-03-01.json", None, None),
        ("a_2026-03-01_2026-03-02_2026-03-03.json", None, None),
        ("a_20260302T040506Z.json", None, None),
    ],
)
def test_one_date_is_a_day_two_are_a_range(
    name: str, covered: tuple[date, date] | None, snapshot: date | None
) -> None:
    assert coverage(named_dates(name)) == covered
    assert snapshot_date(named_dates(name)) == snapshot


@pytest.mark.parametrize(
    ("name", "expected"), [("a.json.gz", "gzip"), ("a.ZST", "zstd"), ("a.json", "none"), ("gz", "none")]
)
def test_the_end_of_the_name_says_the_compression(name: str, expected: str) -> None:
    assert compression(name) == expected


@pytest.mark.parametrize(
    ("name", "ignored"), [(".hidden", True), ("a.json.part", True), ("a.TMP", True), ("a.part.json", False)]
)
def test_hidden_and_unfinished_files_are_ignored(name: str, ignored: bool) -> None:
    assert is_ignored(name) is ignored
