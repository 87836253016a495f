"""What is told, once, about runs on generations of tiny files; by way of a real webhook."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import errors, lock
from orchestration.alerting import alerts, channel, conditions, open_events
from orchestration.errors import AdoptionError
from orchestration.home import EMPLOYEE_FILE, PROJECT_ROOT, SHARED_FILE, Home
from orchestration.lock import run_lock
from orchestration.nightly import NightlyRun
from orchestration.publishing import generation
from orchestration.settings import load_settings
from tests.alert_server import SECRET, Webhook, webhook
from tests.unit import tiny_generation as tiny

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
DAY = date(2026, 3, 30)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    with webhook() as found:
        monkeypatch.setenv("TEST_ALERT_URLS", found.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One generation in force whose feed covers every day."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    (home.root / "adoption.toml").write_text('alert_urls_from = "TEST_ALERT_URLS"\n')
    publish(home, "first", covered=range(1, 31))
    return home


def publish(home: Home, run_id: str, covered: range, every: int = 1) -> None:
    """A generation as of 30 March of a company with one feed, which covers these days of March and is
    delivered every so many days.
    """
    with run_lock(home, run_id):
        build(home, run_id, covered, every)
        tiny.audit(home, run_id)
        generation.publish(home, tiny.draft(run_id))


def build(home: Home, run_id: str, covered: range, every: int = 1) -> None:
    tiny.build(home, run_id)
    days = ", ".join(f"('claude_code', 'usage_report', date '2026-03-{day:02}')" for day in covered)
    with duckdb.connect(home.candidate / EMPLOYEE_FILE) as connection:
        connection.execute("create schema if not exists ops")
        connection.execute(
            "create or replace table ops.feed_coverage as "
            f"select * from (values {days}) as t (source, feed, activity_date)"
        )
    with duckdb.connect(home.candidate / SHARED_FILE) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(
            "create or replace table marts.feed_freshness as select 'claude_code' as source, "
            f"'usage_report' as feed, date '2026-03-30' as as_of_date, {every} as delivered_every_days"
        )


def hold(home: Home, run_id: str) -> None:
    with run_lock(home, run_id):
        build(home, run_id, range(1, 31))
        tiny.audit(home, run_id, "failed")
        generation.hold(home, tiny.draft(run_id))


def look(home: Home) -> list[str]:
    """What the process of somebody who looks says of its alerts."""
    said: list[str] = []
    alerts.look(home, load_settings(home.root), NOW, said.append, nights=False)
    return said


def end(home: Home, failure: AdoptionError | None) -> list[str]:
    """A run that ends so."""
    said: list[str] = []
    run = NightlyRun(home, load_settings(home.root), say=said.append, started_at=NOW, failure=failure)
    run.manifest = generation.current(home) if failure is None else None
    alerts.run_ends(run)
    return said


def test_a_sound_night_says_nothing(home: Home, hook: Webhook) -> None:
    assert end(home, None) == []
    assert hook.take() == []


def test_a_held_night_is_told_once_and_over_once_it_is_released(home: Home, hook: Webhook) -> None:
    hold(home, "second")
    held = errors.Held("held")
    end(home, held)
    ((kind, text),) = hook.take()
    assert kind == "held"
    assert "as of 2026-03-30 (has_rows)" in text
    end(home, held)
    look(home)
    assert hook.take() == []
    hold(home, "third")  # the same night tried again
    end(home, held)
    assert hook.take() == []
    tiny.release(home)
    look(home)
    ((kind, text),) = hook.take()
    assert kind == "recovered"
    assert "as of 2026-03-30 (has_rows)" in text
    look(home)
    assert hook.take() == []


@pytest.mark.parametrize(
    "failure",
    [
        errors.InputRefused("inbox/hr/workers/jane.doe.csv: line 3"),
        errors.PoliciesRefused("jane.doe"),
        errors.NotPublishable("jane.doe"),
        errors.RunFailed("jane.doe@example.com"),
    ],
)
def test_a_failed_run_is_told_once_without_its_text_and_over_after_a_good_one(
    home: Home, hook: Webhook, failure: AdoptionError
) -> None:
    end(home, failure)
    end(home, failure)
    ((kind, text),) = hook.take()
    assert kind == "failed"
    assert f"The run for {DAY} failed ({type(failure).__name__})" in text
    assert "jane" not in text
    end(home, errors.WrongUse("--date"))
    end(home, errors.Busy("another run"))
    assert hook.take() == []
    end(home, None)
    ((kind, text),) = hook.take()
    assert (kind, type(failure).__name__ in text) == ("recovered", True)


def test_missing_days_are_told_once_however_they_grow_and_over_when_they_came(
    home: Home, hook: Webhook
) -> None:
    publish(home, "second", covered=range(1, 30))
    end(home, None)
    ((kind, text),) = hook.take()
    assert kind == "late"
    assert "claude_code/usage_report is missing since 2026-03-30 (1 day)." in text
    publish(home, "third", covered=range(1, 28))
    end(home, None)
    assert hook.take() == []
    publish(home, "fourth", covered=range(1, 31))
    end(home, None)
    ((kind, text),) = hook.take()
    assert kind == "recovered"
    assert "missing since 2026-03-28 (3 days)" in text


def test_a_weekly_feed_is_late_after_a_week(home: Home, hook: Webhook) -> None:
    publish(home, "second", covered=range(1, 25), every=7)
    end(home, None)
    assert hook.take() == []
    publish(home, "third", covered=range(1, 24), every=7)
    end(home, None)
    ((kind, text),) = hook.take()
    assert (kind, "missing since 2026-03-24 (7 days)" in text) == ("late", True)


def test_a_run_that_died_is_told_by_the_next_one_and_by_whoever_looks(home: Home, hook: Webhook) -> None:
    run = NightlyRun(home, load_settings(home.root), run_id="dead", started_at=NOW)
    with run_lock(home, "dead"):
        alerts.run_begins(run)
        look(home)
        assert hook.take() == []  # it is still at work
    look(home)
    look(home)
    ((kind, text),) = hook.take()
    assert (kind, "The run of 2026-03-31T12:00:00Z ended without a word" in text) == ("failed", True)


def test_a_run_that_said_what_it_came_to_is_not_dead(home: Home, hook: Webhook) -> None:
    with run_lock(home, "first"):
        alerts.run_begins(NightlyRun(home, load_settings(home.root), run_id="first", started_at=NOW))
        alerts.run_is_over(home)
    look(home)
    assert hook.take() == []


def test_nights_that_did_not_run_are_told(home: Home, hook: Webhook) -> None:
    later = datetime(2026, 4, 3, 12, tzinfo=UTC)
    for _ in range(2):
        alerts.look(home, load_settings(home.root), later, lambda _: None, nights=True)
    ((kind, text),) = hook.take()
    assert kind == "late"
    assert "No night was published since 2026-03-31 (3 missing)" in text


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def log_of(home: Home) -> str:
    return (home.dagster / "logs" / "alerts.log").read_text()


def test_a_server_that_is_down_costs_nothing_and_is_told_by_a_later_night(
    home: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEST_ALERT_URLS", f"json://127.0.0.1:{free_port()}/{SECRET}")
    said = end(home, errors.RunFailed("x"))
    assert said == ["The alert about failed run was not taken (refused)."]
    assert "refused" in log_of(home)
    monkeypatch.setenv("TEST_ALERT_URLS", hook.url)
    end(home, errors.RunFailed("x"))
    end(home, errors.RunFailed("x"))
    assert [kind for kind, _ in hook.take()] == ["failed"]
    assert SECRET not in log_of(home) + "".join(capfd.readouterr()) + "".join(said)


def test_a_server_that_answers_with_an_error_is_asked_again_by_the_next_night(
    home: Home, hook: Webhook
) -> None:
    hook.status = 500
    assert len(end(home, errors.RunFailed("x"))) == 1
    hook.status = 200
    assert end(home, errors.RunFailed("x")) == []
    assert [kind for kind, _ in hook.take()] == ["failed", "failed"]


def test_a_slow_server_holds_up_for_the_limit_and_is_told_nothing_twice(
    home: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "SECONDS", 3.0)
    hook.is_free.clear()
    start = time.monotonic()
    said = end(home, errors.RunFailed("x"))
    assert time.monotonic() - start < 10
    assert said == ["The alert about failed run was not taken (silent)."]
    hook.is_free.set()
    end(home, errors.RunFailed("x"))
    assert [kind for kind, _ in hook.take()] == ["failed"]


def test_one_address_that_takes_it_is_enough(
    home: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_ALERT_URLS", f"json://127.0.0.1:{free_port()}/\nno-address\n{hook.url}")
    assert end(home, errors.RunFailed("x")) == []
    assert len(hook.take()) == 1


@pytest.mark.parametrize("told", ["sending", "yes"])
def test_what_was_begun_before_a_kill_is_not_told_again(home: Home, hook: Webhook, told: str) -> None:
    end(home, errors.RunFailed("x"))
    hook.take()
    book = json.loads(home.alerts.read_bytes())
    (event,) = book["events"]
    assert event["told"] == "yes"
    event["told"] = told
    home.alerts.write_text(json.dumps(book))
    end(home, errors.RunFailed("x"))
    assert hook.take() == []


def test_addresses_may_lie_in_a_file_of_the_owner_alone(home: Home, hook: Webhook, tmp_path: Path) -> None:
    path = tmp_path / "addresses"
    path.write_text(f"{hook.url}\n")
    path.chmod(0o644)
    (home.root / "adoption.toml").write_text(f'alert_urls_from = "{path}"\n')
    (said,) = end(home, errors.RunFailed("x"))
    assert "chmod 600" in said
    path.chmod(0o600)
    assert end(home, errors.RunFailed("x")) == []
    assert len(hook.take()) == 1


@pytest.mark.parametrize("value", ["", None])
def test_a_variable_without_an_address_is_said_and_fails_nothing(
    home: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("TEST_ALERT_URLS")
    else:
        monkeypatch.setenv("TEST_ALERT_URLS", value)
    assert end(home, errors.RunFailed("x")) == [
        "Alerts cannot be sent: TEST_ALERT_URLS holds no address for alerts."
    ]


@pytest.mark.parametrize("value", ["json://127.0.0.1/x", "mailto://user:pass@example.com", "lower", "/a://b"])
def test_an_address_in_the_settings_is_refused_and_not_shown(home: Home, value: str) -> None:
    (home.root / "adoption.toml").write_text(f'alert_urls_from = "{value}"\n')
    with pytest.raises(errors.WrongUse, match="alert_urls_from") as caught:
        load_settings(home.root)
    assert value not in str(caught.value)


def test_nothing_is_sent_where_no_address_is_set(home: Home, hook: Webhook) -> None:
    (home.root / "adoption.toml").unlink()
    assert end(home, errors.RunFailed("x")) == []
    assert hook.take() == []
    (home.root / "adoption.toml").write_text('alert_urls_from = "TEST_ALERT_URLS"\n')
    look(home)
    assert [kind for kind, _ in hook.take()] == ["failed"]  # it still is so


def test_a_damaged_book_is_in_nobodys_way(home: Home, hook: Webhook) -> None:
    home.alerts.write_text("{")
    assert end(home, errors.RunFailed("x")) == []
    assert "stopped on" in log_of(home)


def test_a_lock_is_seen_without_being_taken(home: Home, tmp_path: Path) -> None:
    assert not lock.is_at_work(Home(tmp_path / "none"))
    assert not (tmp_path / "none").exists()
    assert not lock.is_at_work(home)
    with run_lock(home, "run"):
        assert lock.is_at_work(home)
    assert not lock.is_at_work(home)


def test_apprise_is_imported_only_to_send() -> None:
    script = (
        "import sys; from orchestration.alerting import alerts, channel; "
        "from orchestration.command_line import cli; sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=PROJECT_ROOT).returncode == 0


def condition(since: int, until: int) -> conditions.Condition:
    days = date(2026, 3, since), date(2026, 3, until)
    return conditions.Condition("late", "a/b", f"a/b: {days[0]}", "text", *days)


@pytest.mark.parametrize(
    ("before", "after", "told", "over"),
    [
        ((10, 12), (10, 13), 0, 0),  # it grew
        ((10, 12), (11, 12), 0, 0),  # a part came
        ((10, 12), (20, 22), 1, 1),  # another one
        ((1, 2), None, 0, 0),  # too long ago to be looked at
        ((10, 12), None, 0, 1),
    ],
)
def test_gaps_that_overlap_are_one_event(
    before: tuple[int, int], after: tuple[int, int] | None, told: int, over: int
) -> None:
    open_before = open_events.settle((), [condition(*before)], DAY)
    known = tuple(event.model_copy(update={"told": "yes"}) for event in open_before)
    found = open_events.settle(known, [condition(*after)] if after else [], DAY)
    new = [event.kind for event in found if event.told == "no"]
    assert sorted(new) == ["late"] * told + ["recovered"] * over
