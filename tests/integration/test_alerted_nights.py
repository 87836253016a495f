"""What a monitor sees of real nights, and what whoever is on duty is told of them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.alert_server import SECRET, Webhook, webhook
from tests.integration import company
from tests.integration.company import DAY, LATE_FROM, LATE_TO, TOMORROW_STAMP, adoption, put
from tests.oracle.inbox import DATE, STAMP

pytestmark = pytest.mark.slow

CLAUDE, COPILOT, CHATGPT = (
    "claude_code/usage_report",
    "github_copilot/users_1_day",
    "chatgpt/conversation_messages",
)
SNAPSHOT = f"hr/workers/workers_{DAY}_{TOMORROW_STAMP}.csv"
UNTRUSTED = f"{CLAUDE}/2026-03-29_{TOMORROW_STAMP}.json"
NIGHT = ("nightly", "--date", DAY.isoformat())


def dates_of_files(home: Path, feed: str) -> set[date]:
    """Every day that the name of a file of the feed states, or lies between the two that it states."""
    days: set[date] = set()
    for path in (home / "inbox" / feed).iterdir():
        stated = [date.fromisoformat(text) for text in re.findall(DATE, STAMP.sub("", path.name))]
        days |= {stated[0] + timedelta(days=back) for back in range((stated[-1] - stated[0]).days + 1)}
    return days


def gaps(home: Path, feed: str) -> list[dict[str, Any]]:
    """The days on end without a file, from the first day with one; worked out day by day."""
    covered = dates_of_files(home, feed)
    found: list[dict[str, Any]] = []
    day = min(covered)
    while day <= DAY:
        if day not in covered:
            if found and found[-1]["until"] == day - timedelta(days=1):
                found[-1]["until"] = day
            else:
                found.append({"since": day, "until": day})
        day += timedelta(days=1)
    return [
        {
            "feed": feed,
            "since": gap["since"].isoformat(),
            "until": gap["until"].isoformat(),
            "day_count": (gap["until"] - gap["since"]).days + 1,
            "is_open": gap["until"] == DAY,
        }
        for gap in found
        if gap["until"] > DAY - timedelta(days=28)
    ]


def test_every_field_of_the_status_is_what_the_files_say(base: Path) -> None:
    shown = adoption(base, "status", "--json", "--nights")
    found = json.loads(shown.stdout)
    manifest = company.manifest(base)
    outcomes = [(check["outcome"], check["severity"]) for check in manifest["verdict"]["checks"]]
    nights = [date.fromisoformat(text) for text in found.pop("missing_nights")]
    missing = [gap for feed in (CLAUDE, COPILOT) for gap in gaps(base, feed)]
    assert found == {
        "schema_version": 1,
        "exit_status": 5,
        "home": str(base),
        "generation": 1,
        "as_of_date": DAY.isoformat(),
        "built_at": manifest["built_at"],
        "verdict": "passed",
        "checks": {
            "passed": outcomes.count(("passed", "blocking")) + outcomes.count(("passed", "warning")),
            "not_evaluated": sum(outcome == "not_evaluated" for outcome, _ in outcomes),
            "warned": outcomes.count(("failed", "warning")),
        },
        "released": False,
        "freshness": [
            {
                "feed": feed,
                "last_covered_date": max(dates_of_files(base, feed)).isoformat(),
                "behind_day_count": (DAY - max(dates_of_files(base, feed))).days,
                "delivered_every_days": 1,
                "overdue_day_count": (DAY - max(dates_of_files(base, feed))).days,
            }
            for feed in (CHATGPT, CLAUDE, COPILOT, "hr/workers")
        ],
        "missing": missing,
        "failures": [],
        "holds": [],
        "pending_deliveries": 0,
        "frozen": [],
        "scopes_without_cutoffs": [
            f"quartile_4w/{tool}" for tool in ("chatgpt", "claude_code", "github_copilot")
        ],
    }
    assert shown.returncode == 5
    assert {"since": LATE_FROM.isoformat(), "until": LATE_TO.isoformat()}.items() <= missing[0].items()
    assert gaps(base, CHATGPT) == []
    assert nights[0] == DAY + timedelta(days=1)
    assert nights == sorted({nights[0] + timedelta(days=count) for count in range(len(nights))})
    today = datetime.now(UTC).date()
    assert today - timedelta(days=3) <= nights[-1] < today
    assert f"missing since {LATE_FROM}" in company.complaint(shown)


def missing_by_freshness(home: Path) -> dict[str, int]:
    """What feed_freshness tells everybody: days without coverage of the last 28."""
    rows = company.query(
        home,
        "select source || '/' || feed, missing_28d_count from marts.feed_freshness",
        "adoption_shared.duckdb",
    )
    return dict(rows)


def test_feed_freshness_says_which_feeds_lack_days(base: Path) -> None:
    window = {DAY - timedelta(days=back) for back in range(28)}
    feeds = (CLAUDE, COPILOT, CHATGPT, "hr/workers")
    expected = {feed: len(window - dates_of_files(base, feed)) for feed in feeds}
    assert expected[CLAUDE] == 7
    assert missing_by_freshness(base) == expected


def alerted(home: Path, hook: Webhook, *arguments: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit status of a command, and what it told: nobody by name or id, and no address."""
    finished = adoption(home, *arguments)
    told = hook.take()
    everything = "".join(text for _, text in told)
    (snapshot,) = (home / "inbox" / "hr" / "workers").glob(f"workers_{DAY}_20260331*")
    ids = {line.partition(",")[0] for line in snapshot.read_text().splitlines()[1:]}
    assert len(ids) > 50
    assert [word for word in (*ids, *company.names_of_people(home)) if word in everything] == []
    log = (home / "dagster" / "logs" / "alerts.log").read_text()
    assert SECRET not in finished.stdout + finished.stderr + log + (home / "alerts.json").read_text()
    return finished.returncode, told


