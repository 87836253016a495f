"""Whole files: what is refused as damaged, and in which shapes of file the same records are found."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard

from orchestration.errors import InputRefused
from orchestration.home import Home
from orchestration.landing import integrity
from tests.unit.landing_home import (
    CLAUDE,
    COPILOT,
    WORKERS_HEADER,
    LandingHome,
    claude_record,
    copilot_record,
    ndjson,
    page,
    worker_row,
)

LINES = ndjson(*(copilot_record(f"user{number}") for number in range(50))).encode()
GZIPPED = gzip.compress(LINES)
ZSTANDARDED = zstandard.compress(LINES)
NAME = f"{COPILOT}/users_2026-03-02.ndjson"


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


DAMAGED = {
    "gzip cut mid-line": (".gz", GZIPPED[: len(GZIPPED) // 2], "truncated gzip"),
    "gzip cut before its checksum": (".gz", GZIPPED[:-8], "truncated gzip"),
    "gzip cut in its length": (".gz", GZIPPED[:-1], "truncated gzip"),
    "gzip with a bad checksum": (".gz", _flipped(GZIPPED, len(GZIPPED) - 8), "gzip"),
    "gzip with a bad length": (".gz", _flipped(GZIPPED, len(GZIPPED) - 1), "gzip"),
    "gzip with flipped content": (".gz", _flipped(GZIPPED, len(GZIPPED) // 2), "gzip"),
    "gzip with foreign bytes behind it": (".gz", GZIPPED + b"tail", "followed by foreign bytes"),
    "text named gzip": (".gz", LINES, "not a gzip file"),
    "gzip of nothing": (".gz", gzip.compress(b""), "nothing but blank lines"),
    "zstd cut": (".zst", ZSTANDARDED[:-4], "truncated zstd"),
    "zstd with foreign bytes behind it": (".zst", ZSTANDARDED + b"tail", "followed by foreign bytes"),
    "text named zstd": (".zst", LINES, "not a zstd file"),
    "gzip named plain": ("", GZIPPED, "not UTF-8"),
    "empty": ("", b"", "It is empty"),
    "blank": ("", b"\n \n", "nothing but blank lines"),
    "HTML": ("", b"\n <!doctype html><html>sign in</html>\n", "HTML"),
    "HTML after a byte order mark": ("", b"\xef\xbb\xbf<html>", "HTML"),
    "Latin-1": ("", LINES + b'{"user_login": "\xe9"}\n', "not UTF-8 text (line 51)"),
    "cut inside a letter": ("", LINES + b"\xc3", "not UTF-8 text (line 51)"),
    "stray carriage return": ("", b'{"a": 1,\r"b": 2}\n', "carriage returns"),
    "carriage return at the end": ("", b'{"a": 1}\r', "carriage returns"),
    "cut mid-line": ("", LINES[:-20], "ends in the middle of a record"),
    "a document cut short": ("", json.dumps([copilot_record()], indent=1)[:-9].encode(), "not valid JSON"),
    "no JSON at all": ("", b"hello\nworld\n", "not valid JSON"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_refused_in_one_sentence(landing: LandingHome, case: str) -> None:
    suffix, content, sentence = DAMAGED[case]
    assert sentence in landing.refusal(NAME + suffix, content)
    assert landing.deliveries() == []


def test_every_truncation_of_a_gzip_is_refused(landing: LandingHome) -> None:
    path = landing.put("cut.gz", b"")
    for length in range(1, len(GZIPPED)):
        path.write_bytes(GZIPPED[:length])
        with pytest.raises(InputRefused):
            integrity.inspect(path, "gzip")


def test_every_truncation_of_a_zstd_is_refused(landing: LandingHome) -> None:
    path = landing.put("cut.zst", b"")
    for length in range(1, len(ZSTANDARDED)):
        path.write_bytes(ZSTANDARDED[:length])
        with pytest.raises(InputRefused):
            integrity.inspect(path, "zstd")


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("", LINES),
        ("", LINES[:-1]),
        ("", b"\xef\xbb\xbf" + LINES),
        ("", LINES.replace(b"\n", b"\r\n")),
        ("", LINES.replace(b"\n", b"\r\n", 1)),
        (".gz", GZIPPED),
        (".gz", gzip.compress(LINES[:1000]) + gzip.compress(LINES[1000:])),
        (".gz", gzip.compress(b"") + GZIPPED),
        (".zst", ZSTANDARDED),
        (".zst", zstandard.compress(LINES[:1000]) + zstandard.compress(LINES[1000:])),
    ],
)
def test_the_same_records_come_out_of_every_sound_file(
    landing: LandingHome, suffix: str, content: bytes
) -> None:
    rows = landing.landed_rows(NAME + suffix, content, "record_line, reject_reason, actor_name")
    assert rows == [
        {"record_line": number + 1, "reject_reason": None, "actor_name": f"user{number}"}
        for number in range(50)
    ]


RECORDS = [claude_record("a@x.org"), claude_record("b@x.org"), claude_record("c@x.org")]
SHAPES = {
    "bare lines": ndjson(*RECORDS),
    "one page": page(*RECORDS),
    "one pretty page": json.dumps({"data": RECORDS, "has_more": False}, indent=2),
    "pages one a line": page(RECORDS[0], has_more=True) + "\n" + page(*RECORDS[1:]) + "\n",
    "a list of records": json.dumps(RECORDS),
    "a pretty list of records": json.dumps(RECORDS, indent=2),
    "a pretty list of pages": json.dumps([{"data": RECORDS[:2]}, {"data": RECORDS[2:]}], indent=2),
    "lists one a line": json.dumps(RECORDS[:1]) + "\n" + json.dumps(RECORDS[1:]),
    "a page and a bare record": page(*RECORDS[:2]) + "\n" + json.dumps(RECORDS[2]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_records_are_found_in_pages_lists_and_lines(landing: LandingHome, shape: str) -> None:
    rows = landing.landed_rows(f"{CLAUDE}/x.json", SHAPES[shape], "record_line, reject_reason, actor_name")
    assert [tuple(row.values()) for row in rows] == [
        (1, None, "a@x.org"),
        (2, None, "b@x.org"),
        (3, None, "c@x.org"),
    ]


def test_blank_lines_count_as_lines_but_not_as_records(landing: LandingHome) -> None:
    content = "\n" + ndjson(copilot_record("a")) + "\n   \n" + ndjson(copilot_record("b"))
    rows = landing.landed_rows(NAME, content, "record_line, actor_name")
    assert [tuple(row.values()) for row in rows] == [(2, "a"), (5, "b")]


def test_a_large_file_takes_the_direct_way_to_the_same_rows(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = (landing.put(NAME, LINES), landing.land())[1].landed
    buffered = landing.rows(first, "* exclude delivery_id")
    monkeypatch.setattr("orchestration.landing.record_reader.BUFFERED_BYTES", 0)
    landing.put(NAME, LINES + b"{broken\n")
    (second,) = landing.land().landed
    assert landing.rows(second, "* exclude delivery_id")[:-1] == buffered
    assert (second.record_count, second.rejected_count) == (51, 1)


@pytest.mark.parametrize("buffered_bytes", [0, 1 << 30])
def test_rows_keep_the_order_of_the_file_whatever_the_threads_do(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch, buffered_bytes: int
) -> None:
    """More lines than DuckDB gives to one thread at a time."""
    monkeypatch.setattr("orchestration.landing.record_reader.BUFFERED_BYTES", buffered_bytes)
    content = "".join(f'{{"day":"2026-03-02","user_login":"u{number}"}}\n' for number in range(1, 150_001))
    landing.put(NAME, content)
    (delivery,) = landing.land().landed
    path = landing.home.root / str(delivery.parquet_path)
    with duckdb.connect() as database:
        kept = database.execute(
            "select count(*) from read_parquet(?, file_row_number = true) "
            "where record_line = file_row_number + 1 and actor_name = 'u' || record_line",
            [str(path)],
        ).fetchone()
    assert kept == (150_000,)


def test_a_large_document_takes_the_same_way(landing: LandingHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.landing.record_reader.BUFFERED_BYTES", 0)
    rows = landing.landed_rows(f"{CLAUDE}/x.json", json.dumps(RECORDS, indent=1), "actor_name")
    assert [row["actor_name"] for row in rows] == ["a@x.org", "b@x.org", "c@x.org"]


def test_a_document_beyond_the_limit_is_refused(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.landing.record_reader.MAX_DOCUMENT_BYTES", 100)
    assert "not valid JSON" in landing.refusal(f"{CLAUDE}/x.json", json.dumps(RECORDS, indent=1))


def test_a_long_line_is_read_up_to_the_limit_of_a_record(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 MB in one record is rejected; as a page of small records it is fine."""
    long = json.dumps(copilot_record("long", title="x" * 20_000_000))
    content = ndjson(copilot_record("a")) + long + "\n" + ndjson(copilot_record("b"))
    rows = landing.landed_rows(NAME, content, "record_line, reject_reason, actor_name")
    assert [tuple(row.values()) for row in rows] == [
        (1, None, "a"),
        (2, "record: longer than 16 MiB", None),
        (3, None, "b"),
    ]


