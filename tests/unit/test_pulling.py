"""Pulling from vendors in order: all pages, pruned, in files that landing reads like those of the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.landing_home import claude_record
from tests.unit.pulling_home import PullingHome
from tests.vendors import rules
from tests.vendors.server import Vendor, serving


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(Vendor()) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, vendor: Vendor) -> PullingHome:
    return PullingHome(tmp_path / "home", vendor)


def test_all_pages_of_a_day_are_pulled_in_their_order(home: PullingHome, vendor: Vendor) -> None:
    people = [f"p{number}@example.com" for number in range(5)]
    vendor.rules |= rules.claude_code({"2026-03-30": [claude_record(person) for person in people]})
    report = home.pull("claude_code")
    assert report.failed == []
    assert list(home.files()) == ["pulled/claude_code/usage_report/2026-03-30_20260331T063000Z.ndjson.zst"]
    found = home.records("claude_code/usage_report")
    assert [record["actor"]["email_address"] for record in found] == people
    assert len(vendor.asked) == 3
