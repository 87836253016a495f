"""Ten kinds of incidents, done to one day of a drawn company; how bad each is, is drawn too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.unit.drawn_company import CLIENTS, FEATURES, ROLLED_OUT, DrawnCompany, Numbers

Incident = Callable[[DrawnCompany, np.random.Generator], DrawnCompany]

AMOUNTS = ["actions", "input_tokens", "output_tokens", "cost"]
ESTABLISHED = ("claude_code", "github_copilot", "chatgpt")


def _with(day: DrawnCompany, use: pd.DataFrame, surfaces: pd.DataFrame) -> DrawnCompany:
    return DrawnCompany(day.people, use, surfaces, day.late)


def _a_tool(rng: np.random.Generator) -> str:
    return str(rng.choice(ESTABLISHED))


def _without(day: DrawnCompany, people: Numbers, tools: tuple[str, ...]) -> DrawnCompany:
    def kept(table: pd.DataFrame) -> pd.DataFrame:
        gone = table["person"].isin(people) & table["tool"].isin(tools)
        return table.drop(index=table.index[gone])

    return _with(day, kept(day.use), kept(day.surfaces))


def _scaled(day: DrawnCompany, tool: str, columns: list[str], factor: float) -> DrawnCompany:
    use, surfaces = day.use.copy(), day.surfaces.copy()
    use[columns] = use[columns].astype(float)
    use.loc[use["tool"] == tool, columns] *= factor
    if "actions" in columns:
        surfaces["actions"] = surfaces["actions"].astype(float)
        surfaces.loc[surfaces["tool"] == tool, "actions"] *= factor
    return _with(day, use, surfaces)


def _relabelled(day: DrawnCompany, kind: str, old: str, new: str, is_moved: Numbers) -> DrawnCompany:
    surfaces = day.surfaces.copy()
    moved = (surfaces["kind"] == kind) & (surfaces["name"] == old) & is_moved
    surfaces.loc[moved, "name"] = new
    keys = ["person", "day", "tool", "kind", "name"]
    merged = surfaces.groupby(keys, as_index=False)[["actions"]].sum()
    return _with(day, day.use, merged)


def client_relabelled(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """78 % of one of the two busiest clients is called another."""
    clients = day.surfaces[day.surfaces["kind"] == "client"]
    busiest = clients.groupby("name")["actions"].sum().sort_values(ascending=False).index[:2]
    old = str(rng.choice(busiest))
    new = str(rng.choice([name for name in CLIENTS if name != old]))
    return _relabelled(day, "client", old, new, rng.random(len(day.surfaces)) < 0.78)


def delivered_twice(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """A delivery comes under other keys once more, so that everything in it counts twice."""
    return _scaled(day, _a_tool(rng), AMOUNTS, 2)


def half_lost(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """About half of the people of a delivery are not in it."""
    people = day.people["person"].to_numpy()
    lost = people[rng.random(len(people)) < rng.uniform(0.4, 0.6)]
    return _without(day, lost, (_a_tool(rng),))


def line_lost(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """Nobody of one line of business is in any delivery."""
    line = str(rng.choice(day.people["line"].value_counts().index[:3]))
    return _without(day, day.people.loc[day.people["line"] == line, "person"].to_numpy(), ESTABLISHED)


def unit_changed(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """Tokens come in thousands, or cost in cents."""
    columns, factor = [(["input_tokens"], 0.001), (["output_tokens"], 0.001), (["cost"], 100.0)][
        rng.integers(3)
    ]
    return _scaled(day, _a_tool(rng), columns, factor)


def feature_renamed(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """A feature has a new name that nobody knew."""
    return _relabelled(
        day, "feature", str(rng.choice(FEATURES[:3])), "next_generation", np.ones(len(day.surfaces), bool)
    )


def retried(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """A client repeats what failed, and every attempt counts."""
    return _scaled(day, _a_tool(rng), AMOUNTS, rng.uniform(1.6, 3))


def attributed_to_another(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """Most of one tool's use is booked on another."""
    old, new = rng.choice(ESTABLISHED, size=2, replace=False)
    people = day.people["person"].to_numpy()
    moved = people[rng.random(len(people)) < rng.uniform(0.6, 1)]
    use = day.use.copy()
    use.loc[(use["tool"] == old) & use["person"].isin(moved), "tool"] = new
    merged = use.groupby(["person", "day", "tool"], as_index=False)[AMOUNTS].sum()
    return _with(day, merged, _without(day, moved, (str(old),)).surfaces)


def weekend_job(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """A scheduled job runs with the keys of a part of the people."""
    people = day.people["person"].to_numpy()
    runs = people[rng.random(len(people)) < rng.uniform(0.05, 0.2)]
    job = pd.DataFrame({"person": runs, "day": day.people["day"].iloc[0], "tool": _a_tool(rng)})
    job["actions"] = rng.integers(20, 60, len(runs))
    job["input_tokens"], job["output_tokens"], job["cost"] = 40_000, 10_000, 0.4
    use = pd.concat([day.use, job]).groupby(["person", "day", "tool"], as_index=False)[AMOUNTS].sum()
    return _with(day, use, day.surfaces)


def names_unresolved(day: DrawnCompany, rng: np.random.Generator) -> DrawnCompany:
    """A mapping of names broke: a part of the people is nobody."""
    people = day.people["person"].to_numpy()
    unknown = people[rng.random(len(people)) < rng.uniform(0.35, 0.6)]
    return _without(day, unknown, (*ESTABLISHED, ROLLED_OUT))


ON_WORKING_DAYS: tuple[Incident, ...] = (
    client_relabelled,
    delivered_twice,
    half_lost,
    line_lost,
    unit_changed,
    feature_renamed,
    retried,
    attributed_to_another,
    names_unresolved,
)
INCIDENTS: tuple[Incident, ...] = (*ON_WORKING_DAYS, weekend_job)
