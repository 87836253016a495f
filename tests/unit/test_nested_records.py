"""Records several lists deep: what lies around them, what is damaged on the way, what is looked up by key."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from orchestration.landing import integrity
from orchestration.landing.judgement_sql import DateBounds
from orchestration.landing.record_reader import Counted, RecordReader
from orchestration.sources.base import Actor, Feed, Field
from orchestration.sources.layout import Level
from tests.unit import json_records as records
from tests.unit.json_records import COMPLETIONS
from tests.unit.landing_home import LandingHome, ndjson

Rows = list[tuple[Any, ...]]


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _rows(landing: LandingHome, relative: str, content: Any, columns: str) -> Rows:
    text = content if isinstance(content, str) else json.dumps(content)
    return [tuple(row.values()) for row in landing.landed_rows(relative, text, columns)]


USAGE = "record_line, activity_date::varchar, request_count, reject_reason"


def test_a_result_has_the_date_of_the_bucket_around_it(landing: LandingHome) -> None:
    first = records.bucket(0, records.completions(num_model_requests=1), records.completions())
    page = records.completions_page(first, records.bucket(1), records.bucket(2, records.completions()))
    assert _rows(landing, f"{COMPLETIONS}/x.json", page, USAGE) == [
        (1, "2026-03-02", 1, None),
        (2, "2026-03-02", 2, None),
        (3, "2026-03-04", 2, None),
    ]


DAMAGED_BUCKETS = [
    ('{"start_time": 1772409600, "end_time": 1772496000}', "bucket>results: missing"),
    ('{"start_time": 1772409600, "end_time": 1772496000, "results": null}', "bucket>results: missing"),
    ('{"start_time": 1772409600, "end_time": 1772496000, "results": {}}', "bucket>results: not a list"),
    ('{"start_time": 1, "results": [{}], "results": [{}]}', "bucket: a key occurs twice"),
    ("5", "bucket>results: missing"),
    ('{"start_time": 1772409600, "end_time": 1772496000, "results": [7]}', "record: not a JSON object"),
    (
        '{"start_time": 1772409600, "end_time": 1772496000, "results": [{"user_id": "a", "user_id": "b"}]}',
        "record: a key occurs twice",
    ),
    ('{"end_time": 1772496000, "results": [{"num_model_requests": 1}]}', "bucket>start_time: missing"),
    (
        '{"start_time": "1772409600", "end_time": 1772496000, "results": [{"num_model_requests": 1}]}',
        "bucket>start_time: not seconds since 1970",
    ),
]


def test_a_damaged_bucket_is_one_rejected_record_between_its_neighbours(landing: LandingHome) -> None:
    good = json.dumps(records.bucket(0, records.completions()))
    buckets = [bucket for damaged, _ in DAMAGED_BUCKETS for bucket in (good, damaged)]
    rows = _rows(landing, f"{COMPLETIONS}/x.json", f'{{"data": [{",".join(buckets)}]}}', USAGE)
    assert [row[0] for row in rows] == list(range(1, len(buckets) + 1))
    assert {row[1:] for row in rows[::2]} == {("2026-03-02", 2, None)}
    assert [row[3] for row in rows[1::2]] == [reason for _, reason in DAMAGED_BUCKETS]
    assert {row[2] for row in rows[1::2]} == {None}


@pytest.mark.parametrize("pages", ['{"data": null}', '{"data": {}}', '{"data": "x", "has_more": false}'])
def test_a_page_without_its_list_is_rejected_and_covers_nothing(landing: LandingHome, pages: str) -> None:
    ((_, _, _, reason),) = _rows(landing, f"{COMPLETIONS}/x_2026-03-02.json", pages, USAGE)
    assert reason in ("data: missing", "data: not a list")
    (delivery,) = landing.deliveries()
    assert (delivery.is_complete, delivery.covers_from) == (False, None)


def test_a_result_outside_any_bucket_has_no_date(landing: LandingHome) -> None:
    rows = _rows(landing, f"{COMPLETIONS}/x.ndjson", ndjson(records.completions()), USAGE)
    assert rows == [(1, None, None, "bucket>start_time: missing")]


def test_a_broken_line_among_pages_names_its_line(landing: LandingHome) -> None:
    page = json.dumps(records.completions_page(records.bucket(0, records.completions())))
    content = f'{page}\n{{"data": [{{\n\n{page}\n'
    reasons = [row[3] for row in _rows(landing, f"{COMPLETIONS}/x.ndjson", content, USAGE)]
    assert reasons == [None, "line 2: not valid JSON", None]


def test_a_large_file_of_nested_pages_is_streamed_to_the_same_rows(landing: LandingHome) -> None:
    """Above 8 MiB nothing is buffered; each of 90 pages holds two results and 100 kB that nobody wants."""
    pages = [
        records.completions_page(
            records.bucket(day % 3, records.completions(note="x" * 100_000), records.completions())
        )
        for day in range(90)
    ]
    landing.put(f"{COMPLETIONS}/x.ndjson", ndjson(*pages))
    (delivery,) = landing.land().landed
    assert (delivery.record_count, delivery.rejected_count) == (180, 0)
    assert (delivery.covers_from, delivery.covers_to) == (date(2026, 3, 2), date(2026, 3, 4))
    lines = [row["record_line"] for row in landing.rows(delivery, "record_line")]
    assert lines == list(range(1, 181))


EDGES = Feed(
    source="made_up",
    name="edges",
    endpoint="none",
    paging="none",
    page_array="data.viewer.edges",
    more_flag="data.viewer.pageInfo.hasNextPage",
    dated_by="record",
    is_usage=True,
    date_field=Field("activity_date", "day", "node.day", required=True),
    actors=(Actor("login", Field("actor_name", "text", "node.user.login", required=True)),),
    record_key=("activity_date", "actor_name"),
    settle_days=0,
    fields=(Field("department", "text", '"urn:2.0:User".department'),),
)


def _read(feed: Feed, content: Any, folder: Path) -> tuple[Counted, Rows]:
    """One file of a feed that nobody declared, through the reader itself."""
    path, parquet = folder / "x.json", folder / "x.parquet"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with duckdb.connect() as database:
        reader = RecordReader(database, DateBounds(date(2024, 1, 1), date(2026, 4, 1)))
        verified = integrity.inspect(path, "none")
        counted = reader.write(feed, path, verified, parquet, delivery_id="d", named_date=None)
        rows = database.execute(
            f"select actor_name, department, reject_reason from read_parquet('{parquet}')"
        ).fetchall()
    return counted, rows


def _edge(login: str) -> dict[str, Any]:
    return {
        "node": {"day": "2026-03-02", "user": {"login": login}},
        "urn:2.0:User": {"department": "d"},
    }


@pytest.mark.parametrize("has_next", [True, False])
def test_a_deep_list_is_a_page_and_says_whether_it_is_the_last(tmp_path: Path, has_next: bool) -> None:
    viewer = {"edges": [_edge("a"), _edge("b")], "pageInfo": {"hasNextPage": has_next}}
    counted, rows = _read(EDGES, {"data": {"viewer": viewer}}, tmp_path)
    assert rows == [("a", "d", None), ("b", "d", None)]
    assert counted.is_complete is not has_next


def test_an_answer_that_is_an_error_is_no_record_and_not_complete(tmp_path: Path) -> None:
    counted, rows = _read(EDGES, {"data": {"viewer": None}, "errors": [{"message": "x"}]}, tmp_path)
    assert rows == [(None, None, "record: not a JSON object")]
    assert not counted.is_complete


@pytest.mark.parametrize(
    ("more_flag", "page", "is_complete"),
    [
        ("has_more", {"has_more": True}, False),
        ("has_more", {"has_more": False}, True),
        ("has_more", {}, True),
        ("nextPageToken", {"nextPageToken": "abc"}, False),
        ("nextPageToken", {"nextPageToken": ""}, True),
        ("nextPageToken", {"nextPageToken": None}, True),
        ("nextPageToken", {}, True),
        ('"@odata.nextLink"', {"@odata.nextLink": "https://x.org/?$skiptoken=1"}, False),
        ('"@odata.nextLink"', {}, True),
        ("pagination.hasNextPage", {"pagination": {"hasNextPage": True}}, False),
        ("pagination.hasNextPage", {"pagination": {}}, True),
    ],
)
def test_further_pages_are_announced_in_several_ways(
    tmp_path: Path, more_flag: str, page: dict[str, Any], is_complete: bool
) -> None:
    feed = replace(EDGES, page_array="value", more_flag=more_flag)
    counted, rows = _read(feed, {"value": [_edge("a")]} | page, tmp_path)
    assert (rows, counted.is_complete) == ([("a", "d", None)], is_complete)
    counted, _ = _read(feed, [{"value": [_edge("a")]} | page], tmp_path)
    assert counted.is_complete == is_complete


def test_a_name_of_levels_means_one_list_in_each_shape(tmp_path: Path) -> None:
    """Two shapes of unlike depth; the date of the shallow one stands around its records."""
    feed = replace(
        EDGES,
        page_array=None,
        nestings=(
            (Level("teams", "team"), Level("members")),
            (Level("guests"),),
        ),
        fields=(Field("department", "text", "team>name"),),
    )
    member = {"node": {"day": "2026-03-02", "user": {"login": "a"}}}
    page = {"teams": [{"name": "t", "members": [member]}], "guests": [member | {"name": "g"}]}
    _, rows = _read(feed, page, tmp_path)
    assert rows == [("a", "t", None), ("a", None, None)]
