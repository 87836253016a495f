"""The asset graph of a night: inbox -> landing -> run scope -> dbt -> audit -> published generation -> BI.

Each step calls one stage of nightly.py; dates and hand-overs are decided there and in run_scope.py.
No deferred annotations here: Dagster compares the annotation of `context` with its classes.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
from dagster import AssetExecutionContext

from orchestration import fault_points, full_disk, nightly, pseudonym, run_log
from orchestration.errors import AdoptionError, RunFailed
from orchestration.graph import checks, lineage, partitions, run_history
from orchestration.graph.lineage import PUBLISHED, RUN_SCOPE, Manifest
from orchestration.graph.slim_dagster_dbt import dbt_assets
from orchestration.transformation import dbt_run, known_statements

if TYPE_CHECKING:
    from orchestration.graph.resources import DbtProcess
    from orchestration.nightly import NightlyRun

AUDIT = dg.AssetKey(["audit"])


@contextlib.contextmanager
def _stage(run: "NightlyRun", name: str) -> Iterator[None]:
    """Turn errors into a step failure without a retry, and keep them for the command line.

    Texts of unexpected errors can hold values of records: only their type and place go on record.
    """
    try:
        yield
    except AdoptionError as error:
        run.failure = error
        raise dg.Failure(str(error), allow_retries=False) from None
    except (dg.Failure, GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:
        log = run_log.log_unexpected(run.home, error)
        what = full_disk.explain(run.home, f"The stage {name}", error) or (
            f"The stage {name} stopped on an unexpected {type(error).__name__}; {log} says where."
        )
        run.failure = RunFailed(f"{what} {run.outcome}")
        raise dg.Failure(str(run.failure), allow_retries=False) from None


def _run_of(context: Any) -> "NightlyRun":
    return cast("NightlyRun", context.resources.run)


def landing_asset(
    pairs: Sequence[tuple[str, str]], partitions_def: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """All feeds in one step: every new file of the inbox, verified and typed, one Parquet file per
    delivery.

    Partitioned like all later steps, although it lands whatever is new: Dagster makes a range of dates one
    run only where every asset of it says so.
    """
    specs = [
        dg.AssetSpec(["landing", source, feed], deps=[["inbox", source, feed]], group_name="landing")
        for source, feed in pairs
    ]

    @dg.multi_asset(
        name="land",
        specs=specs,
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"run"},
    )
    def land(context: AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        run = _run_of(context)
        with _stage(run, "landing"):
            nightly.say_no_agreement(run)
            run.requested_date, forced = partitions.run_dates(context.run.tags)
            pulls = nightly.pull(run, run.requested_date, forced)
            for line in pulls.failure_lines:
                context.log.warning(f"Not pulled: {line}")
            report = nightly.land(run)
            nightly.say_no_agreement(run)
            run_history.forget_old_runs(context.instance, run.home, run.settings.kept_runs)
        for source, feed in pairs:
            new = [d for d in report.landed if (d.source, d.feed) == (source, feed)]
            yield dg.MaterializeResult(
                asset_key=["landing", source, feed],
                metadata={
                    "new_deliveries": len(new),
                    "new_records": sum(d.record_count for d in new),
                    "failed_pulls": sum(failed.feed == f"{source}/{feed}" for failed in pulls.failed),
                },
            )

    return land


def scope_asset(
    pairs: Sequence[tuple[str, str]], partitions_def: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """What the run builds, laid out in work/; yields nothing when nothing is due, and all later steps are
    skipped.
    """

    @dg.asset(
        key=RUN_SCOPE,
        deps=[["landing", source, feed] for source, feed in pairs],
        group_name="run",
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"run"},
        output_required=False,
        description="The as-of date, the dates to rebuild and the deliveries in effect, for dbt.",
    )
    def scope(context: AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        run = _run_of(context)
        with _stage(run, "planning"):
            planned = nightly.plan(run, *partitions.run_dates(context.run.tags))
        if planned.is_due:
            yield dg.MaterializeResult(
                metadata={
                    "as_of_date": planned.as_of_date.isoformat(),
                    "touched_dates": len(planned.touched_dates),
                    "pending_deliveries": len(planned.pending_ids),
                    "reason": planned.reason,
                },
            )

    return scope


def transformation_assets(manifest: Manifest, partitions_def: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """Every dbt model and seed in one `dbt build` over the candidate, its tests as asset checks."""

    @dbt_assets(
        manifest=manifest,
        name="transform",
        dagster_dbt_translator=lineage.Translator(partitions_def),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"run", "dbt"},
    )
    def build(context: AssetExecutionContext) -> Iterator[Any]:
        run = _run_of(context)
        dbt = cast("DbtProcess", context.resources.dbt)
        with _stage(run, "dbt"), run.timed("dbt"):
            run.say("Transforming with dbt")
            fault_points.reach("transform.before")
            warming_up = nightly.warm_up_checks()
            try:
                yield from _dbt_build(run, dbt, context, manifest)
                fault_points.reach("transform.after")
            finally:
                warming_up.join()  # a process must not end in the middle of its imports

    return build


def _dbt_build(
    run: "NightlyRun", dbt: "DbtProcess", context: AssetExecutionContext, manifest: Manifest
) -> Iterator[Any]:
    log = run_log.open_log(run.home, "dbt_console.log")
    environment = dbt_run.dbt_environment(run.home, run.settings, pseudonym.key_path(run.home, run.settings))
    if run.waiting_dbt is not None:
        environment |= run.waiting_dbt.environment
    is_full_rebuild = run.scope is not None and run.scope.is_full_rebuild
    dbt_run.forget_results(run.home)
    with log, contextlib.redirect_stdout(log), dbt_run.applied_environment(environment):
        invocation = dbt.cli(
            dbt_run.build_arguments(is_full_rebuild=is_full_rebuild),
            context=context,
            target_path=run.home.dbt_target.absolute(),
            raise_on_error=False,
        )
        yield from invocation.stream()
        return_code = invocation.process.wait()
        if run.waiting_dbt is not None:
            run.waiting_dbt.join()
        if return_code and (full := full_disk.explain(run.home, "The stage dbt")):
            raise RunFailed(f"{full} {run.outcome}")
        dbt_run.check_results(run.home, return_code)
        dbt_run.check_complete(run.home, manifest, is_full_rebuild=is_full_rebuild)
    known_statements.keep(
        run.home,
        nightly.statement_basis(run),
        memory_limit=run.settings.duckdb_memory_limit,
        threads=run.settings.duckdb_threads,
    )
    run.is_built = True


def audit_asset(
    models: Sequence[dg.AssetKey], partitions_def: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """The gate over the closed candidate: its checks as asset checks, its verdict beside the candidate."""

    @dg.asset(
        key=AUDIT,
        deps=models,
        group_name="audit",
        check_specs=checks.check_specs(AUDIT),
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"run"},
        description="The verdict of the gate on exactly this candidate.",
    )
    def audit(context: AssetExecutionContext) -> Iterator[Any]:
        run = _run_of(context)
        with _stage(run, "checks"):
            verdict = nightly.audit(run)
        yield from checks.check_results(verdict.checks)
        with _stage(run, "checks"):
            if verdict.outcome != "passed":
                raise nightly.hold(run, verdict)
        yield dg.MaterializeResult(metadata={"candidate_sha256": verdict.candidate_sha256})

    return audit


def published_asset(
    models: Sequence[dg.AssetKey], partitions_def: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """The generation readers open; the step refuses by itself without a passed verdict for the very bytes."""

    @dg.asset(
        key=PUBLISHED,
        deps=[AUDIT, *models],
        group_name="published",
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"run"},
        description="published/current: the generation in force.",
    )
    def published_generation(context: AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        run = _run_of(context)
        with _stage(run, "publishing"):
            manifest = nightly.publish(run)
        yield dg.MaterializeResult(metadata={"generation": manifest.generation})

    return published_generation


def all_assets(
    manifest: Manifest, partitions_def: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The whole graph from the inbox to BI."""
    pairs, models = lineage.feeds(manifest), lineage.published_models(manifest)
    return [
        *lineage.inbox_specs(pairs),
        landing_asset(pairs, partitions_def),
        scope_asset(pairs, partitions_def),
        transformation_assets(manifest, partitions_def),
        audit_asset(models, partitions_def),
        published_asset(models, partitions_def),
        *lineage.exposure_specs(manifest),
    ]
