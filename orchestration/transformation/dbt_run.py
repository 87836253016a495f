"""How dbt is run: its arguments, its environment, its manifest, and what its results mean for the run.

dbt is always a subprocess (dbt_process.py). Models belong to dbt_project/.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from orchestration.errors import RunFailed
from orchestration.home import PROJECT_ROOT, Home
from orchestration.settings import Settings
from orchestration.transformation import dbt_process

MANIFEST = "manifest.json"
PARTIAL_PARSE = "partial_parse.msgpack"
PROJECT_NAME = "adoption"

# Before the subcommand: no colours in logs, no question to the package index, one JSON event per line.
GLOBAL_FLAGS = ("--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats")
BUILD_ARGUMENTS = (
    "build",
    "--exclude-resource-type",
    "unit_test",
    "--log-level-file",
    "info",
    "--log-format-file",
    "text",
)
# Cautious: a test of which also a model is a parent is no test of seeds.
TESTS_OF_MODELS = (
    "--indirect-selection",
    "cautious",
    "--exclude",
    "path:dbt_project/seeds,resource_type:test",
)
PARSE_ARGUMENTS = ("--quiet", "parse")
# Reads the parse that was kept and writes nothing.
WAITING_ARGUMENTS = (*GLOBAL_FLAGS, "--no-write-json", "--log-level-file", "none", *PARSE_ARGUMENTS)

# Other kinds of nodes have no result of their own.
_BUILT_TYPES = ("model", "seed", "test")
_DONE_STATUSES = ("success", "pass", "warn")
_FAILED_STATUSES = ("error", "fail", "runtime error")


def build_arguments(*, is_full_rebuild: bool) -> list[str]:
    """Arguments of the night's build. A changed model, seed or setting makes the facts from nothing, so that
    a changed column finds no table of before; tables that are ledgers of runs keep their rows all the same.
    Seeds that have not changed since they were tested are not tested again.
    """
    return [*BUILD_ARGUMENTS, *(["--full-refresh"] if is_full_rebuild else TESTS_OF_MODELS)]


def models_arguments(selection: str) -> list[str]:
    """Arguments that build some models with the seeds they need, and run no test."""
    tests = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    return ["--quiet", "build", "--log-level-file", "none", "--select", selection, *tests]


def run_dbt(arguments: Sequence[str], environment: Mapping[str, str], log: IO[str]) -> int:
    """Run dbt as a subprocess and wait for it; its exit status. What it prints goes to the log."""
    finished = subprocess.run(
        [*executable_prefix(), *arguments],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return finished.returncode


def executable_prefix() -> list[str]:
    """The command that stands for `dbt`: its module in the running Python."""
    return [sys.executable, "-m", dbt_process.MODULE, *GLOBAL_FLAGS]


def dbt_environment(home: Home, settings: Settings, key: Path) -> dict[str, str]:
    """The variables dbt_plugin.py reads when dbt connects, and where dbt finds and leaves its files."""
    return {
        "ADOPTION_DBT_SCRATCH": str(home.scratch.absolute()),
        "ADOPTION_DBT_CANDIDATE": str(home.candidate.absolute()),
        "ADOPTION_DBT_KNOWN": str(home.known_statements.absolute()),
        "ADOPTION_DBT_LANDING": str(home.landing.absolute()),
        "ADOPTION_DBT_KEY": str(key.absolute()),
        "ADOPTION_DBT_TEMP": str((home.work / "spill").absolute()),
        "ADOPTION_DBT_THREADS": str(settings.duckdb_threads),
        "ADOPTION_DBT_MEMORY": settings.duckdb_memory_limit,
        **project_environment(home.dbt_target.absolute()),
    }


def project_environment(target: Path) -> dict[str, str]:
    """The variables with which dbt finds the project, and the directory of its parse and logs."""
    return {
        "DBT_PROFILES_DIR": str(PROJECT_ROOT / "dbt_project"),
        "DBT_PROJECT_DIR": str(PROJECT_ROOT),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


_READS_FEED = re.compile(r"""landed_records\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]""")


@contextlib.contextmanager
def applied_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set the variables for this process and take them back; dagster-dbt hands on its own environment."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def node_hashes(project_root: Path = PROJECT_ROOT) -> dict[str, str]:
    """sha256 per model and seed file under its dbt id, and one for all macros; a changed one rebuilds all
    dates.
    """
    folder = project_root / "dbt_project"
    hashes = {
        f"{kind}.{PROJECT_NAME}.{path.stem}": hashlib.sha256(path.read_bytes()).hexdigest()
        for kind, below, suffix in (("model", "models", "sql"), ("seed", "seeds", "csv"))
        for path in (folder / below).rglob(f"*.{suffix}")
    }
    hashes[f"macro.{PROJECT_NAME}"] = tree_hash(folder / "macros", "*.sql")
    return dict(sorted(hashes.items()))


def read_feeds(project_root: Path = PROJECT_ROOT) -> frozenset[tuple[str, str]]:
    """(source, feed) of every landed feed that a model reads; the others land and wait for their model."""
    return frozenset(
        (str(match[1]), str(match[2]))
        for path in (project_root / "dbt_project" / "models").rglob("*.sql")
        for match in _READS_FEED.finditer(path.read_text())
    )


def tree_hash(folder: Path, pattern: str = "*") -> str:
    """One sha256 over names and contents of all files below a folder that match the pattern."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob(pattern) if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\t{content}\n".encode())
    return digest.hexdigest()


