"""The stages of one run as plain functions: land, plan, audit, publish, and what they hand to each other.

Which dates are built is decided in run_scope.py; in what order the stages run belongs to assets.py (Dagster).
"""

from __future__ import annotations

import functools
import importlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from orchestration import fault_points
from orchestration.errors import AdoptionError, Held, InputRefused, PullIncomplete, RunFailed
from orchestration.home import Home
from orchestration.settings import Settings
from orchestration.transformation import run_basis, run_scope

if TYPE_CHECKING:
    from orchestration.format_ledger import SchemaDrift
    from orchestration.landing.land import LandingReport
    from orchestration.publishing.manifest import Manifest, ManifestDraft
    from orchestration.publishing.verdict import Verdict
    from orchestration.pulling.report import PullReport
    from orchestration.transformation.run_scope import DeliveryDates, RunScope
    from orchestration.transformation.waiting_dbt import WaitingDbt

NO_AGREEMENT = (
    "No monitoring agreement is on file (feed governance/agreements): no employee-level row will exist; "
    "aggregates count employed people only."
)
WHOLE_JOB = "Start the whole job `nightly`, not single steps of it; nothing was published."
AGREEMENTS_FEED = ("governance", "agreements")


def _say_nothing(_: str) -> None:
    pass


@dataclass
class NightlyRun:
    """What the stages of one run know of each other; lives as long as the process that runs it."""

    home: Home
    settings: Settings
    say: Callable[[str], None] = _say_nothing
    run_id: str = ""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: dict[str, float] = field(default_factory=dict)
    has_said_no_agreement: bool = False
    waiting_dbt: WaitingDbt | None = None
    pulls: PullReport | None = None
    landing: LandingReport | None = None
    scope: RunScope | None = None
    node_hashes: Mapping[str, str] | None = None
    is_built: bool = False
    is_told: bool = False
    requested_date: date | None = None
    verdict: Verdict | None = None
    manifest: Manifest | None = None
    failure: AdoptionError | None = None

    @property
    def built_at(self) -> datetime:
        """When the run started, UTC without a zone: the one time stamp of everything it publishes."""
        return self.started_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)

    @property
    def outcome(self) -> str:
        """Whether readers see something new, as the end of a complaint."""
        if self.manifest is None:
            return "Nothing was published."
        return f"Generation {self.manifest.generation} had been published."

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count the time of the block towards a stage, in seconds."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - start


def pull(run: NightlyRun, wanted: date | None, forced: tuple[date, date] | None = None) -> PullReport:
    """Pull the feeds that are set to be pulled, once per run; failures are in the report and stop nothing.

    Raises WrongUse for a date or a setting, RunFailed where the disk cannot be written.
    """
    if run.pulls is not None:
        return run.pulls
    from orchestration.pulling.report import PullReport

    if not any(source.mode == "api" for source in run.settings.sources.values()):
        run.pulls = PullReport()
        return run.pulls

    from orchestration.pulling.pull import pull_feeds
    from orchestration.pulling.window import Night

    limits = run_basis.bounds(run.settings)
    requested = run_scope.requested_date(wanted, run.started_at, run.settings.zone, limits)
    newest = run_scope.default_date(run.started_at, run.settings.zone)
    night = Night(requested, newest, limits.floor(max(requested, newest)), forced)
    with run.timed("pulling"):
        run.pulls = pull_feeds(run.home, run.settings, os.environ, night, now=run.started_at, say=run.say)
        for line in [*run.pulls.notice_lines, *run.pulls.failure_lines]:
            run.say(line)
    return run.pulls


def raise_for_failed_pulls(run: NightlyRun) -> None:
    """Raise PullIncomplete naming each pull that failed; the caller has said what was published."""
    if run.pulls is None or not run.pulls.failed:
        return
    if run.manifest is None:
        went_on = "nothing else was new, nothing was published"
    else:
        went_on = f"generation {run.manifest.generation} was published without them"
    count = len(run.pulls.failed)
    what = (
        "pull did not complete and nothing of it"
        if count == 1
        else "pulls did not complete and nothing of them"
    )
    head = f"{count} {what} was kept; {went_on}."
    raise PullIncomplete("\n".join([head, *run.pulls.failure_lines]))


