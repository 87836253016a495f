"""Whom edited tier policies would move: one policy version evaluated on the data of the generation in force.

Works in a folder of its own below the home and leaves nothing; what is printed belongs to the command line.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import durable, lock, pseudonym, run_log
from orchestration.errors import WrongUse
from orchestration.home import EMPLOYEE_FILE, PUBLISHED_FILES, Home
from orchestration.ledger import Ledger
from orchestration.publishing import generation
from orchestration.tiers.policies import Policies, PolicyVersion
from orchestration.transformation import dbt_run, run_basis, run_scope, scratch
from orchestration.transformation.run_scope import DeliveryDates, RunScope

if TYPE_CHECKING:
    from orchestration.publishing.manifest import Manifest
    from orchestration.settings import Settings

FOLDER_PREFIX = "simulation-"
LOG = "simulation.log"
Evaluation = tuple[str, int, date]
EVALUATED = "int_tier_evaluated"
# What an edit of the policies changes; anything else that changed since is not simulated for the past.
POLICY_SEEDS = frozenset(
    f"seed.{dbt_run.PROJECT_NAME}.{name}"
    for name in (
        "tier_policies",
        "tier_policy_scopes",
        "tier_rules",
        "tier_score_parts",
        "scopes",
        "scope_modes",
    )
)

_MOVEMENT = f"""
with simulated as (
    select scope_code, employee_key, tier_code, is_firm, reason_code
    from scratch.main.{EVALUATED}
    where policy_id = $policy_id
        and policy_version = $policy_version
        and evaluation_kind = 'daily'
        and as_of_date = $as_of
),
in_force as (
    select scope_code, employee_key, tier_code
    from published.marts.dim_employee_tier
    where policy_id = $compared_policy_id
        and valid_from <= $as_of
        and (valid_to is null or valid_to > $as_of)
        and scope_code in (select scope_code from simulated)
)
select
    coalesce(simulated.scope_code, in_force.scope_code) as scope_code,
    in_force.tier_code as old_tier_code,
    simulated.tier_code as new_tier_code,
    count(*) as person_count,
    count(*) filter (where simulated.is_firm) as firm_count,
    count(*) filter (where simulated.reason_code = 'no_cutoffs') as no_cutoffs_count,
from simulated
full outer join in_force
    on in_force.scope_code = simulated.scope_code
    and in_force.employee_key = simulated.employee_key
group by all
order by all
"""


@dataclass(frozen=True)
class Compared:
    """The policy version whose published tiers are compared with; its tiers with their ranks."""

    policy_id: str
    policy_version: int
    scale: Mapping[str, int | None]


@dataclass(frozen=True)
class ScopeMovement:
    """People of one scope by (tier in force, tier under the edited rule); None = no row there."""

    scope_code: str
    person_counts: Mapping[tuple[str | None, str | None], int]
    firm_count: int
    no_cutoffs_count: int

    @property
    def person_count(self) -> int:
        """People with a row under the edited rule."""
        return sum(count for (_, new), count in self.person_counts.items() if new is not None)

    @property
    def is_in_force(self) -> bool:
        """Whether anybody has a tier of this scope in force."""
        return any(old is not None for old, _ in self.person_counts)

    @property
    def unchanged_count(self) -> int:
        """People whose tier is the same."""
        return sum(count for (old, new), count in self.person_counts.items() if old == new)


@dataclass(frozen=True)
class Simulation:
    """What one policy version would say of an as-of date. `why_not_compared` is empty where `compared` "
    "holds."""

    version: PolicyVersion
    as_of: date
    generation: int
    compared: Compared | None
    why_not_compared: str
    scopes: tuple[ScopeMovement, ...]
    notes: tuple[str, ...]


def chosen_version(policies: Policies, policy_id: str, number: int | None, as_of: date) -> PolicyVersion:
    """The version that is meant; WrongUse for an unknown policy or version, or a date no version holds on."""
    versions = policies.versions_of(policy_id)
    if not versions:
        raise WrongUse(
            f"There is no tier policy {policy_id!r} in tier_policies.csv; it has "
            f"{', '.join(policies.policy_ids)}."
        )
    known = ", ".join(str(version.policy_version) for version in versions)
    for version in versions:
        if version.policy_version == number or (number is None and version.is_in_force(as_of)):
            return version
    if number is None:
        raise WrongUse(
            f"No version of {policy_id} holds on {as_of}; name one with --version (it has {known})."
        )
    raise WrongUse(f"{policy_id} has no version {number} in tier_policies.csv; it has {known}.")


