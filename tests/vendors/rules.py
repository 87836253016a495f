"""What each vendor answers when all is well: paths, paging, refusals, over records of the test."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.vendors.server import Asked, Reply, Rule, Vendor

Record = Mapping[str, Any]
CLAUDE_PATH = "/v1/organizations/usage_report/claude_code"
COPILOT_PATH = "/enterprises/acme/copilot/metrics/reports/users-1-day"
CHATGPT_PATH = "/v1/compliance/workspaces/w-1/conversations"
DOWNLOADS = "/signed/"
SECRET = "sk-test-SECRET-CANARY"
UNAUTHORISED = Reply.of({"error": "unauthorised"}, 401)


def claude_code(days: Mapping[str, Sequence[Record]], page_size: int = 2) -> dict[str, Rule]:
    """One day a request, opaque cursors, Admin key in x-api-key."""

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("x-api-key") != SECRET or asked.headers.get("anthropic-version") != "2023-06-01":
            return UNAUTHORISED
        day, cursor = asked.one("starting_at") or "", asked.one("page")
        assert 20 <= int(asked.one("limit") or 20) <= 1000
        start = 0 if cursor is None else int(cursor.removeprefix(f"page_{day}_"))
        records = days.get(day, [])
        has_more = start + page_size < len(records)
        following = f"page_{day}_{start + page_size}" if has_more else None
        return Reply.of(
            {"data": records[start : start + page_size], "has_more": has_more, "next_page": following}
        )

    return {CLAUDE_PATH: answer}


def copilot(vendor: Vendor, days: Mapping[str, Sequence[Sequence[Record]]]) -> dict[str, Rule]:
    """A report per day with links to NDJSON files, which are fetched without the token. A link holds for the
    request that gave it out: each report signs anew.
    """
    rules: dict[str, Rule] = {}

    def file_of(records: Sequence[Record]) -> Rule:
        def answer(asked: Asked) -> Reply:
            assert "authorization" not in asked.headers
            text = "".join(json.dumps(record) + "\n" for record in records)
            return Reply(text.encode(), headers={"content-type": "application/octet-stream"})

        return answer

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return UNAUTHORISED
        day = asked.one("day") or ""
        links = []
        for number, records in enumerate(days.get(day, [])):
            path = f"{DOWNLOADS}{day}-{number}-{len(vendor.asked)}.ndjson"
            vendor.rules[path] = file_of(records)
            links.append(f"{vendor.url}{path}?sig=SIGNATURE-CANARY")
        return Reply.of({"download_links": links, "report_day": day})

    rules[COPILOT_PATH] = answer
    return rules


def chatgpt(messages: Sequence[Record], page_size: int = 2) -> dict[str, Rule]:
    """Messages since a time, `after` the last id of the page before."""

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return UNAUTHORISED
        since = float(asked.one("since_timestamp") or 0)
        found = [message for message in messages if message["message"]["created_at"] >= since]
        ids = [message["message"]["id"] for message in found]
        after = asked.one("after")
        start = 0 if after is None else ids.index(after) + 1
        page = found[start : start + page_size]
        last = page[-1]["message"]["id"] if page else None
        return Reply.of(
            {"object": "list", "data": page, "last_id": last, "has_more": start + page_size < len(found)}
        )

    return {CHATGPT_PATH: answer}


def numbered_posts(path: str, records: Sequence[Record], page_size: int) -> dict[str, Rule]:
    """Pages asked for by number in a JSON body, HTTP Basic with the key as user name (Cursor)."""

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(f'{SECRET}:'.encode()).decode()}":
            return UNAUTHORISED
        number = asked.body["page"]
        assert asked.body["pageSize"] == page_size
        start = (number - 1) * page_size
        pagination = {"page": number, "hasNextPage": start + page_size < len(records)}
        return Reply.of({"data": records[start : start + page_size], "pagination": pagination})

    return {path: answer}


def linked_in_header(path: str, records: Sequence[Record], page_size: int) -> dict[str, Rule]:
    """The next page as rel="next" of the header Link (GitHub)."""

    def answer(asked: Asked) -> Reply:
        number = int(asked.one("page") or 1)
        assert asked.one("per_page") == str(page_size)
        start = (number - 1) * page_size
        page = {"total_seats": len(records), "seats": records[start : start + page_size]}
        if start + page_size >= len(records):
            return Reply.of(page)
        return Reply.of(page, link=f'<{path}?page={number + 1}&per_page={page_size}>; rel="next"')

    return {path: answer}


def linked_in_body(vendor: Vendor, path: str, records: Sequence[Record], page_size: int) -> dict[str, Rule]:
    """The next page as @odata.nextLink, a whole address (Microsoft Graph)."""

    def answer(asked: Asked) -> Reply:
        start = int(asked.one("$skiptoken") or 0)
        page: dict[str, Any] = {"value": records[start : start + page_size]}
        if start + page_size < len(records):
            query = f"$format=application/json&$skiptoken={start + page_size}"
            page["@odata.nextLink"] = f"{vendor.url}{path}?{query}"
        return Reply.of(page)

    return {path: answer}


def with_a_watermark(path: str, latest: str, records: Sequence[Record]) -> dict[str, Rule]:
    """A day that is not there yet is refused by a 400 that names the latest one there is (Enterprise)."""

    def answer(asked: Asked) -> Reply:
        day = asked.one("date") or ""
        if day > latest:
            text = f"Data for {day} is not available yet. The latest available date is {latest}."
            return Reply.of({"type": "error", "error": {"message": text}}, 400)
        return Reply.of({"data": records, "has_more": False, "next_page": None})

    return {path: answer}
