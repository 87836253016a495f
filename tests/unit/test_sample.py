"""The sample company: the same bytes for the same arguments, the trouble it must hold, a truth that fits it.

Whether the warehouse survives the sample is tested elsewhere; nothing of the pipeline is used here.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import WrongUse
from orchestration.sample import write_sample
from tests.oracle.inbox import Delivery, chatgpt_records, claude_records, copilot_records, deliveries, pages

FIRST, LAST = date(2026, 1, 30), date(2026, 3, 30)
HEADERS = {
    "hr/workers": "employee_id,work_email,email_aliases,display_name,github_login,manager_employee_id,"
    "org_unit_id,line_of_business,job_family,job_level,worker_type,country_code,country_subdivision_code,"
    "site_code,legal_entity_code,fte_fraction,working_weekdays,hired_date,terminated_date,employment_status",
    "hr/org_units": "org_unit_id,org_unit_name,parent_org_unit_id",
    "hr/leave": "employee_id,start_date,end_date,day_fraction,leave_type",
    "access/entitlements": "employee_id,tool_id,status,from_date,to_date",
    "identity/service_accounts": "source,account_name,kind,owner_employee_id,from_date,to_date",
    "governance/agreements": "country_code,legal_entity_code,agreement_id,from_date,to_date",
}
CLAUDE, COPILOT, CHATGPT = (
    "claude_code/usage_report",
    "github_copilot/users_1_day",
    "chatgpt/conversation_messages",
)
Reader = Callable[[Delivery], Iterator[tuple[tuple[Any, ...], date, dict[str, Any]]]]
READERS: dict[str, Reader] = {CLAUDE: claude_records, COPILOT: copilot_records, CHATGPT: chatgpt_records}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixed sample: 200 people, 60 days, seed 7."""
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, 200, FIRST, LAST, 7)
    return folder


@pytest.fixture(scope="module")
def feeds(home: Path) -> dict[str, list[Delivery]]:
    """Every delivery of every feed, decompressed."""
    return {
        f"{folder.parent.name}/{folder.name}": deliveries(folder) for folder in (home / "inbox").glob("*/*")
    }


def _truth(home: Path, name: str) -> list[dict[str, Any]]:
    text = (home / "sample_truth" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _hashes(home: Path) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


# --- arguments ---------------------------------------------------------------------------------------------


def test_same_arguments_give_same_bytes_in_another_process(tmp_path: Path) -> None:
    last = FIRST + timedelta(days=27)
    write_sample(tmp_path / "here", 40, FIRST, last, 3)
    program = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from orchestration.sample import write_sample\n"
        "write_sample(Path(sys.argv[1]), 40, date.fromisoformat(sys.argv[2]), "
        "date.fromisoformat(sys.argv[3]), 3)"
    )
    arguments = [str(tmp_path / "there"), FIRST.isoformat(), last.isoformat()]
    environment = os.environ | {"PYTHONHASHSEED": "12345", "TZ": "Asia/Kolkata"}
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, env=environment)
    assert _hashes(tmp_path / "here") == _hashes(tmp_path / "there")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_sample(tmp_path / str(seed), 12, FIRST, FIRST, seed)
    first, second = (_truth(tmp_path / str(seed), "people") for seed in (1, 2))
    assert first != second


@pytest.mark.parametrize(("employees", "length"), [(10, 1), (10, 60), (25, 21), (60, 14)])
def test_small_and_short_samples_can_be_drawn(tmp_path: Path, employees: int, length: int) -> None:
    report = write_sample(tmp_path, employees, FIRST, FIRST + timedelta(days=length - 1), 5)
    assert len(_truth(tmp_path, "people")) == employees
    assert report.file_count == sum(path.is_file() for path in (tmp_path / "inbox").rglob("*"))


def test_wrong_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="at least 10"):
        write_sample(tmp_path, 9, FIRST, LAST, 7)
    with pytest.raises(WrongUse, match="before its first"):
        write_sample(tmp_path, 10, LAST, FIRST, 7)
    (tmp_path / "inbox" / "hr").mkdir(parents=True)
    (tmp_path / "inbox" / "hr" / "something.csv").write_text("x")
    with pytest.raises(WrongUse, match="already holds files"):
        write_sample(tmp_path, 10, FIRST, LAST, 7)
    assert not (tmp_path / "adoption.toml").exists()