def why_incomparable(version: PolicyVersion, compared: Compared | None, default_id: str) -> str:
    """Why people cannot be said to move between the two; empty if they can."""
    if compared is None:
        return f"nothing of {version.policy_id} or of the default {default_id} is published for that date"
    if dict(compared.scale) != version.scale:
        other = f"{compared.policy_id} version {compared.policy_version}"
        return (
            f"{other} has the tiers {_scale(compared.scale)}, and {version.policy_id} version "
            f"{version.policy_version} has {_scale(version.scale)}; a tier of the one is none of the other"
        )
    return ""


def _scale(scale: Mapping[str, int | None]) -> str:
    rated = {tier: rank for tier, rank in scale.items() if rank is not None}
    return ", ".join(f"{tier} ({rank})" for tier, rank in sorted(rated.items(), key=lambda item: -item[1]))


def simulate(
    home: Home,
    settings: Settings,
    policies: Policies,
    *,
    policy_id: str,
    number: int | None,
    wanted: date | None,
    say: Callable[[str], None],
) -> Simulation:
    """Evaluate one version of a policy on an as-of date and compare it with what is published for that date.

    Raises WrongUse for an unknown policy, version or date, or without a generation; Busy; RunFailed naming
    the models that failed. Nothing that is published, held, landed or at work is touched.
    """
    if not home.root.is_dir():
        raise WrongUse(f"{home.root} does not exist; give the home with --home.")
    run_id = f"simulate-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    with lock.run_lock(home, run_id):
        current = generation.current(home)
        if current is None:
            raise WrongUse(f"Nothing has been published in {home.root} yet; run `adoption nightly` first.")
        pseudonym.read_key(pseudonym.key_path(home, settings))
        as_of = wanted or current.as_of_date
        published = home.current.resolve(strict=True)
        _check_date(published, as_of, current.as_of_date)
        version = chosen_version(policies, policy_id, number, as_of)
        compared = _compared(published, policy_id, as_of) or _compared(
            published, policies.default_policy_id, as_of
        )
        with _own_folder(home) as copy:
            say(f"Copying generation {current.generation}")
            evaluation = (version.policy_id, version.policy_version, as_of)
            _prepare(home, copy, current, published, evaluation, bounds=run_basis.bounds(settings))
            say(f"Evaluating {version.policy_id} version {version.policy_version} as of {as_of} with dbt")
            _evaluate(home, settings, copy)
            scopes = _movement(copy, published, version, as_of, compared)
        reason = why_incomparable(version, compared, policies.default_policy_id)
        return Simulation(
            version=version,
            as_of=as_of,
            generation=current.generation,
            compared=None if reason else compared,
            why_not_compared=reason,
            scopes=scopes,
            notes=tuple(_notes(current, policies, version, as_of, number)),
        )


def _check_date(published: Path, as_of: date, last: date) -> None:
    import duckdb

    if as_of > last:
        raise WrongUse(f"The date {as_of} lies after {last}, the published as-of date.")
    with duckdb.connect(str(published / EMPLOYEE_FILE), read_only=True) as database:
        ((first,),) = database.execute("select min(valid_from) from marts.dim_employee_tier").fetchall()
    if first is None:
        raise WrongUse("Nobody has a tier in the generation in force, so there is nothing to compare with.")
    if as_of < first:
        raise WrongUse(f"The date {as_of} lies before {first}, the first as-of date with tiers.")


def _compared(published: Path, policy_id: str, as_of: date) -> Compared | None:
    import duckdb

    with duckdb.connect(str(published / EMPLOYEE_FILE), read_only=True) as database:
        versions = database.execute(
            "select distinct policy_version from marts.dim_employee_tier where policy_id = ? "
            "and valid_from <= ? and (valid_to is null or valid_to > ?)",
            [policy_id, as_of, as_of],
        ).fetchall()
        if not versions:
            return None
        ((number,),) = versions
        tiers = database.execute(
            "select tier_code, tier_rank from marts.dim_tier where policy_id = ? and policy_version = ?",
            [policy_id, number],
        ).fetchall()
    return Compared(policy_id, number, dict(tiers))


