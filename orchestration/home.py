"""Where everything of one installation lies on disk.

Only paths belong here; what is in the files belongs to the modules that own them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SHARED_FILE = "adoption_shared.duckdb"
EMPLOYEE_FILE = "adoption.duckdb"
IDENTITY_FILE = "adoption_identity.duckdb"
PUBLISHED_FILES = (SHARED_FILE, EMPLOYEE_FILE, IDENTITY_FILE)


@dataclass(frozen=True)
class Home:
    """The paths below one `$ADOPTION_HOME`; nothing is created by naming them."""

    root: Path

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def pulled(self) -> Path:
        return self.root / "pulled"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def known_statements(self) -> Path:
        return self.landing / "known_statements.duckdb"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def candidate(self) -> Path:
        return self.work / "candidate"

    @property
    def scratch(self) -> Path:
        return self.work / "scratch.duckdb"

    @property
    def held(self) -> Path:
        return self.root / "held"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def current(self) -> Path:
        return self.published / "current"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        return self.dagster / "dbt_target"

    @property
    def lock(self) -> Path:
        return self.root / "run.lock"

    @property
    def alerts(self) -> Path:
        return self.root / "alerts.json"

    @property
    def default_key(self) -> Path:
        return self.root / "pseudonym.key"
