"""A company whose vendors are pulled: the same facts as from files, failures said, no secret anywhere."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse
from tests.integration import company
from tests.oracle import inbox
from tests.shared_home import shared_home
from tests.unit.pulling_home import unpacked
from tests.vendors import rules
from tests.vendors.server import Vendor, serving

pytestmark = pytest.mark.slow

FIRST, DAY = date(2026, 3, 9), date(2026, 3, 30)
CLAUDE, COPILOT = Path("claude_code/usage_report"), Path("github_copilot/users_1_day")
VARIABLES = {"CLAUDE_SECRET": rules.SECRET, "COPILOT_SECRET": rules.SECRET}
CONTENT_CANARY = "CANARY-IN-AN-ANSWER"
Days = dict[str, list[dict[str, Any]]]
Records = Callable[[inbox.Delivery], Iterator[tuple[tuple[Any, ...], date, dict[str, Any]]]]


def days_of(folder: Path, records: Records) -> Days:
    """What a vendor holds per day that its files cover: all their records, the latest file's last."""
    found: Days = {}
    for delivery in inbox.deliveries(folder):
        (day,) = delivery.dates
        rows = [
            row | {"session_title": f"{CONTENT_CANARY} of a field to come"} for _, _, row in records(delivery)
        ]
        found.setdefault(day.isoformat(), []).extend(rows)
    return found


def told_to_pull(home: Path, url: str) -> None:
    """Settings of a home whose vendors are pulled."""
    lines = [(home / "adoption.toml").read_text() if (home / "adoption.toml").exists() else ""]
    for source, variable in (("claude_code", "CLAUDE_SECRET"), ("github_copilot", "COPILOT_SECRET")):
        lines += [f"[sources.{source}]", 'mode = "api"', f'base_url = "{url}"', f'secret_env = "{variable}"']
    lines += ['feeds = ["users_1_day"]', 'parameters = { enterprise = "acme" }']
    (home / "adoption.toml").write_text("\n".join(lines) + "\n")


def adoption(home: Path, *arguments: str, variables: Mapping[str, str] = VARIABLES) -> Any:
    """One command with the secrets in its environment."""
    return subprocess.run(
        company.command(home, *arguments),
        capture_output=True,
        text=True,
        check=False,
        env=company.environment() | dict(variables),
        timeout=600,
    )


@pytest.fixture(scope="module")
def filed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home built from files alone; not to be changed."""

    def prepare(home: Path) -> None:
        warehouse.sample(home, employees=30, first=FIRST, last=DAY, seed=11)
        warehouse.succeed(home, "nightly", "--date", DAY.isoformat())

    return shared_home(tmp_path_factory, "filed_home", prepare)


@pytest.fixture(scope="module")
def vendor(filed_home: Path) -> Iterator[Vendor]:
    """A vendor that holds what the files held."""
    found = Vendor()
    claude = days_of(filed_home / "inbox" / CLAUDE, inbox.claude_records)
    copilot = days_of(filed_home / "inbox" / COPILOT, inbox.copilot_records)
    found.rules |= rules.claude_code(claude, page_size=7)
    found.rules |= rules.copilot(found, {day: [rows[:9], rows[9:]] for day, rows in copilot.items()})
    with serving(found):
        yield found


def prepare_pulled(home: Path, filed_home: Path, url: str) -> Any:
    """The same company before its first night, without files of the two vendors, pulled for all its dates."""
    home.mkdir()
    shutil.copytree(filed_home / "inbox", home / "inbox")
    for name in ("pseudonym.key", "adoption.toml"):
        shutil.copy(filed_home / name, home / name)
    for folder in (CLAUDE, COPILOT):
        shutil.rmtree(home / "inbox" / folder)
    told_to_pull(home, url)
    return adoption(home, "backfill", "--from", FIRST.isoformat(), "--to", DAY.isoformat())


@pytest.fixture(scope="module")
def pulled(filed_home: Path, vendor: Vendor, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home that pulled all its dates, not to be changed, and all that its run said."""
    home = tmp_path_factory.mktemp("pulled") / "home"
    done = prepare_pulled(home, filed_home, vendor.url)
    assert done.returncode == 0, done.stderr
    return home, done.stdout + done.stderr