def test_held_failed_and_late_nights_are_told_once_and_so_is_their_end(
    home: Path, first_night: tuple[Path, Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home / "adoption.toml"
    settings.write_text('alert_urls_from = "TEST_ALERT_URLS"\n' + settings.read_text())
    with webhook() as hook:
        monkeypatch.setenv("TEST_ALERT_URLS", hook.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        put(home, SNAPSHOT, company.with_cycle(company.workers(home, DAY)))
        status, told = alerted(home, hook, *NIGHT)
        assert (status, sorted(kind for kind, _ in told)) == (3, ["held", "late", "late"])
        assert any(
            f"{CLAUDE} is missing since {LATE_FROM} (7 days, up to {LATE_TO})" in text for _, text in told
        )
        assert any(f"as of {DAY} (managers_form_no_cycle)" in text for _, text in told)

        assert alerted(home, hook, "status", "--alert") == (3, [])
        status, told = alerted(home, hook, "release", "--reason", "HR confirmed both lines")
        assert (status, [kind for kind, _ in told]) == (0, ["recovered"])

        put(home, UNTRUSTED, "<html><body>Sign in</body></html>")
        status, told = alerted(home, hook, *NIGHT)
        assert (status, [kind for kind, _ in told]) == (1, ["failed"])
        assert f"The run for {DAY} failed (InputRefused)" in told[0][1]
        assert alerted(home, hook, "status", "--alert") == (1, [])

        (home / "inbox" / UNTRUSTED).unlink()
        put(home, company.LATE_FILE, first_night[2])
        (sound,) = (home / "inbox" / "hr" / "workers").glob(f"workers_{DAY}_20260331*")
        put(home, SNAPSHOT.replace("T000000Z", "T010000Z"), sound.read_bytes())
        status, told = alerted(home, hook, *NIGHT)
        assert (status, [kind for kind, _ in told]) == (0, ["recovered", "recovered"])
        assert any(CLAUDE in text for _, text in told)
        assert any("InputRefused" in text for _, text in told)
        assert missing_by_freshness(home)[CLAUDE] == 0
        assert alerted(home, hook, "status", "--alert") == (5, [])  # the day Copilot never delivered