def land(run: NightlyRun) -> LandingReport:
    """Land everything new in the inbox.

    Raises PoliciesRefused before it looks at any file; InputRefused naming each refused file, after landing
    all others. A frozen file stops nothing.
    """
    from orchestration.landing.land import land_inbox
    from orchestration.tiers import refusals

    refusals.checked_policies()
    with run.timed("landing"):
        run.say("Landing new files of the inbox")
        report = land_inbox(run.home, run.settings, now=run.started_at, progress=run.say)
        run.landing = report
        for notice in report.notices:
            run.say(notice)
        for frozen in report.frozen:
            run.say(f"{frozen.file_path}: {frozen.sentence}")
    if report.refused:
        sentences = [f"{refused.path}: {refused.sentence}" for refused in report.refused]
        count = len(sentences)
        head = (
            f"{count} {'file' if count == 1 else 'files'} of the inbox cannot be trusted; nothing was built."
        )
        raise InputRefused("\n".join([head, *sentences]))
    return report


def has_agreement(home: Home) -> bool:
    """Whether any agreement was landed or waits in the inbox."""
    from orchestration.ledger import Ledger

    if home.ledger.exists():
        with Ledger(home.ledger) as ledger:
            if any(
                (d.source, d.feed) == AGREEMENTS_FEED
                and run_scope.is_in_effect(d)
                and d.record_count > d.rejected_count
                for d in ledger.deliveries()
            ):
                return True
    folder = home.inbox.joinpath(*AGREEMENTS_FEED)
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*"))


def say_no_agreement(run: NightlyRun) -> None:
    """Say it once, as early as it is known."""
    if not run.has_said_no_agreement and not has_agreement(run.home):
        run.has_said_no_agreement = True
        run.say(NO_AGREEMENT)


def note_project(run: NightlyRun) -> Mapping[str, str]:
    """The hashes of the models, seeds and macros as they were when the run first asked: what is built,
    audited and published has to be of these.
    """
    from orchestration.transformation import dbt_run

    if run.node_hashes is None:
        run.node_hashes = dbt_run.node_hashes()
    return run.node_hashes


def statement_basis(run: NightlyRun) -> str:
    """What the statements that this run keeps for the next one were made with."""
    from orchestration import pseudonym
    from orchestration.transformation import known_statements

    key = pseudonym.read_key(pseudonym.key_path(run.home, run.settings))
    return known_statements.basis(note_project(run), run_basis.settings_hash(run.settings, key))


def plan(
    run: NightlyRun,
    wanted: date | None,
    forced: tuple[date, date] | None = None,
) -> RunScope:
    """Decide what this run builds, and lay it out in work/ if anything is due; the caller holds the run lock.

    Raises WrongUse for a date that is not over, RunFailed when there is no data at all.
    """
    from orchestration import pseudonym
    from orchestration.ledger import Ledger
    from orchestration.publishing import generation
    from orchestration.transformation import dbt_run

    limits = run_basis.bounds(run.settings)
    requested = run_scope.requested_date(wanted, run.started_at, run.settings.zone, limits)
    with run.timed("planning"):
        key = pseudonym.ensure_key(run.home, pseudonym.key_path(run.home, run.settings))
        with Ledger(run.home.ledger) as ledger:
            deliveries = run_scope.readable(ledger.deliveries(), dbt_run.read_feeds())
            dates = run_scope.DeliveryDates.of(ledger.delivery_dates())
            frozen, schema_drift = ledger.frozen_deliveries(), ledger.schema_drift()
        scope = run_scope.decide(
            requested,
            deliveries,
            dates,
            run_basis.published_state(generation.current(run.home)),
            node_hashes=note_project(run),
            settings_hash=run_basis.settings_hash(run.settings, key),
            bounds=limits,
            forced=forced,
            frozen=frozen,
        )
        run.scope = scope
        if scope.is_due:
            _lay_out(run, scope, dates, schema_drift)
    return scope


def _lay_out(
    run: NightlyRun, scope: RunScope, dates: DeliveryDates, schema_drift: Sequence[SchemaDrift]
) -> None:
    from orchestration.publishing import generation, published
    from orchestration.transformation import known_statements, scratch

    if scope.is_full_rebuild:
        known_statements.discard(run.home)
    else:
        known_statements.discard_foreign(run.home, statement_basis(run))
    run.say(f"Building {len(scope.touched_dates)} dates up to {scope.as_of_date} ({scope.reason})")
    generation.start_candidate(run.home)
    scratch.write_run_tables(
        run.home.scratch,
        scope,
        dates,
        home_root=run.home.root,
        run_id=run.run_id,
        generation_number=published.next_number(run.home),
        built_at=run.built_at,
        schema_drift=schema_drift,
        in_force=generation.current(run.home),
    )
    fault_points.reach("scratch.written")


