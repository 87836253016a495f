"""Seen, or not visible: use that only a compared feed shows leaves days open, and changes nobody else's.

Twelve people of a sample company use Copilot with telemetry off, or Claude Code over Bedrock alone. The
company and its files belong to invisible_company.py.
"""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests import published, warehouse
from tests.golden import invisible_company as invisible
from tests.golden.cutoffs import write_cutoffs
from tests.golden.invisible_company import CLAUDE, COPILOT, DAYS, FIRST, LAST, Drawn
from tests.integration import company
from tests.oracle.truth import read_truth
from tests.shared_home import shared_home

pytestmark = pytest.mark.slow

REASON = "so few people vary more than the gate expects"
# As tool_feeds states: with no row at all a person is invisible from here on.
IN_USE_FROM = date(2024, 1, 1)
SCOPES = {COPILOT: ("all", "coding", "chat_document", COPILOT), CLAUDE: ("all", "coding", CLAUDE)}


def _deliver(home: Path) -> None:
    warehouse.sample(home, employees=60, first=FIRST, last=LAST, seed=7)
    write_cutoffs(home)
    drawn = invisible.draw(home)
    home.with_name("taken.json").write_text(json.dumps(invisible.take_out(home, drawn)))


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the deciding feeds, without the drawn people's rows; not to be changed."""
    return shared_home(tmp_path_factory, "invisible", _deliver)


@pytest.fixture(scope="session")
def drawn(delivered: Path) -> Drawn:
    return invisible.draw(delivered)


