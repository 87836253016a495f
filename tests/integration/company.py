"""A small made-up company, its command line and what readers see of it: the tools of the tests beside it.

Asserted here is only what holds for every command: no traceback, a complaint in our own voice, nobody named.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.home import PROJECT_ROOT
from tests.oracle.inbox import deliveries, pages

FIRST, DAY = date(2026, 2, 24), date(2026, 3, 30)
LATE_FROM, LATE_TO = date(2026, 3, 18), date(2026, 3, 24)
LATE_FILE = f"claude_code/usage_report/{LATE_FROM}_{LATE_TO}_20260401T070000Z.json"
TOMORROW_STAMP = "20260402T000000Z"
NAMING_COLUMNS = ("work_email", "display_name", "github_login")

Row = tuple[Any, ...]
TierKey = tuple[str, str, str, date]


def environment() -> dict[str, str]:
    """The environment of a command, without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ADOPTION_")}


def command(home: Path, *arguments: str) -> list[str]:
    """The words of one command line."""
    return [sys.executable, "-m", "orchestration.command_line.cli", *arguments, "--home", str(home)]


def adoption(
    home: Path, *arguments: str, project: Path | None = None, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, of the project in another directory if one is given."""
    variables = environment()
    if project is not None:
        variables["PYTHONPATH"] = str(project)
    finished = subprocess.run(
        command(home, *arguments),
        capture_output=True,
        text=True,
        check=False,
        env=variables,
        cwd=project,
        timeout=timeout,
    )
    assert "Traceback" not in finished.stderr
    if finished.returncode:
        assert complaint(finished) != "", finished.stderr
    said = finished.stdout + finished.stderr
    assert [name for name in names_of_people(home) if name in said] == []
    return finished


def complaint(finished: subprocess.CompletedProcess[str]) -> str:
    """What a command said in the end; empty when it did not complain."""
    return finished.stderr.partition("adoption: ")[2].strip()


def succeed(home: Path, *arguments: str, project: Path | None = None) -> str:
    """One command that must exit with 0; what it printed."""
    finished = adoption(home, *arguments, project=project)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def names_of_people(home: Path) -> list[str]:
    """Everything in the first snapshot of the workforce that names somebody."""
    first = min((home / "inbox" / "hr" / "workers").glob("*.csv"), default=None)
    if first is None:
        return []
    with first.open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file) for column in NAMING_COLUMNS if row[column]]


def published(home: Path) -> Path:
    """The directory of the generation in force, resolved once."""
    return (home / "published" / "current").resolve(strict=True)


def what_readers_see(home: Path) -> dict[str, str]:
    """The generation in force and the sha256 of every file of it; empty when there is none."""
    if not (home / "published" / "current").exists():
        return {}
    folder = published(home)
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
    return {"directory": folder.name} | files


def status(home: Path) -> dict[str, Any]:
    """What `adoption status --json` says, whatever it thinks of it."""
    found = json.loads(shown_status(home, "--json"))
    assert isinstance(found, dict)
    return found


def shown_status(home: Path, *options: str) -> str:
    """What `adoption status` prints; its exit status is the one it states."""
    shown = adoption(home, "status", *options)
    assert shown.returncode in (0, 1, 3, 5), shown.stderr
    return shown.stdout


def manifest(home: Path) -> dict[str, Any]:
    """The manifest of the generation in force."""
    found = json.loads((published(home) / "manifest.json").read_bytes())
    assert isinstance(found, dict)
    return found


def query(home: Path, statement: str, file: str = "adoption.duckdb") -> list[Row]:
    """Rows of one published file of the generation in force; the identity file is attached as `identity`."""
    with duckdb.connect(str(published(home) / file), read_only=True) as connection:
        connection.execute(f"attach '{published(home) / 'adoption_identity.duckdb'}' as identity (read_only)")
        return connection.execute(statement).fetchall()


def tiers(home: Path) -> dict[TierKey, tuple[str, str | None, str | None, bool | None]]:
    """(policy, scope, person, as-of date) to tier, low, high and is_firm, for every published as-of date."""
    last = date.fromisoformat(manifest(home)["as_of_date"])
    found: dict[TierKey, tuple[str, str | None, str | None, bool | None]] = {}
    for policy, scope, key, begins, ends, *tier in query(
        home,
        "select policy_id, scope_code, employee_key, valid_from, valid_to, tier_code, tier_low_code, "
        "tier_high_code, is_firm from marts.dim_employee_tier",
    ):
        day = begins
        while day <= last and (ends is None or day < ends):
            assert (policy, scope, key, day) not in found, "two tiers on one date"
            found[policy, scope, key, day] = (tier[0], tier[1], tier[2], tier[3])
            day += timedelta(days=1)
    return found


Tiers = Mapping[TierKey, tuple[str, str | None, str | None, bool | None]]


def changed_tiers(before: Tiers, after: Tiers) -> set[Row]:
    """(policy, scope, person, as-of date, old, new) for every published tier that is another now, or gone."""
    return {
        (*key, old[0], after[key][0] if key in after else None)
        for key, old in before.items()
        if key not in after or after[key][0] != old[0]
    }


def restatements(home: Path) -> set[Row]:
    """The rows the newest generation added to the ledger of restatements, as changed_tiers states them."""
    rows = query(
        home,
        "select policy_id, scope_code, employee_key, as_of_date, old_tier_code, new_tier_code "
        "from marts.fct_tier_restatement where restated_at = (select max(built_at) from ops.generation)",
    )
    assert len(rows) == len(set(rows)), "a restatement is listed twice"
    return set(rows)


def causes(home: Path) -> set[Row]:
    """(kind, delivery) behind the restatements of the newest generation."""
    return set(
        query(
            home,
            "select distinct cause_kind, cause_delivery_id from marts.fct_tier_restatement "
            "where restated_at = (select max(built_at) from ops.generation)",
        )
    )


def granted_tools(home: Path, employee_id: str, day: date) -> set[str]:
    """The tools a person may use on a date, by the truth beside the sample."""
    for line in (home / "sample_truth" / "people.jsonl").read_text(encoding="utf-8").splitlines():
        person = json.loads(line)
        if person["employee_id"] == employee_id:
            return {
                row["tool_id"]
                for row in person["entitlements"]
                if row["status"] == "granted"
                and row["from"] <= day.isoformat() <= (row["to"] or "9999-12-31")
            }
    raise AssertionError("nobody has this id")


def delivery_of(home: Path, path: str) -> str:
    """The id of the delivery that one file of the inbox became."""
    ((found,),) = query(home, f"select delivery_id from ops.load_file where file_path = '{path}'")
    return str(found)


def put(home: Path, path: str, content: bytes | str) -> None:
    """Deliver one file; a name that ends in .gz is compressed."""
    target = home / "inbox" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    target.write_bytes(gzip.compress(data) if path.endswith(".gz") else data)


def claude_pages(home: Path, first: date, last: date) -> str:
    """All pages that the inbox holds for some dates of Claude Code, one a line, the oldest delivery first."""
    found = [
        page
        for delivery in deliveries(home / "inbox" / "claude_code" / "usage_report")
        if first <= delivery.dates[0] <= last
        for page in pages(delivery)
    ]
    return "".join(json.dumps(page | {"has_more": False, "next_page": None}) + "\n" for page in found)


def take_claude_days(home: Path, first: date, last: date) -> str:
    """Take the deliveries of some dates of Claude Code out of the inbox; their pages."""
    taken = claude_pages(home, first, last)
    for path in (home / "inbox" / "claude_code" / "usage_report").iterdir():
        if first.isoformat() <= path.name[:10] <= last.isoformat():
            path.unlink()
    return taken


def copy_project(project: Path) -> None:
    """The code of the warehouse in another directory, to be edited."""
    project.mkdir()
    for name in ("orchestration", "data_quality", "dbt_project"):
        shutil.copytree(PROJECT_ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "dbt_project.yml", project)


def workers(home: Path, day: date) -> list[dict[str, str]]:
    """The rows of the workforce snapshot of one date."""
    (path,) = (home / "inbox" / "hr" / "workers").glob(f"workers_{day}_*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def workers_csv(rows: Iterable[Mapping[str, str]]) -> str:
    """A workforce snapshot as HR delivers it."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def with_cycle(rows: Iterable[dict[str, str]]) -> str:
    """The same workforce, with two people who manage each other."""
    rows = [dict(row) for row in rows]
    managed = [row for row in rows if row["manager_employee_id"]]
    boss = next(row for row in managed if row["employee_id"] in {r["manager_employee_id"] for r in managed})
    report = next(row for row in managed if row["manager_employee_id"] == boss["employee_id"])
    boss["manager_employee_id"] = report["employee_id"]
    return workers_csv(rows)


def make_sample(home: Path, *, employees: int, first: date = FIRST, last: date = DAY, seed: int = 7) -> None:
    """A home whose inbox a made-up company fills."""
    days = ("--from", first.isoformat(), "--to", last.isoformat())
    succeed(home, "sample", "--employees", str(employees), *days, "--seed", str(seed))