def test_settings_are_written_once_and_never_over_others(tmp_path: Path) -> None:
    write_sample(tmp_path / "new", 10, FIRST, FIRST, 7)
    assert "SAMPLE-APPROVAL-1" in (tmp_path / "new" / "adoption.toml").read_text()
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "adoption.toml").write_text("retention_days = 90\n")
    write_sample(tmp_path / "old", 10, FIRST, FIRST, 7)
    assert (tmp_path / "old" / "adoption.toml").read_text() == "retention_days = 90\n"


# --- the truth fits the files ------------------------------------------------------------------------------


def test_books_count_every_record_in_the_files(home: Path, feeds: dict[str, list[Delivery]]) -> None:
    counted: Counter[tuple[str, date]] = Counter()
    for feed, found in feeds.items():
        for delivery in found:
            if feed in READERS:
                counted.update((feed, day) for _, day, _ in READERS[feed](delivery))
            else:
                is_csv = ".csv" in delivery.name
                counted[feed, delivery.dates[0]] += len(delivery.text.splitlines()) - is_csv
    booked = {
        (f"{row['source']}/{row['feed']}", date.fromisoformat(row["date"])): row["record_count"]
        for row in _truth(home, "reconciliation")
    }
    assert {key: count for key, count in counted.items() if count} == booked


def test_books_balance(home: Path) -> None:
    for row in _truth(home, "reconciliation"):
        fates = [row[name] for name in row if name.endswith("_count") and name != "record_count"]
        assert row["record_count"] == sum(fates), row


def _winners(
    feed: str, feeds: dict[str, list[Delivery]]
) -> dict[tuple[Any, ...], tuple[date, dict[str, Any]]]:
    """Per key the record of the highest stamp, the last one within a file; bad records left out."""
    found: dict[tuple[Any, ...], tuple[date, dict[str, Any]]] = {}
    for delivery in feeds[feed]:
        for key, day, row in READERS[feed](delivery):
            is_bad = row.get("code_acceptance_activity_count", 0) < 0
            is_bad = is_bad or not isinstance(row.get("core_metrics", {}).get("num_sessions", 0), int)
            if not is_bad:
                found[key] = (day, row)
    return found


def _actor(feed: str, row: dict[str, Any]) -> tuple[str, str]:
    if feed == COPILOT:
        return "login", row["user_login"].lower()
    if feed == CHATGPT:
        return "email", (row["user_email"] or "").lower()
    actor = row["actor"]
    if actor["type"] == "api_actor":
        return "api_key", actor["api_key_name"]
    return "email", actor["email_address"].lower()


def _people_by_name(home: Path) -> Callable[[tuple[str, str], date], str | None]:
    spans: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for row in _truth(home, "identities"):
        span = (row["from"], row["to"] or "9999", row["employee_id"])
        spans.setdefault((row["kind"], row["name"]), []).append(span)

    def resolve(actor: tuple[str, str], day: date) -> str | None:
        held = {who for start, end, who in spans.get(actor, []) if start <= day.isoformat() <= end}
        return held.pop() if len(held) == 1 else None

    return resolve


def _main_measures(feed: str, row: dict[str, Any]) -> Counter[str]:
    if feed == CLAUDE:
        core = row["core_metrics"]
        lines, tokens = core["lines_of_code"], [part["tokens"]["output"] for part in row["model_breakdown"]]
        return Counter(
            session_count=core["num_sessions"],
            lines_added_count=lines["added"],
            commit_count=core["commits_by_claude_code"],
            output_token_count=sum(tokens),
        )
    if feed == COPILOT:
        prompts = row.get("user_initiated_interaction_count", 0)
        prompts += row.get("totals_by_cli", {}).get("prompt_count", 0)
        return Counter(prompt_count=prompts, lines_added_count=row.get("loc_added_sum", 0))
    return Counter(prompt_count=int(row["message"]["author"]["role"] == "user"))


