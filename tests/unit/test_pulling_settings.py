"""How a source is set to be pulled: what is wrong is said in one sentence that holds no secret."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.errors import WrongUse
from orchestration.pulling import access, paging
from orchestration.pulling.window import Window
from orchestration.settings import load_settings
from orchestration.sources import FEEDS

SECRET = "sk-ant-admin01-SECRET-CANARY"
ENVIRONMENT = {"CLAUDE_KEY": SECRET, "SPOILT_KEY": f"{SECRET}\n"}
CLAUDE = '[sources.claude_code]\nmode = "api"\nsecret_env = "CLAUDE_KEY"\n'
COPILOT = '[sources.github_copilot]\nmode = "api"\nsecret_env = "CLAUDE_KEY"\n'


def found(home: Path, toml: str) -> list[access.Endpoint]:
    (home / "adoption.toml").write_text(toml)
    return access.endpoints(load_settings(home), ENVIRONMENT)


def test_a_source_is_pulled_only_where_it_is_set_to_be(tmp_path: Path) -> None:
    assert found(tmp_path, "") == []
    assert found(tmp_path, CLAUDE.replace('"api"', '"files"')) == []
    (endpoint,) = found(tmp_path, CLAUDE)
    assert endpoint.url == "https://api.anthropic.com/v1/organizations/usage_report/claude_code"
    assert endpoint.headers() == {"anthropic-version": "2023-06-01", "x-api-key": SECRET}
    assert SECRET not in repr(endpoint)


def test_parameters_stand_in_the_address_quoted(tmp_path: Path) -> None:
    named = 'feeds = ["users_1_day"]\nparameters = { enterprise = "a/b c" }'
    (endpoint,) = found(tmp_path, COPILOT + named)
    assert "/enterprises/a%2Fb%20c/copilot/" in endpoint.url
    assert endpoint.headers()["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        (CLAUDE.replace("api", "soap"), "sources.claude_code.mode"),
        (CLAUDE.replace("CLAUDE_KEY", SECRET), "not the secret itself"),
        (CLAUDE + f'api_key = "{SECRET}"', "api_key does not belong into a file"),
        (CLAUDE + f'Secret = "{SECRET}"', "secret does not belong into a file"),
        (CLAUDE.replace('secret_env = "CLAUDE_KEY"', ""), "set secret_env to the name"),
        (CLAUDE.replace("CLAUDE_KEY", "NO_SUCH_KEY"), "variable NO_SUCH_KEY"),
        (CLAUDE.replace("CLAUDE_KEY", "SPOILT_KEY"), "variable SPOILT_KEY"),
        (CLAUDE + 'base_url = "http://api.example.com"', "base_url must begin with https://"),
        (CLAUDE + f'base_url = "https://me:{SECRET}@example.com"', "base_url must begin with https://"),
        (CLAUDE + 'base_url = "https://[::1"', "base_url must begin with https://"),
        (CLAUDE + 'base_url = "ftp://127.0.0.1"', "base_url must begin with https://"),
        (COPILOT, 'set parameters = { enterprise = "..." }'),
        (CLAUDE + 'feeds = ["usage_reports"]', "feeds may name usage_report;"),
        (CLAUDE.replace("claude_code", "hr"), "no feed of this source can be pulled"),
        (CLAUDE.replace("claude_code", "claude"), "names no known source"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(WrongUse) as caught:
        found(tmp_path, toml)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:1"])
def test_this_machine_itself_needs_no_https(tmp_path: Path, host: str) -> None:
    (endpoint,) = found(tmp_path, CLAUDE + f'base_url = "http://{host}/"')
    assert endpoint.is_loopback
    assert endpoint.base_url == f"http://{host}"


def test_a_source_with_content_is_left_out_until_it_is_approved(tmp_path: Path) -> None:
    chatgpt = '[sources.chatgpt]\nmode = "api"\nsecret_env = "CLAUDE_KEY"\nparameters = { workspace = "w" }\n'
    assert found(tmp_path, chatgpt) == []
    assert [feed.name for feed in access.unapproved(load_settings(tmp_path))] == ["conversation_messages"]
    assert len(found(tmp_path, f'{chatgpt}content_access_approval_id = "DPIA-1"')) == 1
    assert access.unapproved(load_settings(tmp_path)) == []


def test_every_feed_that_can_be_pulled_asks_its_vendor_in_a_way_that_can_be_sent() -> None:
    """Declarations are filled in here as a night does it: a misspelt name in braces would stop only there."""
    pulled = [(feed, feed.pull) for feed in FEEDS.values() if feed.pull is not None]
    assert len(pulled) > 3
    for feed, pull in pulled:
        names = {"organization": "o", "enterprise": "e", "workspace": "w"}
        endpoint = access.Endpoint(feed, pull, pull.base_url, "X", SECRET, names)
        assert access.is_secure(endpoint.url), feed.folder
        assert "{" not in endpoint.url + "".join(endpoint.headers().values())
        values = paging.window_values(Window(date(2026, 3, 30), date(2026, 3, 30)))
        sent = [str(paging.filled(value, values)) for _, value in pull.parameters]
        assert "{" not in "".join(sent), feed.folder
        assert feed.dated_by != "file_name" or pull.span != "since", feed.folder