def test_a_long_page_of_small_records_is_read(landing: LandingHome) -> None:
    content = page(*(claude_record(f"u{number}@x.org", note="x" * 4_000_000) for number in range(5)))
    rows = landing.landed_rows(f"{CLAUDE}/x.json", content, "reject_reason")
    assert [row["reject_reason"] for row in rows] == [None] * 5


def test_deep_nesting_neither_breaks_the_file_nor_its_neighbours(landing: LandingHome) -> None:
    deep = "[" * 10_000 + "]" * 10_000
    lines = [
        json.dumps(copilot_record("a")),
        f'{{"day": {deep}}}',
        '{"a": ' * 10_000,
        json.dumps(copilot_record("b")),
    ]
    rows = landing.landed_rows(NAME, "\n".join(lines) + "\n", "record_line, reject_reason")
    assert [tuple(row.values()) for row in rows] == [
        (1, None),
        (2, "day: not a text"),
        (3, "record: not valid JSON"),
        (4, None),
    ]


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_compression_bomb_is_refused_before_it_is_unpacked(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch, compress: Any
) -> None:
    monkeypatch.setattr(integrity, "RATIO_FROM_BYTES", 1 << 20)
    monkeypatch.setattr(integrity, "MAX_RATIO", 100)
    suffix = ".gz" if compress is gzip.compress else ".zst"
    assert "unpacks to more" in landing.refusal(NAME + suffix, compress(b" " * 79 + b"\n" * 1_000_000 * 8))


