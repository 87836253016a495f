"""The vendors' own examples, pulled over HTTP: the very rows that the same pages give as files."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from orchestration.landing.land import land_inbox
from orchestration.sources import FEEDS
from tests.unit.landing_home import APPROVED, LandingHome
from tests.unit.pulling_home import NOW, PullingHome
from tests.unit.vendor_examples import vendor_example
from tests.vendors.server import Asked, Reply, Vendor, serving

DAY = date(2026, 3, 30)
# The page of each feed, with the marks of a last page.
EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "claude_code/usage_report": ("anthropic_claude_code_admin/docs_usage_report_claude_code.json", {}),
    "claude_enterprise/users": ("anthropic_enterprise_analytics/docs_users.json", {}),
    "openai/usage_completions": ("openai/usage_completions.json", {}),
    "openai/users": ("openai/users.json", {}),
    "cursor/daily_usage": ("cursor/docs_daily_usage_paginated.json", {}),
    "cursor/usage_events": ("cursor/docs_usage_events.json", {"pagination": {"hasNextPage": False}}),
    "m365_copilot/usage_user_detail": (
        "microsoft_365_copilot/graph_user_detail.json",
        {"@odata.nextLink": None},
    ),
    "github_copilot/users_1_day": ("github_copilot/docs_users_1_day_user_level.json", {}),
}
# What these pages say themselves of the day they are for; the others are for the day that was asked for.
STATED = {"m365_copilot/usage_user_detail": date(2024, 8, 20), "openai/usage_completions": date(2024, 11, 1)}


def last_page(folder: str) -> bytes:
    """The example of a feed as the only page there is."""
    example, more = EXAMPLES[folder]
    page = json.loads(vendor_example(example))
    if isinstance(page, dict):
        page |= {"has_more": False, "next_page": None} | more
    return json.dumps(page).encode()


def rows(home: Home) -> list[dict[str, Any]]:
    """What landing makes of the one file there is, without the name of the delivery."""
    (delivery,) = land_inbox(home, APPROVED, now=NOW).landed
    return LandingHome(home).rows(delivery, "* exclude (delivery_id)")


@pytest.mark.parametrize("folder", EXAMPLES)
def test_pruning_and_paging_lose_nothing_that_is_declared(folder: str, tmp_path: Path) -> None:
    feed, content = FEEDS[folder], last_page(folder)
    assert feed.pull is not None
    filed = LandingHome(Home(tmp_path / "filed"))
    filed.put(f"{folder}/2026-03-30_20260331T000000Z.json", content)
    with serving(Vendor()) as vendor:
        pulling = PullingHome(tmp_path / "pulled", vendor)
        path = feed.pull.path.format(enterprise="acme")

        def answer(asked: Asked) -> Reply:
            if folder.startswith("github_copilot") and asked.path == path:
                return Reply.of({"download_links": [f"{vendor.url}/file"]})
            return Reply(content)

        vendor.rules |= {path: answer, "/file": answer}
        report = pulling.pull(feed.source, feeds=[feed.name])
        assert report.failed == []
        pulling.home.inbox.mkdir()
        found = rows(pulling.home)
    assert found == rows(filed.home)
    assert len(found) > 0
    (delivery,) = LandingHome(pulling.home).deliveries()
    assert delivery.covers_from == delivery.covers_to == STATED.get(folder, DAY)


def test_every_json_feed_that_can_be_pulled_has_an_example_here() -> None:
    # There is no example of seats whose content may be read here as a file of the vendor.
    without = {"github_copilot/seats", "chatgpt/conversation_messages"}
    assert {folder for folder, feed in FEEDS.items() if feed.pull} - without == set(EXAMPLES)
