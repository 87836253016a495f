"""Access tokens that a vendor gives for a client's secret: asked for once, renewed, seen by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import WrongUse
from tests.unit.pulling_home import DAY, PullingHome
from tests.vendors import misbehaviour as bad
from tests.vendors import rules
from tests.vendors.server import Asked, Reply, Rule, Vendor, serving

REPORT = "/beta/reports/getMicrosoft365CopilotUsageUserDetail(period='D7')"
TOKEN = "/tenant/oauth2/v2.0/token"
RECORDS = [
    {"reportRefreshDate": DAY.isoformat(), "userPrincipalName": f"p{number}@example.com"}
    for number in range(5)
]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(Vendor()) as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, vendor: Vendor) -> PullingHome:
    """Pulls the report as a client; a page holds two of its five records."""
    vendor.rules |= rules.linked_in_body(vendor, REPORT, RECORDS, 2)
    give(vendor, expires_in=3600)
    more = {"token_url": vendor.url + TOKEN, "client_id": "client-1"}
    return PullingHome(tmp_path / "home", vendor, more=more)


def give(vendor: Vendor, **stated: Any) -> None:
    """Let the vendor give a token of its own at each request, and take the newest one alone."""

    def answer(asked: Asked) -> Reply:
        number = len(tokens_asked(vendor))
        return Reply.of({"access_token": f"token-{number}", "token_type": "Bearer"} | stated)

    vendor.rules[TOKEN] = answer
    vendor.rules[REPORT] = _takes_newest(vendor, vendor.rules[REPORT])


def _takes_newest(vendor: Vendor, rule: Rule) -> Rule:
    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer token-{len(tokens_asked(vendor))}":
            return Reply.of({"error": {"code": "InvalidAuthenticationToken"}}, 401)
        return rule(asked)

    return answer


def tokens_asked(vendor: Vendor) -> list[Asked]:
    return [asked for asked in vendor.asked if asked.path == TOKEN]


def names(home: PullingHome) -> list[str]:
    pages = home.records("m365_copilot/usage_user_detail")
    return [record["userPrincipalName"] for page in pages for record in page["value"]]


def whole() -> list[str]:
    return [str(record["userPrincipalName"]) for record in RECORDS]


def failure(home: PullingHome) -> str:
    """Why nothing was pulled."""
    (failed,) = home.pull("m365_copilot").failed
    assert home.files() == {}
    return str(failed.sentence)


def test_one_token_serves_all_pages_and_the_secret_goes_to_its_address_alone(
    home: PullingHome, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        assert home.pull("m365_copilot").failed == []
    assert names(home) == whole()
    (asked,) = tokens_asked(vendor)
    assert asked.body == {
        "grant_type": "client_credentials",
        "client_id": "client-1",
        "client_secret": rules.SECRET,
        "scope": "https://graph.microsoft.com/.default",
    }
    assert "authorization" not in asked.headers
    pages = [asked for asked in vendor.asked if asked.path == REPORT]
    assert len(pages) == 3
    assert {page.headers["authorization"] for page in pages} == {"Bearer token-1"}
    assert rules.SECRET not in repr(pages)
    for hidden in (rules.SECRET, "token-1"):
        assert hidden not in caplog.text + repr(home.said) + repr(home.files())


def test_a_token_about_to_end_is_renewed_before_it_does(home: PullingHome, vendor: Vendor) -> None:
    give(vendor, expires_in=299)
    assert home.pull("m365_copilot").failed == []
    assert names(home) == whole()
    assert len(tokens_asked(vendor)) == 3


def test_a_token_that_is_refused_midway_is_renewed_once(home: PullingHome, vendor: Vendor) -> None:
    vendor.faults.append((REPORT, 2, bad.status(401)))
    assert home.pull("m365_copilot").failed == []
    assert names(home) == whole()
    assert len(tokens_asked(vendor)) == 2


def test_a_client_without_rights_is_told_so_after_one_more_token(home: PullingHome, vendor: Vendor) -> None:
    vendor.faults.append((REPORT, 0, bad.status(401)))
    assert "HTTP 401: check the secret in the variable VENDOR_SECRET" in failure(home)
    assert len(tokens_asked(vendor)) == 2


def test_a_wrong_client_or_secret_is_not_tried_again(home: PullingHome, vendor: Vendor) -> None:
    vendor.faults.append((TOKEN, 0, bad.status(401, b'{"error": "invalid_client"}')))
    sentence = failure(home)
    assert "token_url answered with HTTP 401: check token_url, client_id, and the secret" in sentence
    assert "VENDOR_SECRET" in sentence
    assert len(vendor.asked) == 1


def test_an_address_that_is_down_for_a_moment_is_asked_again(home: PullingHome, vendor: Vendor) -> None:
    vendor.faults += [(TOKEN, 1, bad.status(503)), (TOKEN, 2, bad.status(429, retry_after="0"))]
    assert home.pull("m365_copilot").failed == []
    assert names(home) == whole()
    assert len(tokens_asked(vendor)) == 3


def test_an_address_that_asks_for_a_long_wait_fails_at_once(home: PullingHome, vendor: Vendor) -> None:
    vendor.faults.append((TOKEN, 0, bad.status(429, retry_after="3600")))
    assert "asks to wait 3600 s" in failure(home)
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bad.HTML, "no access token"),
        (b"[]", "no access token"),
        (b'{"token_type": "Bearer"}', "no access token"),
        (b'{"access_token": "a", "token_type": "Bearer", "expires_in": "soon"}', "no access token"),
        (b'{"access_token": 1, "token_type": "Bearer"}', "no bearer token"),
        (b'{"access_token": "a b", "token_type": "Bearer"}', "no bearer token"),
        (b'{"access_token": "a", "token_type": "mac"}', "no bearer token"),
        (b"[" * 60_000, "no access token"),
    ],
)
def test_an_answer_without_a_token_fails_and_shows_nothing_of_itself(
    home: PullingHome, vendor: Vendor, content: bytes, said: str
) -> None:
    vendor.faults.append((TOKEN, 0, bad.status(200, content)))
    assert failure(home).endswith(f"{said}.")
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("source", "more", "said"),
    [
        (
            "m365_copilot",
            {"token_url": "https://login.example.com/token"},
            "token_url and client_id go together",
        ),
        ("m365_copilot", {"client_id": "client-1"}, "token_url and client_id go together"),
        (
            "m365_copilot",
            {"token_url": "http://login.example.com/token", "client_id": "client-1"},
            "token_url must begin with https://",
        ),
        (
            "claude_code",
            {"token_url": "https://login.example.com/token", "client_id": "client-1"},
            "takes its secret as it is",
        ),
    ],
)
def test_settings_that_do_not_fit_are_named(
    home: PullingHome, source: str, more: dict[str, Any], said: str
) -> None:
    home.more = more
    with pytest.raises(WrongUse, match=said):
        home.pull(source)


def test_without_an_address_for_tokens_the_secret_is_one(home: PullingHome, vendor: Vendor) -> None:
    home.more = {}
    vendor.rules |= rules.linked_in_body(vendor, REPORT, RECORDS, 2)
    assert home.pull("m365_copilot").failed == []
    assert {asked.headers["authorization"] for asked in vendor.asked} == {f"Bearer {rules.SECRET}"}