def test_a_line_without_end_is_refused(landing: LandingHome) -> None:
    content = zlib.compress(b"x" * (65 << 20), wbits=31)
    assert "line longer than 64 MiB" in landing.refusal(NAME + ".gz", content)


def test_control_characters_do_not_split_lines(landing: LandingHome) -> None:
    """The line reader needs a separator; a line that holds it must be rejected, not cut."""
    content = (
        ndjson(copilot_record("a")) + '{"day": "2026-03-02"}\x01{}\n\x02\n' + ndjson(copilot_record("b"))
    )
    rows = landing.landed_rows(NAME, content, "record_line, reject_reason")
    assert [tuple(row.values()) for row in rows] == [
        (1, None),
        (2, "record: not valid JSON"),
        (3, "record: not valid JSON"),
        (4, None),
    ]


def test_a_file_full_of_control_characters_is_refused(landing: LandingHome) -> None:
    assert "no text" in landing.refusal(NAME, "\x01\x02\x03\x04\n")


def test_a_file_still_being_written_is_left_for_the_next_run(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing.put(NAME, LINES)
    read = integrity._decompressed

    def growing(*args: Any) -> Any:
        yield from read(*args)
        with path.open("ab") as file:
            file.write(b"{}\n")

    monkeypatch.setattr(integrity, "_decompressed", growing)
    report = landing.land()
    assert (report.landed, report.refused) == ((), ())
    assert report.notices == (f"{NAME} is still being written; it is left for the next run.",)
    monkeypatch.setattr(integrity, "_decompressed", read)
    (delivery,) = landing.land().landed
    assert delivery.record_count == 51


def test_a_file_that_changes_after_its_check_is_not_landed(
    landing: LandingHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = landing.put(NAME, LINES)
    inspect = integrity.inspect

    def inspect_then_change(*args: Any) -> Any:
        content = inspect(*args)
        path.write_bytes(LINES.replace(b"user1", b"user2"))
        os.utime(path, ns=(1, content.stamp.mtime_ns + 1))
        return content

    monkeypatch.setattr(integrity, "inspect", inspect_then_change)
    report = landing.land()
    assert (report.landed, list(landing.home.landing.rglob("*.parquet"))) == ((), [])
    assert "still being written" in report.notices[0]


def test_links_and_other_things_are_refused_and_hidden_files_ignored(
    landing: LandingHome, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.ndjson"
    outside.write_bytes(LINES)
    folder = landing.put(f"{COPILOT}/ok.ndjson", LINES).parent
    (folder / "link.ndjson").symlink_to(outside)
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.ndjson")
    landing.put(f"{COPILOT}/.hidden.ndjson", "x")
    landing.put(f"{COPILOT}/a.ndjson.part", "x")
    landing.put(f"{COPILOT}/a.tmp", "x")
    report = landing.land()
    assert [delivery.file_path for delivery in report.landed] == [f"{COPILOT}/ok.ndjson"]
    assert [(refused.path, refused.sentence.split(";")[0]) for refused in report.refused] == [
        (f"{COPILOT}/folder", "It is a symbolic link"),
        (f"{COPILOT}/link.ndjson", "It is a symbolic link"),
        (f"{COPILOT}/pipe.ndjson", "It is no regular file"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "a'b.ndjson",
        "a[1].ndjson",
        "*.ndjson",
        "?.ndjson",
        "a b ü.ndjson",
        "{a,b}.ndjson",
        "a\\b.ndjson",
        "a\nb.ndjson",
        "'); drop table x; --.ndjson",
        "sub 1/[x]/y*.ndjson",
    ],
)
def test_every_file_name_is_taken_literally(landing: LandingHome, name: str) -> None:
    landing.put(f"{COPILOT}/decoy.ndjson", ndjson(copilot_record("decoy")))
    landing.put(f"{COPILOT}/{name}", ndjson(copilot_record("wanted")))
    names = {delivery.file_path: landing.rows(delivery, "actor_name") for delivery in landing.land().landed}
    assert names[f"{COPILOT}/{name}"] == [{"actor_name": "wanted"}]


HEADERS = {
    "reordered": (
        WORKERS_HEADER.replace("employee_id,work_email", "work_email,employee_id", 1),
        "Column employee_id is misplaced in the header",
    ),
    "extra": (WORKERS_HEADER + ",salary", "further columns"),
    "twice": (WORKERS_HEADER + ",employee_id", "further columns"),
    "none": ("007,ann@example.com", "Column employee_id is missing"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_wrong_csv_header_is_refused_naming_the_column(landing: LandingHome, case: str) -> None:
    header, sentence = HEADERS[case]
    refusal = landing.refusal("hr/workers/w_2026-03-02.csv", f"{header}\n{worker_row()}")
    assert refusal.startswith(sentence) or sentence in refusal
    assert "ann@" not in refusal
    assert "salary" not in refusal


@pytest.mark.parametrize("content", [WORKERS_HEADER + "\n", "[]"])
def test_a_workforce_without_workers_is_refused(landing: LandingHome, content: str) -> None:
    assert "it holds no workers" in landing.refusal("hr/workers/w_2026-03-02.csv", content)


def test_one_bad_file_stops_no_other(landing: LandingHome) -> None:
    landing.put(f"{COPILOT}/1.ndjson", "<html>")
    landing.put(f"{COPILOT}/2.ndjson", LINES)
    landing.put(f"{COPILOT}/3.ndjson.gz", GZIPPED[:-9])
    report = landing.land()
    assert [delivery.file_path for delivery in report.landed] == [f"{COPILOT}/2.ndjson"]
    assert [refused.path for refused in report.refused] == [f"{COPILOT}/1.ndjson", f"{COPILOT}/3.ndjson.gz"]
    assert len(landing.land().refused) == 2, "a refused file is tried again"
