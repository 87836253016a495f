"""No content of a JSON feed leaves the inbox, whether its record is accepted, rejected or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from tests.unit import json_records as records
from tests.unit.json_records import (
    DAILY,
    ENTERPRISE,
    EVENTS,
    GEMINI,
    OPENAI_USERS,
    OTEL,
    SEATS,
    SPEND,
)
from tests.unit.landing_home import LandingHome


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def test_no_content_of_a_json_feed_leaves_the_inbox(landing: LandingHome) -> None:
    """A canary in each place for content of accepted and rejected records, and in a file that is refused."""
    canary = records.CANARY
    deliveries: dict[str, Any] = {
        f"{OTEL}/logs.json": records.logs_request(
            records.log_record(), records.log_record(session__id=f"{canary} 1"), resource={"note": canary}
        ),
        f"{OTEL}/metrics.json": records.metrics_request(records.metric(), records.metric(name=canary)),
        f"{SEATS}/s_2026-03-02.json": {"seats": [records.seat(), records.seat(plan_type=f"{canary} 1")]},
        f"{records.COMPLETIONS}/c.json": records.completions_page(
            records.bucket(0, records.completions(note=canary), records.completions(model=f"{canary} 1"))
        ),
        f"{OPENAI_USERS}/u_2026-03-02.json": {"data": [{"id": "u", "name": canary}, {"id": f"{canary} 1"}]},
        f"{DAILY}/d.json": records.daily_page(records.daily_row(), records.daily_row(email=canary)),
        f"{EVENTS}/e.json": {"usageEvents": [records.cursor_event(), records.cursor_event(userEmail=canary)]},
        f"{GEMINI}/g.json": {
            "items": [records.activity(records.gemini_event(), records.gemini_event(f"{canary} 1"))]
        },
        f"{SPEND}/l.json": records.spend_log(),
        f"{SPEND}/m.json": records.spend_log(model=f"{canary} 1"),
        f"{ENTERPRISE}/u_2026-03-02.json": {
            "data": [records.enterprise_user(), records.enterprise_user(user=canary)]
        },
    }
    for relative, content in deliveries.items():
        landing.put(relative, json.dumps(content))
    landing.put(f"{SPEND}/refused.json", f"{canary}\n{canary}\n")
    report = landing.land()
    assert (len(report.landed), len(report.refused)) == (len(deliveries), 1)
    rejected = {delivery.file_path: delivery.rejected_count for delivery in report.landed}
    assert rejected == {path: 0 if path.endswith("/l.json") else 1 for path in deliveries}
    assert canary not in repr(report)
    outside = [
        path
        for path in landing.home.root.rglob("*")
        if path.is_file() and landing.home.inbox not in path.parents
    ]
    assert len(outside) > len(deliveries)
    for path in outside:
        assert canary.encode() not in path.read_bytes(), path
        if path.suffix == ".parquet":
            with duckdb.connect() as database:
                assert canary not in repr(database.execute(f"from read_parquet('{path}')").fetchall()), path