@pytest.mark.parametrize("feed", [CLAUDE, COPILOT, CHATGPT])
def test_truth_is_what_the_latest_records_say(
    home: Path, feeds: dict[str, list[Delivery]], feed: str
) -> None:
    resolve = _people_by_name(home)
    read: dict[tuple[str, str], Counter[str]] = {}
    for day, row in _winners(feed, feeds).values():
        who = resolve(_actor(feed, row), day)
        if who is not None:
            read.setdefault((who, day.isoformat()), Counter()).update(_main_measures(feed, row))
    tool = feed.partition("/")[0]
    names = {name for measures in read.values() for name in measures}
    drawn = {
        (row["employee_id"], row["date"]): {name: row["measures"].get(name, 0) for name in names}
        for row in _truth(home, "usage")
        if row["tool_id"] == tool
    }
    assert {key: {name: counts[name] for name in names} for key, counts in read.items()} == drawn


def test_accepted_counts_are_the_latest_records_of_known_people(
    home: Path, feeds: dict[str, list[Delivery]]
) -> None:
    resolve = _people_by_name(home)
    for feed in READERS:
        winners = _winners(feed, feeds).values()
        accepted = Counter(day for day, row in winners if resolve(_actor(feed, row), day) is not None)
        booked = {
            date.fromisoformat(row["date"]): row["accepted_count"]
            for row in _truth(home, "reconciliation")
            if f"{row['source']}/{row['feed']}" == feed and row["accepted_count"]
        }
        assert booked == dict(accepted), feed


# --- the files are the vendors' ----------------------------------------------------------------------------


@pytest.mark.parametrize("feed", HEADERS)
def test_csv_headers_are_the_stated_columns(feeds: dict[str, list[Delivery]], feed: str) -> None:
    headers = {found.text.splitlines()[0] for found in feeds[feed] if ".csv" in found.name}
    assert headers == {HEADERS[feed]}


def test_claude_files_are_pages_with_the_right_flags(feeds: dict[str, list[Delivery]]) -> None:
    page_counts = set()
    for delivery in feeds[CLAUDE]:
        found = pages(delivery)
        page_counts.add(min(2, len(found)))
        assert [page["has_more"] for page in found] == [True] * (len(found) - 1) + [False]
        assert [page["next_page"] is None for page in found] == [False] * (len(found) - 1) + [True]
    assert page_counts == {1, 2}
    assert {delivery.name.partition(".")[2] for delivery in feeds[CLAUDE]} == {"json", "json.gz", "json.zst"}


def test_canary_is_in_every_message_and_nowhere_else(home: Path, feeds: dict[str, list[Delivery]]) -> None:
    for feed, found in feeds.items():
        for delivery in found:
            marked = [("CONTENT-CANARY" in line) for line in delivery.text.splitlines()]
            assert all(marked) if feed == CHATGPT else not any(marked), delivery.name
    for path in (home / "sample_truth").iterdir():
        assert "CONTENT-CANARY" not in path.read_text(encoding="utf-8")


# --- the trouble it must hold ------------------------------------------------------------------------------


def test_days_without_use_are_identical_files_under_different_names(
    home: Path, feeds: dict[str, list[Delivery]]
) -> None:
    empty = [found for found in feeds[CLAUDE] if '"data":[]' in found.text]
    assert len(empty) == 2
    assert len({found.text for found in empty}) == 1
    days = {str(found.dates[0]) for found in empty}
    covered = {row["date"] for row in _truth(home, "coverage") if row["source"] == "claude_code"}
    assert days <= covered


def test_a_company_so_small_that_nobody_uses_a_tool_for_days_sends_no_empty_file(tmp_path: Path) -> None:
    write_sample(tmp_path, 10, date(2026, 3, 1), LAST, 1)
    found = {
        feed: deliveries(tmp_path / "inbox" / feed)
        for feed in (CLAUDE, COPILOT, CHATGPT, "hr/leave", "access/entitlements")
    }
    assert [delivery.name for feed in found.values() for delivery in feed if not delivery.text.strip()] == []
    idle = [delivery for delivery in found[CHATGPT] if '"data":[]' in delivery.text]
    assert len(idle) == 2
    reported = {str(delivery.dates[0]) for delivery in found[COPILOT]}
    coverage = [row for row in _truth(tmp_path, "coverage") if row["source"] == "github_copilot"]
    assert {row["date"] for row in coverage if row["is_covered"]} == reported