def ensure_manifest(home: Home) -> Path:
    """The manifest of the project as it is now, parsed first when the project changed; home is made to start
    from the same parse.

    The parse is the same for every home (profiles.yml names no path), so it is kept beside the code, or in
    the home where the code cannot be written. Raises RunFailed when the project does not parse.
    """
    target = home.dbt_target
    kept = keep_parse(target)
    if not (target / PARTIAL_PARSE).is_file() or not (target / kept.name).is_file():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept / PARTIAL_PARSE, target / PARTIAL_PARSE)
        (target / kept.name).touch()
    return kept / MANIFEST


def keep_parse(fallback: Path) -> Path:
    """The directory with the parse of the project as it is now; parses unless that was done already.

    `make` calls it after installing, so that the first night need not. Raises RunFailed when the project
    does not parse.
    """
    kept = _kept_parse(fallback)
    if not (kept / MANIFEST).is_file():
        _parse(kept)
    return kept


def known_parse(home: Home) -> Path | None:
    """The directory with the parse of the project as it is now; None if it was never parsed."""
    kept = _kept_parse(home.dbt_target)
    return kept if (kept / MANIFEST).is_file() else None


def _kept_parse(fallback: Path) -> Path:
    return _kept_parses(fallback) / _project_hash()[:16]


def _kept_parses(fallback: Path) -> Path:
    beside_code = PROJECT_ROOT / "target"
    with contextlib.suppress(OSError):
        beside_code.mkdir(exist_ok=True)
    return beside_code if os.access(beside_code, os.W_OK) else fallback / "parses"


def _parse(kept: Path) -> None:
    """Parse into a directory of this process, then rename it: two first nights at once must not mix."""
    target = kept.with_name(f"{kept.name}.{os.getpid()}")
    target.mkdir(parents=True, exist_ok=True)
    log = kept.parent / "parse.log"
    with log.open("wb") as output:
        finished = subprocess.run(
            [*executable_prefix(), *PARSE_ARGUMENTS],
            cwd=PROJECT_ROOT,
            env=os.environ | project_environment(target),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode != 0 or not (target / MANIFEST).is_file():
        shutil.rmtree(target, ignore_errors=True)
        raise RunFailed(f"The dbt project does not parse; correct it as {log} says, then run again.")
    with contextlib.suppress(OSError):  # another process was first: its parse is as good
        target.rename(kept)
    shutil.rmtree(target, ignore_errors=True)


def failed_nodes(run_results: Mapping[str, Any]) -> list[str]:
    """Names of the models, seeds and tests that failed in dbt's run_results.json, without their kind's
    prefix.
    """
    return [
        ".".join(str(result["unique_id"]).split(".")[2:3])
        for result in run_results.get("results", [])
        if result.get("status") in _FAILED_STATUSES
    ]


def check_results(home: Home, return_code: int | None, log: Path | None = None) -> None:
    """Raises RunFailed naming the failed models and tests after a dbt build that did not succeed.

    Texts of database errors can hold values of records, hence only names; the log has the rest.
    """
    if return_code == 0:
        return
    log = log or home.dbt_target / "dbt.log"
    try:
        failed = failed_nodes(json.loads((home.dbt_target / "run_results.json").read_bytes()))
    except (OSError, ValueError):
        failed = []
    if not failed:
        raise RunFailed(f"dbt stopped before it built anything; {log} says why. Nothing was published.")
    listed = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")
    raise RunFailed(f"In dbt these failed: {listed}; {log} says why. Nothing was published.")


def expected_nodes(manifest: Mapping[str, Any], *, is_full_rebuild: bool) -> set[str]:
    """The models, seeds and data tests that the night's build has to run, by their dbt ids: all of the
    manifest, but for the tests of seeds alone where nothing of the project changed.
    """
    nodes = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in _BUILT_TYPES and node["config"].get("materialized") != "ephemeral"
    }
    if is_full_rebuild:
        return set(nodes)
    seeds = {name for name, node in nodes.items() if node["resource_type"] == "seed"}
    return {
        name
        for name, node in nodes.items()
        if node["resource_type"] != "test" or not seeds.issuperset(node["depends_on"]["nodes"])
    }


def check_complete(home: Home, manifest: Mapping[str, Any], *, is_full_rebuild: bool) -> None:
    """Raises RunFailed unless the last build ran every model, seed and test it has to: one of a subset, or
    with its tests left out, succeeds as well, and must not come before readers.
    """
    try:
        results = json.loads((home.dbt_target / "run_results.json").read_bytes())["results"]
    except (OSError, ValueError, KeyError):
        results = []
    done = {str(result["unique_id"]) for result in results if result.get("status") in _DONE_STATUSES}
    missing = sorted(expected_nodes(manifest, is_full_rebuild=is_full_rebuild) - done)
    if missing:
        raise RunFailed(
            f"dbt left out {len(missing)} models, seeds or tests ({missing[0].split('.')[2]} and so on), so "
            "the candidate is not whole. Start the whole job `nightly`, not a selection of its steps or "
            "checks. Nothing was published."
        )


def forget_results(home: Home) -> None:
    """Remove what an earlier build said of itself."""
    (home.dbt_target / "run_results.json").unlink(missing_ok=True)


def _project_hash() -> str:
    """Changes whenever dbt would parse differently: any file of the project, or the home of the code."""
    digest = hashlib.sha256((PROJECT_ROOT / "dbt_project.yml").read_bytes())
    digest.update(tree_hash(PROJECT_ROOT / "dbt_project").encode())
    digest.update(str(PROJECT_ROOT).encode())
    return digest.hexdigest()
