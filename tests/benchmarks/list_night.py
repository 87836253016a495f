"""One ordinary night of a small company, with 30 and with 400 snapshots of each list behind it.

The lists are those that say who goes by which name: accounts, identities, a vendor's users, keys and bots. A
night brings one more of each. docs/measured.md has the command and the figures.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from orchestration.home import Home
from tests import warehouse
from tests.benchmarks import process_tree
from tests.benchmarks.week_engine import model_seconds

SNAPSHOTS = (30, 400)
ACCOUNTS = 3_000
LAST = date(2026, 3, 26)
FIRST = LAST - timedelta(days=9)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# Of a thousand people so many have another login than the day before.
RENAMED_PER_THOUSAND = 2


@dataclass(frozen=True)
class Night:
    """Seconds of the whole command, of dbt's models from the first to the last, and of each model."""

    seconds: float
    dbt_seconds: float
    model_seconds: dict[str, float]


def write_lists(home: Path, day: date, logins: list[str]) -> None:
    """One snapshot of each list, in which person n has the n-th login."""
    names = [f"person{number}@bank.example" for number in range(len(logins))]
    accounts = [
        {
            "id": f"scim-{number}",
            "userName": name,
            "emails": [{"value": name}, {"value": f"p{number}@mail.example"}],
            ENTERPRISE: {"employeeNumber": f"9{number:06}"},
        }
        for number, name in enumerate(names)
    ]
    identities = [
        json.dumps({"samlIdentity": {"nameId": name}, "user": {"login": login}})
        for name, login in zip(names, logins, strict=True)
    ]
    users = [{"id": f"user-{number}", "email": name} for number, name in enumerate(names)]
    keys = [
        f"claude_code,key-{number},automation,,2025-01-01,{day}\n" for number in range(0, len(logins), 10)
    ]
    header = "source,account_name,kind,owner_employee_id,from_date,to_date\n"
    for path, text in {
        f"scim/users/{day}.json": json.dumps({"Resources": accounts}),
        f"github/saml_identities/{day}.ndjson": "\n".join(identities) + "\n",
        f"chatgpt/users/{day}.json": json.dumps({"data": users, "has_more": False}),
        f"identity/service_accounts/{day}.csv": header + "".join(keys),
    }.items():
        file = home / "inbox" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def night(snapshots: int, accounts: int, folder: Path) -> Night:
    """The night of LAST, after one that built all before it."""
    home = folder / "home"
    warehouse.sample(home, employees=60, first=FIRST, last=LAST, seed=7)
    draw = random.Random(20260326)
    logins = [f"login-{number}" for number in range(accounts)]
    for back in reversed(range(1, snapshots)):
        write_lists(home, LAST - timedelta(days=back), logins)
        for number in draw.sample(range(accounts), accounts * RENAMED_PER_THOUSAND // 1000):
            logins[number] = f"login-{number}-{back}"
    warehouse.publish(home, LAST - timedelta(days=1), "drawn")
    write_lists(home, LAST, logins)
    command = [*warehouse.COMMAND, "nightly", "--date", LAST.isoformat(), "--home", str(home)]
    finished = process_tree.run(command)
    assert finished.status in (0, 3), finished.output
    return Night(finished.seconds, *model_seconds(Home(home)))


def main() -> None:
    """Print the nights side by side, and the models that take longest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--snapshots", type=int, nargs="+", default=SNAPSHOTS)
    arguments = parser.parse_args()
    for snapshots in arguments.snapshots:
        with tempfile.TemporaryDirectory() as folder:
            found = night(snapshots, arguments.accounts, Path(folder))
        print(
            f"{snapshots} snapshots of {arguments.accounts:,} accounts: {found.seconds:.1f} s, "
            f"of which models {found.dbt_seconds:.1f} s"
        )
        for name, seconds in sorted(found.model_seconds.items(), key=lambda item: -item[1])[:8]:
            print(f"  {seconds:6.2f}  {name}")


if __name__ == "__main__":
    main()