@pytest.fixture(scope="session")
def plain(delivered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a night: nothing contradicts the deciding feeds. Not to be changed."""

    def build(home: Path) -> None:
        shutil.copytree(delivered, home)
        warehouse.publish(home, LAST, REASON)

    return shared_home(tmp_path_factory, "invisible-plain", build)


@pytest.fixture(scope="session")
def late(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after the other feeds arrived, all late, and a second night. Not to be changed."""

    def build(home: Path) -> None:
        shutil.copytree(plain, home, symlinks=True)
        invisible.write_evidence(home, invisible.draw(home))
        warehouse.publish(home, LAST, REASON)

    return shared_home(tmp_path_factory, "invisible-late", build)


def _open(home: Path) -> duckdb.DuckDBPyConnection:
    return published.open_published(warehouse.current(home))


def _state(home: Path) -> tuple[dict[str, str], list[company.Row]]:
    """Every published table of state, and what was found of visibility."""
    found = [
        *company.query(home, "select * from ops.contrary_evidence order by all"),
        *company.query(home, "select * from ops.invisible_span order by all"),
        *company.query(home, "select * from ops.cross_check order by all"),
    ]
    return warehouse.table_hashes(warehouse.current(home)), found


def test_nobody_who_cannot_be_seen_is_rated_low(plain: Path, late: Path, drawn: Drawn) -> None:
    """By no policy: its lowest two tiers say that there was hardly any use."""
    query = (
        "select employee_id, policy_id, scope_code, tier_code "
        "from marts.dim_employee_tier join person using (employee_key) "
        "join marts.dim_tier as tiers using (policy_id, policy_version, tier_code) "
        "where tiers.tier_rank <= 2 and employee_id = ? "
        "and scope_code in (select unnest(?::varchar[]))"
    )
    low = {}
    for home in (plain, late):
        with _open(home) as connection:
            low[home] = [
                row
                for people, tool in ((drawn.without_telemetry, COPILOT), (drawn.on_bedrock, CLAUDE))
                for employee_id in people
                for row in connection.execute(query, [employee_id, list(SCOPES[tool])]).fetchall()
            ]
    # the twelve weeks of viva_12w reach back before the data
    assert {row[1] for row in low[plain]} == {"standard_28d", "viva_4w", "score_28d", "quartile_4w"}
    assert len({row[0] for row in low[plain] if row[1] == "standard_28d"}) > 6
    assert low[late] == []


def test_no_day_of_theirs_is_idle(late: Path, drawn: Drawn) -> None:
    with _open(late) as connection:
        statuses = connection.execute(
            "select distinct engagement_status from marts.fct_employee_engagement_daily "
            "join person using (employee_key) where employee_id in (select unnest(?::varchar[]))",
            [sorted(drawn.invisible)],
        ).fetchall()
        spans = connection.execute(
            "select employee_id, tool_id, valid_from, valid_to, shown_by_text "
            "from ops.invisible_span join person using (employee_key)"
        ).fetchall()
    assert {status for (status,) in statuses} == {"active", "not_expected", "unknown"}
    copilot = {(p, COPILOT, IN_USE_FROM, None, "github_copilot/seats") for p in drawn.without_telemetry}
    claude = {(p, CLAUDE, IN_USE_FROM, None, "otel/claude_code") for p in drawn.on_bedrock}
    assert set(spans) == copilot | claude


def test_nobody_else_changes_in_a_row(plain: Path, late: Path, drawn: Drawn) -> None:
    for table in ("dim_employee_tier", "fct_employee_tier_weekly", "fct_employee_engagement_daily"):
        rows = []
        for home in (plain, late):
            with _open(home) as connection:
                rows.append(
                    connection.execute(
                        f"select * from marts.{table} where employee_key not in "
                        "(select employee_key from person where employee_id in "
                        "(select unnest(?::varchar[]))) "
                        "order by all",
                        [sorted(drawn.invisible)],
                    ).fetchall()
                )
        assert rows[0] == rows[1] != [], table


def test_the_ledger_holds_the_difference_and_why(plain: Path, late: Path) -> None:
    changed = company.changed_tiers(company.tiers(plain), company.tiers(late))
    assert len(changed) > 100
    assert company.restatements(late) == changed
    assert {kind for kind, _ in company.causes(late)} <= {"usage", "visibility"}


def test_one_night_from_nothing_gives_the_same(late: Path, delivered: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(delivered, home)
    invisible.write_evidence(home, invisible.draw(home))
    warehouse.publish(home, LAST, REASON)
    assert _state(home) == _state(late)


def test_evidence_opens_days_that_its_night_does_not_rebuild(delivered: Path, tmp_path: Path) -> None:
    """The other feeds begin a week before the end, and come with the second of three nights and the third."""
    one_by_one, at_once = tmp_path / "one_by_one", tmp_path / "at_once"
    shutil.copytree(delivered, one_by_one)
    drawn = invisible.draw(delivered)
    first, second, third = (LAST - timedelta(days=back) for back in (2, 1, 0))
    warehouse.publish(one_by_one, first, REASON)
    before = company.tiers(one_by_one)
    invisible.write_evidence(one_by_one, drawn, [day for day in DAYS[-7:] if day <= first])
    warehouse.publish(one_by_one, second, REASON)
    assert company.manifest(one_by_one)["dates_rebuilt_count"] < 10
    after = company.tiers(one_by_one)
    changed = company.changed_tiers(before, after)
    assert company.restatements(one_by_one) == changed
    # tiers of weeks before the first of the evidence: nobody's windows but theirs were looked at again
    assert min(row[3] for row in changed) < DAYS[-14]
    assert "visibility" in {kind for kind, _ in company.causes(one_by_one)}
    invisible.write_evidence(one_by_one, drawn, DAYS[-7:])
    warehouse.publish(one_by_one, third, REASON)
    shutil.copytree(delivered, at_once)
    invisible.write_evidence(at_once, drawn, DAYS[-7:])
    warehouse.publish(at_once, third, REASON)
    assert _state(one_by_one) == _state(at_once)


def test_late_rows_of_the_deciding_feed_close_the_gap_there(late: Path, tmp_path: Path) -> None:
    """The rows of somebody without telemetry: that of one day, taken back again; then those of all others."""
    home = tmp_path / "home"
    shutil.copytree(late, home, symlinks=True)
    taken: dict[str, list[dict[str, str]]] = json.loads(
        late.parents[1].joinpath("shared-invisible", "taken.json").read_text()
    )
    rows = {date.fromisoformat(row["day"]): row for row in max(taken.values(), key=len)}
    days = sorted(rows)
    before, day, after = days[len(days) // 2 - 1 : len(days) // 2 + 2]
    path = _put_row(home, day, rows[day])
    _publish_as_restated(home)
    assert _copilot_spans(home, day) == [(IN_USE_FROM, day), (day + timedelta(days=1), None)]
    company.succeed(home, "withdraw", company.delivery_of(home, path), "--reason", "of another enterprise")
    assert _state(home) == _state(late)
    for other in days:
        if other != day:
            _put_row(home, other, rows[other])
    assert len(_publish_as_restated(home)) > 10
    assert _copilot_spans(home, before) == [(before + timedelta(days=1), after)]


def _put_row(home: Path, day: date, row: dict[str, str]) -> str:
    path = f"github_copilot/users_1_day/users-1-day_{day}_20260401T000000Z.ndjson"
    company.put(home, path, json.dumps(row) + "\n")
    return path


def _publish_as_restated(home: Path) -> set[company.Row]:
    """One more night, whose ledger must hold the difference it makes; that difference."""
    before = company.tiers(home)
    warehouse.publish(home, LAST, REASON)
    changed = company.changed_tiers(before, company.tiers(home))
    assert company.restatements(home) == changed
    return changed


def _copilot_spans(home: Path, day: date) -> list[company.Row]:
    """The open days of whoever has a row on a day: of those who cannot be seen, the one with late rows."""
    with _open(home) as connection:
        return connection.execute(
            "select valid_from, valid_to from ops.invisible_span where employee_key in "
            "(select employee_key from marts.fct_employee_tool_daily where tool_id = 'github_copilot' "
            "and activity_date = ?) and tool_id = 'github_copilot' order by all",
            [day],
        ).fetchall()


def test_the_evidence_says_by_which_feed_and_route(late: Path, drawn: Drawn) -> None:
    with _open(late) as connection:
        routes = connection.execute(
            "select distinct employee_id, feed, routes_text from ops.contrary_evidence "
            "join person using (employee_key)"
        ).fetchall()
        texts = connection.execute(
            "select distinct employee_id, rule_text || ' ' || days_text as text "
            "from marts.fct_employee_tier_evidence join person using (employee_key) where scope_code = 'all'"
        ).fetchall()
    assert set(routes) == {(p, "seats", "first_party") for p in drawn.without_telemetry} | {
        (p, "claude_code", "bedrock") for p in drawn.on_bedrock
    }
    said = dict(texts)
    for people, reason in (
        (
            drawn.without_telemetry,
            "GitHub Copilot (not visible in github_copilot/users_1_day although use is shown by "
            "github_copilot/seats)",
        ),
        (
            drawn.on_bedrock,
            "Claude Code (not visible in claude_code/usage_report although use is shown by otel/claude_code)",
        ),
    ):
        assert [person for person in people if reason not in said[person]] == []
        explained = company.succeed(late, "explain", people[0])
        assert reason in " ".join(explained.split())


def test_both_feeds_of_a_tool_are_set_side_by_side(late: Path, drawn: Drawn) -> None:
    """Of each day with telemetry: the people of Bedrock are in the one feed alone, the others in both."""
    truth = read_truth(late / "sample_truth")
    used = {(person, day) for person, tool, day in truth.usage if tool == CLAUDE}
    with _open(late) as connection:
        found = connection.execute(
            "select from_date, to_date, both_count, compared_only_count, compared_total from ops.cross_check "
            "where measure_name = 'session_count' and compared_feed = 'claude_code' order by 1"
        ).fetchall()
        covered = {
            day
            for (day,) in connection.execute(
                "select distinct a.activity_date from ops.feed_coverage a join ops.feed_coverage b "
                "using (activity_date) where a.feed = 'usage_report' and b.source = 'otel'"
            ).fetchall()
        }
        sessions = {
            (person, day)
            for person, day in connection.execute(
                "select employee_id, activity_date from marts.fct_employee_tool_daily "
                "join person using (employee_key) where tool_id = 'claude_code' and session_count > 0"
            ).fetchall()
        }
    assert {row[0] for row in found} == covered
    for day, to_date, both, alone, total in found:
        people = {one for one in (*drawn.seen_by_both, *drawn.on_bedrock) if (one, day) in used}
        in_both = {one for one in people if (one, day) in sessions}
        assert in_both <= set(drawn.seen_by_both)
        assert (to_date, both, alone, total) == (day, len(in_both), len(people - in_both), len(people))
    assert sum(row[2] for row in found) > 20