@functools.cache
def warm_up_checks() -> threading.Thread:
    """Import Great Expectations beside the other work of the process, once; it takes seconds.

    sqlalchemy.orm is whole before the thread starts: Dagster, which works beside it, asks SQLAlchemy what its
    objects are, and a half-imported orm answers that with an AttributeError (one night in some hundred).
    """
    importlib.import_module("sqlalchemy.orm")
    from data_quality import gate

    thread = threading.Thread(target=gate.warm_up, name="import-great-expectations", daemon=True)
    thread.start()
    return thread


def audit(run: NightlyRun) -> Verdict:
    """Check the closed candidate and write the verdict on exactly its bytes; a hold is the caller's to act
    on.

    Raises RunFailed when this run has not built the candidate.
    """
    from data_quality import gate
    from orchestration import pseudonym
    from orchestration.publishing import generation, published, verdict

    if not run.is_built:
        raise RunFailed("dbt built nothing in this run. " + WHOLE_JOB)
    about = draft(run)
    current = generation.current(run.home)
    base = current.generation if current else None
    fault_points.reach("audit.before")
    with run.timed("checks"):
        run.say("Checking the candidate")
        checks = gate.audit(run.home.candidate, run.home.scratch, now=run.built_at)
        gate.record_results(
            run.home.candidate,
            checks,
            generation_number=published.next_number(run.home),
            decided_at=run.built_at,
        )
        fault_points.reach("audit.after_results")
        run.verdict = verdict.combine(
            checks,
            generation.file_hashes(run.home.candidate),
            base_generation=base,
            decided_at=datetime.now(UTC),
            draft_sha256=about.sha256,
        )
        key = pseudonym.read_key(pseudonym.key_path(run.home, run.settings))
        verdict.write(verdict.verdict_path(run.home), run.verdict, key)
    fault_points.reach("audit.after_verdict")
    return run.verdict


def draft(run: NightlyRun) -> ManifestDraft:
    """What the manifest will say about this run.

    Raises RunFailed when this run planned nothing, or the project is not as it was then.
    """
    from orchestration import pseudonym
    from orchestration.publishing.manifest import ManifestDraft
    from orchestration.transformation import dbt_run

    if run.scope is None:
        raise RunFailed("Nothing was built in this run. " + WHOLE_JOB)
    if dbt_run.node_hashes() != note_project(run):
        raise RunFailed(
            "Models, seeds or macros in dbt_project/ were changed while the run was at work, so it cannot "
            "say which were built. Run again. Nothing was published."
        )
    key = pseudonym.read_key(pseudonym.key_path(run.home, run.settings))
    touched = run.scope.touched_dates
    return ManifestDraft(
        run_id=run.run_id,
        as_of_date=run.scope.as_of_date,
        built_at=run.built_at,
        delivery_ids=run.scope.delivery_ids,
        frozen_dates=run.scope.frozen_dates,
        dates_rebuilt_from=touched[0] if touched else None,
        dates_rebuilt_to=touched[-1] if touched else None,
        dates_rebuilt_count=len(touched),
        node_hashes=dict(note_project(run)),
        settings_hash=run_basis.settings_hash(run.settings, key),
    )


def hold(run: NightlyRun, verdict: Verdict) -> Held:
    """Set the candidate aside and return the error that says which checks held it and how to look closer."""
    from orchestration.publishing import generation

    kept = generation.current(run.home)
    where = generation.hold(run.home, draft(run))
    stays = (
        f"generation {kept.generation} stays in force" if kept else "there is still no generation in force"
    )
    reasons = " ".join(f"{check.check_name}: {check.message}" for check in verdict.blocking_failures)
    return Held(
        f"The gate held the candidate ({verdict.reason_held}); {stays}. {reasons} Look closer in {where} "
        "(tables and verdict.json, open read-only), then correct the data or `adoption release "
        "--reason TEXT`."
    )


def publish(run: NightlyRun) -> Manifest:
    """Put the audited candidate in force. Raises NotPublishable without a passed verdict for exactly its
    bytes.
    """
    from orchestration.publishing import generation

    with run.timed("publishing"):
        run.say("Publishing")
        run.manifest = generation.publish(run.home, draft(run))
    fault_points.reach("run.finished")
    return run.manifest
