"""How the dbt project appears in the graph: keys and groups of its nodes, landed feeds, exposures.

Read from dbt's manifest alone; what the steps of a night do belongs to assets.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.graph.slim_dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
from orchestration.sources import FEEDS

RUN_SCOPE = dg.AssetKey(["run", "scope"])
PUBLISHED = dg.AssetKey(["published_generation"])
PUBLISHED_DATABASES = ("adoption", "shared", "identity")

Manifest = Mapping[str, Any]


def feeds(manifest: Manifest) -> list[tuple[str, str]]:
    """Every (source, feed) that lands, as dbt's source `landing` lists them."""
    names = [node["name"] for node in manifest["sources"].values() if node["source_name"] == "landing"]
    return sorted((name.split("__", 1)[0], name.split("__", 1)[1]) for name in names)


def steps_before_dbt() -> list[dg.AssetKey]:
    """What finds out whether anything is due: the landed feeds and the scope of the run."""
    return [*(dg.AssetKey(["landing", feed.source, feed.name]) for feed in FEEDS.values()), RUN_SCOPE]


class Translator(DagsterDbtTranslator):
    """Names dbt's nodes in the graph: landed feeds, the tables of the run, models by their layer."""

    def __init__(self, partitions_def: dg.PartitionsDefinition | None = None) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
        self._partitions_def = partitions_def

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

    def get_partitions_def(self, dbt_resource_props: Mapping[str, Any]) -> dg.PartitionsDefinition | None:
        """Published tables have partitions; seeds and the tables of a run are made anew and have none.

        Dagster writes two events per asset and date, so a backfill would spend more time on them than on dbt.
        """
        return self._partitions_def if _is_published(dbt_resource_props) else None

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


def _is_published(properties: Mapping[str, Any]) -> bool:
    return properties["resource_type"] == "model" and properties.get("database") in PUBLISHED_DATABASES


def published_models(manifest: Manifest) -> list[dg.AssetKey]:
    """The models that lie in one of the published files."""
    translator = Translator()
    return sorted(
        translator.get_asset_key(node) for node in manifest["nodes"].values() if _is_published(node)
    )


def inbox_specs(pairs: Sequence[tuple[str, str]]) -> list[dg.AssetSpec]:
    """The customer's files, one external asset per feed; never written here."""
    return [
        dg.AssetSpec(
            ["inbox", source, feed], group_name="inbox", description=f"Files of {source}/{feed} as delivered."
        )
        for source, feed in pairs
    ]


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
