"""A company whose vendors are pulled: the same facts as from files, failures said, no secret anywhere."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse
from tests.integration import company
from tests.oracle import inbox
from tests.shared_home import shared_home
from tests.vendors import rules
from tests.vendors.server import Vendor, serving

pytestmark = pytest.mark.slow

FIRST, DAY = date(2026, 3, 9), date(2026, 3, 30)
CLAUDE, COPILOT = Path("claude_code/usage_report"), Path("github_copilot/users_1_day")
VARIABLES = {"CLAUDE_SECRET": rules.SECRET, "COPILOT_SECRET": rules.SECRET}
Days = dict[str, list[dict[str, Any]]]
Records = Callable[[inbox.Delivery], Iterator[tuple[tuple[Any, ...], date, dict[str, Any]]]]


def days_of(folder: Path, records: Records) -> Days:
    """What a vendor holds per day that its files cover: all their records, the latest file's last."""
    found: Days = {}
    for delivery in inbox.deliveries(folder):
        (day,) = delivery.dates
        found.setdefault(day.isoformat(), []).extend(row for _, _, row in records(delivery))
    return found


def told_to_pull(home: Path, url: str) -> None:
    """Settings of a home whose vendors are pulled."""
    lines = [(home / "adoption.toml").read_text() if (home / "adoption.toml").exists() else ""]
    for source, variable in (("claude_code", "CLAUDE_SECRET"), ("github_copilot", "COPILOT_SECRET")):
        lines += [f"[sources.{source}]", 'mode = "api"', f'base_url = "{url}"', f'secret_env = "{variable}"']
    lines.append('parameters = { enterprise = "acme" }')
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


@pytest.fixture
def empty_home(filed_home: Path, tmp_path: Path, vendor: Vendor) -> Path:
    """The same company before its first night, without files of the two vendors."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(filed_home / "inbox", home / "inbox")
    for name in ("pseudonym.key", "adoption.toml"):
        shutil.copy(filed_home / name, home / name)
    for folder in (CLAUDE, COPILOT):
        shutil.rmtree(home / "inbox" / folder)
    told_to_pull(home, vendor.url)
    return home


def test_a_pulled_company_has_the_same_facts_as_one_that_delivers_files(
    filed_home: Path, empty_home: Path, vendor: Vendor
) -> None:
    done = adoption(empty_home, "backfill", "--from", FIRST.isoformat(), "--to", DAY.isoformat())
    assert done.returncode == 0, done.stderr
    from_files = warehouse.table_hashes(warehouse.current(filed_home))
    pulled = warehouse.table_hashes(warehouse.current(empty_home))
    assert {table for table in from_files if pulled[table] != from_files[table]} == set()
