"""The ways in which vendors page: each walked to its end, and only the vendor itself sees the secret."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from orchestration.pulling import paging
from orchestration.pulling.access import Endpoint, TokenGrant
from orchestration.pulling.failures import NotThereYet, PullFailed
from orchestration.pulling.transport import Transport, open_client
from orchestration.pulling.waits import RateLimit
from orchestration.pulling.window import Window
from orchestration.sources.base import Feed, Field
from orchestration.sources.pull import Cursor, LinkHeader, NextLink, OnePage, PageNumber, Pull, Report
from tests.unit.pulling_home import QUICK
from tests.vendors import misbehaviour as bad
from tests.vendors import rules
from tests.vendors.server import Asked, Reply, Vendor, serving

DAY = date(2026, 3, 30)
RECORDS = [{"who": f"p{number}"} for number in range(5)]
WHOLE = [f'{{"who":"p{number}"}}' for number in range(5)]


class Kept:
    """A draft in memory."""

    def __init__(self) -> None:
        self.records: list[str] = []

    def mark(self) -> int:
        return len(self.records)

    def rewind(self, mark: object) -> None:
        assert isinstance(mark, int)
        del self.records[mark:]

    def add(self, record: str) -> None:
        self.records.append(record)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(Vendor()) as found:
        yield found


def walked(
    vendor: Vendor,
    pull: Pull,
    array: str | None = "data",
    first: date = DAY,
    grant: TokenGrant | None = None,
) -> list[str]:
    """All records of one window."""
    feed = Feed(
        source="made_up",
        name="feed",
        endpoint="",
        paging="",
        dated_by="file_name",
        is_usage=True,
        record_key=("who",),
        settle_days=0,
        fields=(Field("who", "text", "who"), Field("deep", "text", "deep.inner")),
        page_array=array,
        pull=pull,
    )
    endpoint = Endpoint(feed, pull, vendor.url, "VENDOR_SECRET", rules.SECRET, {"org": "acme"}, grant)
    kept = Kept()

    async def walk() -> None:
        async with open_client(endpoint, QUICK) as client:
            transport = Transport(endpoint, client, RateLimit(None), QUICK, lambda _: None)
            await paging.walk(transport, kept, Window(first, DAY))

    asyncio.run(walk())
    return kept.records


def made_up(paging_style: Any, **more: Any) -> Pull:
    return Pull(base_url="", path="/list", paging=paging_style, look_back_days=1, **more)


def test_numbered_pages_of_a_post(vendor: Vendor) -> None:
    vendor.rules |= rules.numbered_posts("/list", RECORDS, 2)
    parameters = (("startDate", "{day_ms}"), ("endDate", "{last_ms}"), ("pageSize", 2))
    pull = made_up(PageNumber(), method="POST", parameters=parameters, auth_form="basic_user")
    assert walked(vendor, pull) == WHOLE
    # 2026-03-30T00:00Z is 1,774,828,800 seconds after 1970
    day = {"startDate": 1_774_828_800_000, "endDate": 1_774_915_199_999, "pageSize": 2}
    assert [asked.body for asked in vendor.asked] == [day | {"page": number} for number in (1, 2, 3)]


def test_links_in_the_header(vendor: Vendor) -> None:
    vendor.rules |= rules.linked_in_header("/orgs/acme/seats", RECORDS, 2)
    pull = Pull("", "/orgs/{org}/seats", LinkHeader(), 1, parameters=(("per_page", 2),), span="snapshot")
    assert walked(vendor, pull, "seats") == WHOLE
    assert len(vendor.asked) == 3


def test_links_in_the_body(vendor: Vendor) -> None:
    vendor.rules |= rules.linked_in_body(vendor, "/list", RECORDS, 2)
    pull = made_up(NextLink(), parameters=(("$format", "application/json"),))
    assert walked(vendor, pull, "value") == WHOLE
    assert [asked.one("$format") for asked in vendor.asked] == ["application/json"] * 3


def test_one_page_of_a_bare_list(vendor: Vendor) -> None:
    vendor.rules["/list"] = lambda _: Reply.of(RECORDS)
    assert walked(vendor, made_up(OnePage()), None) == WHOLE


def test_a_cursor_without_a_flag_ends_where_it_is_absent(vendor: Vendor) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.one("pageToken") is None:
            return Reply.of({"data": RECORDS[:3], "nextPageToken": "t"})
        return Reply.of({"data": RECORDS[3:]})

    vendor.rules["/list"] = answer
    style = Cursor(parameter="pageToken", next_path="nextPageToken", more_path=None)
    assert walked(vendor, made_up(style)) == WHOLE


def test_a_range_and_repeated_parameters(vendor: Vendor) -> None:
    vendor.rules["/list"] = lambda _: Reply.of({"data": RECORDS, "has_more": False})
    parameters = (
        ("start_time", "{day_epoch}"),
        ("end_time", "{next_day_epoch}"),
        ("from", "{day_start}"),
        ("until", "{next_day}"),
        ("group_by", "user_id"),
        ("group_by", "model"),
    )
    assert walked(vendor, made_up(Cursor(), parameters=parameters), first=date(2026, 3, 29)) == WHOLE
    assert vendor.asked[0].query == {
        "start_time": ["1774742400"],
        "end_time": ["1774915200"],
        "from": ["2026-03-29T00:00:00Z"],
        "until": ["2026-03-31"],
        "group_by": ["user_id", "model"],
    }


def test_a_refusal_that_names_the_latest_date_is_no_failure(vendor: Vendor) -> None:
    vendor.rules |= rules.with_a_watermark("/list", "2026-03-28", RECORDS)
    pull = made_up(Cursor(), parameters=(("date", "{day}"),), not_yet_status=400)
    with pytest.raises(NotThereYet) as caught:
        walked(vendor, pull)
    assert caught.value.latest == date(2026, 3, 28)


def test_a_refusal_that_names_no_earlier_date_is_one(vendor: Vendor) -> None:
    vendor.rules["/list"] = lambda _: Reply.of({"error": "2026-03-30 is no date for limit=0"}, 400)
    with pytest.raises(PullFailed, match="names no earlier date"):
        walked(vendor, made_up(Cursor(), not_yet_status=400))


def test_the_secret_goes_to_no_other_host(vendor: Vendor) -> None:
    with serving(Vendor()) as other:
        vendor.rules["/list"] = lambda _: Reply.of({"value": RECORDS, "@odata.nextLink": f"{other.url}/more"})
        with pytest.raises(PullFailed, match="another host"):
            walked(vendor, made_up(NextLink()), "value")
        assert other.asked == []


def test_links_that_run_in_a_circle_end_the_walk(vendor: Vendor) -> None:
    def answer(asked: Asked) -> Reply:
        link = f"{vendor.url}/list?page={1 - int(asked.one('page') or 0)}"
        return Reply.of({"value": [{"who": str(len(vendor.asked))}], "@odata.nextLink": link})

    vendor.rules["/list"] = answer
    with pytest.raises(PullFailed, match="circle"):
        walked(vendor, made_up(NextLink()), "value")


def test_numbered_pages_that_repeat_end_the_walk(vendor: Vendor) -> None:
    vendor.rules |= rules.numbered_posts("/list", RECORDS, 2)
    body: dict[str, Any] = {"data": RECORDS[:2], "pagination": {"hasNextPage": True}}
    vendor.faults.append(("/list", 0, bad.rewritten(lambda _: body)))
    pull = made_up(PageNumber(), method="POST", parameters=(("pageSize", 2),), auth_form="basic_user")
    with pytest.raises(PullFailed, match="same page twice"):
        walked(vendor, pull)


def test_a_signed_link_sees_no_access_token(vendor: Vendor) -> None:
    links = {"download_links": [f"{vendor.url}/signed"], "report_day": DAY.isoformat()}
    vendor.rules |= {
        "/token": lambda _: Reply.of({"access_token": "given", "token_type": "Bearer"}),
        "/list": lambda _: Reply.of(links),
        "/signed": lambda _: Reply("\n".join(WHOLE).encode(), headers={"content-type": "text/plain"}),
    }
    grant = TokenGrant(f"{vendor.url}/token", "client-1", "read", "VENDOR_SECRET", rules.SECRET)
    assert walked(vendor, made_up(Report()), grant=grant) == WHOLE
    assert {asked.path: asked.headers.get("authorization") for asked in vendor.asked} == {
        "/token": None,
        "/list": "Bearer given",
        "/signed": None,
    }
