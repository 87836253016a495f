"""The spend log of the gateway through landing: its example, who sent a request, what is a text."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from tests.unit import json_records as records
from tests.unit.json_records import (
    SPEND,
    stated_rows,
)
from tests.unit.landing_home import LandingHome, ndjson
from tests.unit.vendor_examples import vendor_example

DAY = date(2026, 3, 2)


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def test_the_example_of_litellm_is_no_json_and_lands_without_its_remarks(landing: LandingHome) -> None:
    example = vendor_example("gateways/litellm_spendlog_doc_entry.jsonc").decode()
    assert "not valid JSON" in landing.refusal(f"{SPEND}/x.json", example)
    (landing.home.inbox / SPEND / "x.json").unlink()
    entry = "".join(line.partition("# ")[0] for line in example.splitlines())
    record = json.loads(entry.rpartition(",")[0] + "}")
    record |= {"request_id": "r-1", "startTime": "2026-03-02T10:00:00"}
    assert stated_rows(landing, f"{SPEND}/y.json", ndjson(record)) == [
        {
            "record_line": 1,
            "activity_date": DAY,
            "actor_kind": "vendor_id",
            "actor_name": "default_user",
            "request_id": "r-1",
            "model_group": "llama3",
            "route_base_url": "https://api.groq.com/openai/v1/",
            "team_id": "e8d1460f-846c-45d7-9b43-55f3cc52ac32",
            "prompt_token_count": 20,
            "completion_token_count": 80,
            "total_token_count": 100,
            "list_cost_usd": Decimal("0.000002"),
            "started_at": datetime(2026, 3, 2, 10),
        }
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "actor"),
    [
        ({}, "email", "ann@example.com"),
        ({"user": "U-17"}, "vendor_id", "u-17"),
        ({"user": ""}, "api_key", "nightly key"),
        ({"user": None, "metadata": {}}, "api_key_hash", "88dc28d0"),
        ({"user": None, "metadata": None, "api_key": ""}, "none", None),
    ],
)
def test_who_sent_a_request_through_litellm(
    landing: LandingHome, changes: dict[str, Any], kind: str, actor: str | None
) -> None:
    rows = landing.landed_rows(
        f"{SPEND}/x.ndjson", ndjson(records.spend_log(**changes)), "actor_kind, actor_name, reject_reason"
    )
    assert rows == [{"actor_kind": kind, "actor_name": actor, "reject_reason": None}]


def test_what_litellm_calls_a_cache_hit_is_a_text(landing: LandingHome) -> None:
    lines = ndjson(*(records.spend_log(cache_hit=hit) for hit in ("True", "False", "", None, True)))
    rows = landing.landed_rows(f"{SPEND}/x.ndjson", lines, "cache_hit, reject_reason")
    assert [tuple(row.values()) for row in rows] == [
        ("True", None),
        ("False", None),
        (None, None),
        (None, None),
        (None, "cache_hit: not a text"),
    ]