@contextmanager
def _own_folder(home: Home) -> Iterator[Home]:
    """A home inside the home, removed at the end, also after a signal; leftovers of a killed one go first."""
    for leftover in home.root.glob(f"{FOLDER_PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with _interrupted_by_sigterm():
        with durable.disk_errors("Starting the simulation"):
            folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=home.root.absolute()))
        try:
            yield Home(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that what it must remove is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []

    def interrupt(number: int, _: object) -> None:
        received.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except Exception:
        if received:  # a library made an error of its own of the interruption
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _prepare(
    home: Home,
    copy: Home,
    current: Manifest,
    published: Path,
    evaluation: Evaluation,
    *,
    bounds: run_scope.Bounds,
) -> None:
    """Copy the published files and write run tables that ask for this one evaluation and no date besides."""
    with durable.disk_errors("Copying the generation in force"):
        copy.candidate.mkdir(parents=True)
        for name in PUBLISHED_FILES:
            durable.copy_file(published / name, copy.candidate / name, 0o600)
    with Ledger(home.ledger) as ledger:
        # A delivery withdrawn since is still what the generation in force was built from.
        deliveries = [
            replace(delivery, status="duplicate" if delivery.duplicate_of else "landed")
            for delivery in ledger.deliveries()
            if delivery.delivery_id in set(current.delivery_ids)
        ]
        dates = DeliveryDates.of(ledger.delivery_dates())
    last = current.as_of_date
    first = run_scope.first_date(deliveries, dates, bounds.floor(last))
    assert first is not None  # a generation has data
    scope = RunScope(
        requested_date=last,
        as_of_date=last,
        previous_as_of_date=last,
        first_date=first,
        previous_first_date=first,
        is_full_rebuild=False,
        touched_dates=(),
        deliveries=tuple(deliveries),
        pending_ids=frozenset(),
        is_due=True,
        reason="simulation",
    )
    scratch.write_run_tables(
        copy.scratch,
        scope,
        dates,
        home_root=home.root,
        run_id="simulation",
        generation_number=current.generation,
        built_at=current.built_at,
        tier_evaluations=[evaluation],
    )


def _evaluate(home: Home, settings: Settings, copy: Home) -> None:
    dbt_run.ensure_manifest(copy)
    environment = dbt_run.dbt_environment(copy, settings, pseudonym.key_path(home, settings))
    with run_log.open_log(home, LOG) as log:
        return_code = dbt_run.run_dbt(dbt_run.models_arguments(f"+{EVALUATED}"), environment, log)
    dbt_run.check_results(copy, return_code, log=home.dagster / "logs" / LOG)


def _movement(
    copy: Home, published: Path, version: PolicyVersion, as_of: date, compared: Compared | None
) -> tuple[ScopeMovement, ...]:
    import duckdb

    with duckdb.connect(":memory:") as database:
        for name, path in (("scratch", copy.scratch), ("published", published / EMPLOYEE_FILE)):
            quoted = str(path).replace("'", "''")
            database.execute(f"attach '{quoted}' as {name} (read_only)")
        rows = database.execute(
            _MOVEMENT,
            {
                "policy_id": version.policy_id,
                "policy_version": version.policy_version,
                "as_of": as_of,
                "compared_policy_id": compared.policy_id if compared else "",
            },
        ).fetchall()
    return tuple(
        ScopeMovement(
            scope_code=scope,
            person_counts={(row[1], row[2]): row[3] for row in rows if row[0] == scope},
            firm_count=sum(row[4] for row in rows if row[0] == scope),
            no_cutoffs_count=sum(row[5] for row in rows if row[0] == scope),
        )
        for scope in dict.fromkeys(row[0] for row in rows)
    )


def _notes(
    current: Manifest, policies: Policies, version: PolicyVersion, as_of: date, number: int | None
) -> Iterator[str]:
    now = dbt_run.node_hashes()
    changed = {
        node
        for node in now.keys() | current.node_hashes.keys()
        if now.get(node) != current.node_hashes.get(node)
    }
    if changed - POLICY_SEEDS:
        yield (
            f"Models or seeds besides the tier policies changed since generation {current.generation}; "
            "the days it "
            "is built on are taken as they were built, so a night can move more people than this."
        )
    later = [v for v in policies.versions_of(version.policy_id) if v.effective_from > as_of]
    if number is None and later:
        yield (
            f"Version {later[0].policy_version} holds from {later[0].effective_from} on; "
            f"--version {later[0].policy_version} shows it."
        )