# Which deliveries stand behind a day, and when the last one came, is told by their ids and stamps.
ABOUT_DELIVERIES = {
    "adoption.fct_tier_evidence_delivery",
    "adoption.fct_employee_tier_evidence",
    "adoption_shared.feed_freshness",
}


def test_a_pulled_company_has_the_same_facts_as_one_that_delivers_files(
    filed_home: Path, pulled: tuple[Path, str]
) -> None:
    from_files = warehouse.table_hashes(warehouse.current(filed_home))
    found = warehouse.table_hashes(warehouse.current(pulled[0]))
    assert {table for table in from_files if found[table] != from_files[table]} <= ABOUT_DELIVERIES


def test_neither_secret_nor_content_is_kept_or_said(pulled: tuple[Path, str]) -> None:
    home, said = pulled
    for canary in (rules.SECRET, "SIGNATURE-CANARY", CONTENT_CANARY):
        assert canary not in said
        holding = [path for path in home.rglob("*") if path.is_file() and canary.encode() in unpacked(path)]
        assert holding == []


def test_the_same_night_again_finds_nothing_new(pulled: tuple[Path, str], tmp_path: Path) -> None:
    home = Path(shutil.copytree(pulled[0], tmp_path / "home", symlinks=True))
    before = sorted((home / "pulled").rglob("*"))
    done = adoption(home, "nightly", "--date", DAY.isoformat())
    assert done.returncode == 0, done.stderr
    assert f"Nothing to do, nothing published: {DAY} is published" in done.stdout
    assert "Pulls: 0 with news (0 records), 7 as before." in done.stdout
    assert sorted((home / "pulled").rglob("*")) == before


def test_a_feed_that_cannot_be_pulled_stops_neither_the_others_nor_the_night(
    filed_home: Path, pulled: tuple[Path, str], tmp_path: Path
) -> None:
    # the last four days are read again, and the days that the vendor did not have are asked for anew
    delivered = days_of(filed_home / "inbox" / COPILOT, inbox.copilot_records).keys()
    days = [(FIRST + timedelta(days=number)).isoformat() for number in range(23)]
    asked_for = [
        day for day in days if day >= "2026-03-28" or (day not in delivered and day > min(delivered))
    ]
    home = Path(shutil.copytree(pulled[0], tmp_path / "home", symlinks=True))
    done = adoption(
        home, "nightly", "--date", "2026-03-31", variables=VARIABLES | {"COPILOT_SECRET": "revoked"}
    )
    assert done.returncode == 1
    said = company.complaint(done).splitlines()
    assert said[0] == (
        f"{len(asked_for)} pulls did not complete and nothing of them was kept; generation 2 was published "
        "without them."
    )
    assert said[1] == (
        f"github_copilot/users_1_day {asked_for[0]}: The vendor answered with HTTP 401: check the secret in "
        "the variable COPILOT_SECRET and its rights."
    )
    assert f"{len(asked_for)} FAILED, their days stay unobserved" in done.stdout
    assert "revoked" not in done.stdout + done.stderr
    covered = "select source, activity_date from ops.feed_coverage where activity_date = '2026-03-31'"
    assert {source for source, _ in company.query(home, covered)} == {"claude_code"}
    assert company.status(home)["as_of_date"] == "2026-03-31"


def test_a_secret_that_is_not_there_is_wrong_use(pulled: tuple[Path, str]) -> None:
    done = adoption(pulled[0], "nightly", "--date", DAY.isoformat(), variables={"CLAUDE_SECRET": "x"})
    assert done.returncode == 2
    assert "The environment variable COPILOT_SECRET" in company.complaint(done)
    assert company.complaint(done).count("\n") == 0