def test_deliveries_come_late_twice_recompressed_and_not_at_all(
    home: Path, feeds: dict[str, list[Delivery]]
) -> None:
    def days_later(delivery: Delivery) -> int:
        stamped = date(int(delivery.stamp[:4]), int(delivery.stamp[4:6]), int(delivery.stamp[6:8]))
        return (stamped - delivery.dates[-1]).days

    for feed in (CLAUDE, COPILOT):
        assert [days_later(found) for found in feeds[feed]].count(6) == 1
    for feed, endings in ((CHATGPT, 2), (CLAUDE, 2)):
        texts = Counter(found.text for found in feeds[feed] if '"data":[]' not in found.text)
        twice = [found for found in feeds[feed] if texts[found.text] == 2]
        assert len(twice) == 2, feed
        assert len({found.name.partition(".")[2] for found in twice}) == endings
    missing = [row for row in _truth(home, "coverage") if not row["is_covered"]]
    assert len(missing) == 1
    assert date.fromisoformat(missing[0]["date"]) < LAST - timedelta(days=30)
    assert all(str(found.dates[0]) != missing[0]["date"] for found in feeds[COPILOT])
    assert all(found.stamp < "20260401" for deliveries_ in feeds.values() for found in deliveries_)


def test_copilot_restates_the_last_three_days(feeds: dict[str, list[Delivery]]) -> None:
    by_day: dict[date, list[Delivery]] = {}
    for delivery in feeds[COPILOT]:
        by_day.setdefault(delivery.dates[0], []).append(delivery)
    versions = Counter(len(found) for found in by_day.values())
    assert versions[3] == 1
    assert versions[2] == 4
    for found in by_day.values():
        states = [{key: row for key, _, row in copilot_records(delivery)} for delivery in found]
        for earlier, later in pairwise(states):
            assert any(earlier[key] != later[key] for key in earlier.keys() & later.keys())
        if len(states) > 1:
            assert states[-2].keys() - states[-1].keys()  # a record the last delivery no longer holds


def test_claude_rows_repeat_per_person_and_day_and_within_a_file(feeds: dict[str, list[Delivery]]) -> None:
    per_person: Counter[tuple[str, date]] = Counter()
    superseded = 0
    for delivery in feeds[CLAUDE]:
        keys = [key for key, _, _ in claude_records(delivery)]
        superseded += len(keys) - len(set(keys))
    for day, row in _winners(CLAUDE, feeds).values():
        per_person[_actor(CLAUDE, row)[1], day] += 1
    rows = [row for _, row in _winners(CLAUDE, feeds).values()]
    assert superseded > 0
    assert max(per_person.values()) >= 3
    assert {row["customer_type"] for row in rows} == {"api", "subscription"}
    assert {row.get("is_remote") for row in rows} == {True, False, None}
    assert any("tool_actions" not in row for row in rows)
    names = {row["actor"]["api_key_name"] for row in rows if row["actor"]["type"] == "api_actor"}
    assert names == {"ci-shared-build", "sandbox-tmp-key", "claude-cli-laptop", "team-tools-key"}


def test_copilot_rows_leave_things_out(feeds: dict[str, list[Delivery]]) -> None:
    rows = [row for _, row in _winners(COPILOT, feeds).values()]
    for name in ("totals_by_feature", "user_initiated_interaction_count", "loc_added_sum", "used_agent"):
        assert 0 < sum(name not in row for row in rows) < len(rows) / 3, name
    for flag in ("coding_agent", "cloud_agent", "code_review_active", "code_review_passive"):
        assert any(row.get(f"used_copilot_{flag}") for row in rows), flag
    idle = [row for row in rows if row.get("used_cli") and "totals_by_cli" not in row]
    assert idle
    assert all(row["user_initiated_interaction_count"] == 0 for row in idle)
    logins = {row["user_login"] for row in rows}
    assert {"copilot-swe-agent[bot]", "octo-helper[bot]", "ghost-dev_bnk"} <= logins
    assert any(login != login.lower() for login in logins)
    assert sum(login.endswith("_bnk") for login in logins) == len(logins) - 2


