"""The asset graph of a night: inbox -> landing -> run scope -> dbt -> audit -> published generation -> BI.

Each step calls one stage of nightly.py; dates and hand-overs are decided there and in run_scope.py.
No deferred annotations here: Dagster compares the annotation of `context` with its classes.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
from dagster import AssetExecutionContext
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from orchestration import fault_points, nightly
from orchestration.errors import AdoptionError, RunFailed
from orchestration.graph import checks, partitions
from orchestration.transformation import dbt_run

if TYPE_CHECKING:
    from orchestration.graph.resources import DbtProcess
    from orchestration.nightly import NightlyRun

RUN_SCOPE = dg.AssetKey(["run", "scope"])
AUDIT = dg.AssetKey(["audit"])
PUBLISHED = dg.AssetKey(["published_generation"])
PUBLISHED_DATABASES = ("adoption", "shared", "identity")

_CODE_VERSION_LENGTH = 12

Manifest = Mapping[str, Any]


def feeds(manifest: Manifest) -> list[tuple[str, str]]:
    """Every (source, feed) that lands, as dbt's source `landing` lists them."""
    names = [node["name"] for node in manifest["sources"].values() if node["source_name"] == "landing"]
    return sorted((name.split("__", 1)[0], name.split("__", 1)[1]) for name in names)


class Translator(DagsterDbtTranslator):
    """Names dbt's nodes in the graph: landed feeds, the tables of the run, models by their layer."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`landing/<source>/<feed>`, `run/scope`, or `<layer>/<name>` for models and seeds."""
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            if dbt_resource_props["source_name"] == "landing":
                return dg.AssetKey(["landing", *name.split("__", 1)])
            if dbt_resource_props["source_name"] == "run":
                return RUN_SCOPE
            return dg.AssetKey([dbt_resource_props["source_name"], name])
        return dg.AssetKey([_layer(dbt_resource_props), name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer, so that the graph folds by it."""
        if dbt_resource_props["resource_type"] == "source":
            return "landing"
        return _layer(dbt_resource_props)


def _layer(properties: Mapping[str, Any]) -> str:
    if properties["resource_type"] == "seed":
        return "seeds"
    folders = properties["fqn"][1:-1]
    return str(folders[0]) if folders else "models"


def published_models(manifest: Manifest) -> list[dg.AssetKey]:
    """The models that lie in one of the published files."""
    translator = Translator()
    return sorted(
        translator.get_asset_key(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node.get("database") in PUBLISHED_DATABASES
    )


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
        log = nightly.log_unexpected(run.home, error)
        run.failure = RunFailed(
            f"The stage {name} stopped on an unexpected {type(error).__name__}; {log} says where. "
            "Nothing was published."
        )
        raise dg.Failure(str(run.failure), allow_retries=False) from None


def _run_of(context: Any) -> "NightlyRun":
    return cast("NightlyRun", context.resources.run)


def inbox_specs(pairs: Sequence[tuple[str, str]]) -> list[dg.AssetSpec]:
    """The customer's files, one external asset per feed; never written here."""
    return [
        dg.AssetSpec(
            ["inbox", source, feed], group_name="inbox", description=f"Files of {source}/{feed} as delivered."
        )
        for source, feed in pairs
    ]


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
            if run.waiting_dbt is not None:  # something will be checked
                nightly.warm_up_checks()
            report = nightly.land(run)
            nightly.say_no_agreement(run)
        for source, feed in pairs:
            new = [d for d in report.landed if (d.source, d.feed) == (source, feed)]
            yield dg.MaterializeResult(
                asset_key=["landing", source, feed],
                metadata={"new_deliveries": len(new), "new_records": sum(d.record_count for d in new)},
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
        dagster_dbt_translator=Translator(),
        partitions_def=partitions_def,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"run", "dbt"},
    )
    def build(context: AssetExecutionContext) -> Iterator[Any]:
        run = _run_of(context)
        dbt = cast("DbtProcess", context.resources.dbt)
        with _stage(run, "dbt"), run.timed("dbt"):
            run.say("Transforming with dbt")
            fault_points.reach("transform.before")
            nightly.warm_up_checks()
            yield from _dbt_build(run, dbt, context)
            fault_points.reach("transform.after")
            nightly.warm_up_checks().join()

    return build


def _dbt_build(run: "NightlyRun", dbt: "DbtProcess", context: AssetExecutionContext) -> Iterator[Any]:
    log = nightly.open_log(run.home, "dbt_console.log")
    environment = dbt_run.dbt_environment(run.home, run.settings, nightly.key_path(run.home, run.settings))
    if run.waiting_dbt is not None:
        environment |= run.waiting_dbt.environment
    with log, contextlib.redirect_stdout(log), dbt_run.applied_environment(environment):
        invocation = dbt.cli(
            dbt_run.build_arguments(is_full_rebuild=run.scope is not None and run.scope.is_full_rebuild),
            context=context,
            target_path=run.home.dbt_target.absolute(),
            raise_on_error=False,
        )
        yield from invocation.stream()
        return_code = invocation.process.wait()
        if run.waiting_dbt is not None:
            run.waiting_dbt.join()
        dbt_run.check_results(run.home, return_code)


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


def exposure_specs(manifest: Manifest) -> list[dg.AssetSpec]:
    """Who reads what: dbt's exposures as assets below the published generation."""
    translator = Translator()
    nodes = manifest["nodes"]
    return [
        dg.AssetSpec(
            ["bi", exposure["name"]],
            deps=[
                PUBLISHED,
                *(
                    translator.get_asset_key(nodes[node])
                    for node in exposure["depends_on"]["nodes"]
                    if node in nodes
                ),
            ],
            group_name="bi",
            description=exposure.get("description") or exposure.get("label"),
        )
        for exposure in manifest.get("exposures", {}).values()
    ]


def all_assets(
    manifest: Manifest, partitions_def: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The whole graph from the inbox to BI."""
    pairs, models = feeds(manifest), published_models(manifest)
    return [
        *inbox_specs(pairs),
        landing_asset(pairs, partitions_def),
        scope_asset(pairs, partitions_def),
        transformation_assets(manifest, partitions_def),
        audit_asset(models, partitions_def),
        published_asset(models, partitions_def),
        *exposure_specs(manifest),
    ]


AssetFactory = Callable[[Manifest, dg.PartitionsDefinition], Sequence[dg.AssetsDefinition | dg.AssetSpec]]
