"""What stays of a record: the declared values and the names of other keys, nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from orchestration.pulling.body import JsonReading
from orchestration.pulling.failures import Passing
from orchestration.pulling.found import Found, Wanted
from orchestration.pulling.pruning import allowed_shape, record_list
from orchestration.sources import FEEDS
from orchestration.sources.base import Field
from tests.unit.landing_home import chat_record, claude_record, copilot_record

CANARY = "CANARY"


def kept(feed: str, text: str, *, step: int = 1 << 20, is_one: bool = True) -> tuple[list[str], Found]:
    """The records of a body that arrives in steps of so many bytes."""
    array = record_list(FEEDS[feed])
    found: list[str] = []
    wanted = Wanted(allowed_shape(FEEDS[feed]), array, is_bare=array is None, is_one=is_one)
    reading = JsonReading(wanted, found.append)
    data = text.encode()
    for start in range(0, len(data), step):
        reading.feed(data[start : start + step])
    return found, reading.finish()


def one(feed: str, record: dict[str, Any]) -> Any:
    (text,), _ = kept(feed, json.dumps({"data": [record]}))
    return json.loads(text)


def test_everything_declared_stays_as_it_is() -> None:
    record = claude_record(subscription_type="team", is_remote=False)
    assert one("claude_code/usage_report", record) == record


def test_nothing_of_the_content_of_a_message_stays() -> None:
    found = one("chatgpt/conversation_messages", chat_record())
    assert CANARY not in json.dumps(found)
    assert found == {
        "id": "c1",
        "created_at": 1772409600.0,
        "title": None,
        "user_id": "user-1",
        "user_email": "ann@example.com",
        "workspace_id": None,
        "message": {
            "id": "m1",
            "created_at": 1772409600.25,
            "author": {"role": "user", "tool_name": None},
            "content": None,
            "files": None,
        },
    }


@pytest.mark.parametrize(
    ("value", "rest"),
    [({"x": CANARY}, {}), ([CANARY], []), ([[{"x": CANARY}]], [])],
    ids=["object", "list", "lists of lists"],
)
def test_a_value_of_another_kind_than_declared_stays_as_an_empty_one(value: Any, rest: Any) -> None:
    assert one("claude_code/usage_report", claude_record(terminal_type=value))["terminal_type"] == rest


def test_lists_of_other_things_than_objects_keep_their_length_alone() -> None:
    record = claude_record(model_breakdown=[CANARY, 1, {"model": "m", "note": CANARY}])
    breakdown = one("claude_code/usage_report", record)["model_breakdown"]
    assert breakdown == [None, None, {"model": "m", "note": None}]


def test_keys_that_do_not_look_like_a_vendors_go() -> None:
    more = {f"{CANARY}@example.com": 1, "a b": 2, "new": 3}
    found = one("claude_code/usage_report", claude_record() | more)
    assert found.keys() - claude_record().keys() == {"new"}
    assert found["new"] is None


def test_numbers_stay_to_their_last_digit_and_repeated_keys_stay_repeated() -> None:
    text = '{"data":[{"is_remote":0.1234567890123456789,"is_remote":12345678901234567890123,"date":1E+400}]}'
    (found,), _ = kept("claude_code/usage_report", text)
    assert found == '{"is_remote":0.1234567890123456789,"is_remote":12345678901234567890123,"date":1E+400}'


@pytest.mark.parametrize("step", [1, 2, 3, 1 << 20])
def test_bytes_may_arrive_in_any_pieces(step: int) -> None:
    people = [claude_record(f"jörg{number}@example.com", note="\u2028é") for number in range(3)]
    found, summary = kept(
        "claude_code/usage_report", json.dumps({"data": people}, ensure_ascii=False), step=step
    )
    emails = [json.loads(text)["actor"]["email_address"] for text in found]
    assert emails == ["jörg0@example.com", "jörg1@example.com", "jörg2@example.com"]
    assert summary.record_count == 3


def test_bare_records_come_one_a_line_or_in_a_list() -> None:
    rows = [copilot_record("a"), copilot_record("b")]
    lines = "\n".join(json.dumps(row) for row in rows)
    for text in (lines, json.dumps(rows), "\n" + lines + "\n\n"):
        found, _ = kept("github_copilot/users_1_day", text, is_one=False)
        assert [json.loads(record) for record in found] == rows


def test_a_file_may_be_empty_a_page_may_not() -> None:
    assert kept("github_copilot/users_1_day", "", is_one=False)[0] == []
    with pytest.raises(Passing, match="empty"):
        kept("claude_code/usage_report", " ")


def test_depth_that_no_vendor_has_is_skipped_without_harm() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    text = f'{{"x":{deep},"data":[{{"note":{deep},"date":{deep},"model_breakdown":{deep}}}]}}'
    (found,), _ = kept("claude_code/usage_report", text)
    assert found == '{"note":null,"date":[],"model_breakdown":[[]]}'


@pytest.mark.parametrize("folder", sorted(folder for folder, feed in FEEDS.items() if feed.pull))
def test_every_declaration_of_a_pulled_feed_is_understood(folder: str) -> None:
    assert allowed_shape(FEEDS[folder])


def test_a_declaration_nobody_taught_pruning_is_an_error() -> None:
    feed = FEEDS["claude_code/usage_report"]
    with pytest.raises(TypeError, match="does not know"):
        allowed_shape(replace(feed, fields=("terminal_type",)))  # type: ignore[arg-type]
    for other in ("otel/claude_code", "gemini_workspace/activities"):
        with pytest.raises(TypeError):
            allowed_shape(FEEDS[other])
            record_list(FEEDS[other])
    with pytest.raises(TypeError, match="as a value and as an object"):
        allowed_shape(replace(feed, fields=(Field("a", "text", "a.b"), Field("b", "text", "a"))))