def test_messages_reach_to_both_ends_of_the_day(feeds: dict[str, list[Delivery]]) -> None:
    rows = [row for _, row in _winners(CHATGPT, feeds).values()]
    moments = [row["message"]["created_at"] for row in rows]
    assert any(moment is None for moment in moments)
    seconds = [moment % 86400 for moment in moments if moment is not None]
    assert min(seconds) == 0.0
    assert max(seconds) > 86399
    assert {row["message"]["author"]["role"] for row in rows} == {"user", "assistant", "tool", "system"}
    assert any(row["user_email"] is None and row["user_id"] for row in rows)
    emails = {row["user_email"] for row in rows if row["user_email"]}
    assert any(email != email.lower() for email in emails)
    assert {"trading.desk@bank.example", "temp.user77@bank.example"} <= emails


def test_careers_that_make_history_hard(home: Path) -> None:
    people = _truth(home, "people")

    def spans(name: str) -> int:
        return sum(len({part[name] for part in person["attributes"]}) > 1 for person in people)

    def joined(person: dict[str, Any]) -> bool:
        return str(person["stints"][0]["hired_date"]) > str(FIRST)

    countries = [[part["country_code"] for part in person["attributes"]] for person in people]
    assert sum(len(person["stints"]) == 2 for person in people) == 1
    assert sum(map(joined, people)) >= 5
    assert sum(person["stints"][0]["last_date"] is not None for person in people) >= 5
    assert min(spans("manager_employee_id"), spans("org_unit_id"), spans("line_of_business")) >= 2
    assert spans("work_email") >= 1
    assert sum(track[0] == "FR" and track[-1] != "FR" for track in countries) == 1
    assert sum(track[0] != "FR" and track[-1] == "FR" for track in countries) == 1
    excluded = [person for person in people if not _is_ever_included(person)]
    assert len(excluded) >= 3
    assert {track[0] for track in countries} == {"US", "GB", "DE", "IN", "SG", "PL", "FR"}
    patterns = Counter(person["attributes"][0]["working_weekdays"] for person in people)
    assert patterns[""] == 1
    assert patterns["1110000"] >= 1
    assert sum(not person["entitlements"] for person in people) >= 3
    statuses = {row["status"] for person in people for row in person["entitlements"]}
    assert statuses == {"granted", "pending", "denied", "restricted", "revoked"}
    assert any(row["thousandths"] == 500 for person in people for row in person["leave"])


def _is_ever_included(person: dict[str, Any]) -> bool:
    return any(span["to"] is None or span["to"] >= str(FIRST) for span in person["included"])


def test_hr_learns_of_some_comings_and_goings_late(feeds: dict[str, list[Delivery]]) -> None:
    first_seen: dict[tuple[str, str], date] = {}
    first_ended: dict[tuple[str, str], date] = {}
    present: set[str] = set()
    vanished: set[str] = set()
    for delivery in feeds["hr/workers"]:
        rows = _worker_rows(delivery)
        snapshot = delivery.dates[0]
        vanished |= present - {row["employee_id"] for row in rows if row["employment_status"] != "terminated"}
        present = {row["employee_id"] for row in rows}
        for row in rows:
            first_seen.setdefault((row["employee_id"], row["hired_date"]), snapshot)
            if row["terminated_date"]:
                first_ended.setdefault((row["employee_id"], row["terminated_date"]), snapshot)
    delays = [
        (seen - date.fromisoformat(hired)).days for (_, hired), seen in first_seen.items() if seen > FIRST
    ]
    assert min(delays) < 0 < max(delays) <= 5
    late = [(seen - date.fromisoformat(ended)).days for (_, ended), seen in first_ended.items()]
    assert min(late) < 0 < max(late)
    assert vanished - {who for who, _ in first_ended}  # gone from HR without a word


def _worker_rows(delivery: Delivery) -> list[dict[str, Any]]:
    if ".csv" in delivery.name:
        return list(csv.DictReader(io.StringIO(delivery.text)))
    return [json.loads(line) for line in delivery.text.splitlines()]


def test_workforce_snapshots_are_daily_but_for_two(feeds: dict[str, list[Delivery]]) -> None:
    found = feeds["hr/workers"]
    assert len(found) == 58
    assert {delivery.name.partition(".")[2] for delivery in found} == {"csv", "csv.gz", "ndjson"}


def test_bad_records_leave_their_people_uncovered(home: Path) -> None:
    uncovered = _truth(home, "uncovered_person_days")
    rejected = sum(row["rejected_count"] for row in _truth(home, "reconciliation"))
    assert len(uncovered) == rejected == 3
