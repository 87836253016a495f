"""Runs dbt's data tests over all history of the generation in force, on a copy (`make audit-full`).

A night looks only at the dates it touched; the tests themselves belong to dbt_project/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from orchestration import pseudonym
from orchestration.errors import AdoptionError, RunFailed
from orchestration.home import PROJECT_ROOT, PUBLISHED_FILES, Home
from orchestration.publishing import generation
from orchestration.settings import default_home, load_settings
from orchestration.transformation import dbt_run

# It looks at the evaluation of this night, which a published generation does not hold.
OF_ONE_NIGHT = "assert_tiers_lie_between_their_low_and_high"
ARGUMENTS = (
    "build",
    *("--vars", '{"audit_full": true}'),
    *("--select", "resource_type:seed", "test_type:data"),
    *("--exclude", OF_ONE_NIGHT),
)


def audit_full(root: Path) -> int:
    """How many tests passed over all history. Raises RunFailed naming those that did not."""
    home = Home(root)
    settings = load_settings(root)
    if generation.current(home) is None:
        raise RunFailed(f"No generation is in force in {root}; run `adoption nightly` first.")
    with tempfile.TemporaryDirectory(prefix="adoption-audit-") as directory:
        copy = Home(Path(directory))
        copy.candidate.mkdir(parents=True)
        source = home.current.resolve(strict=True)
        for name in PUBLISHED_FILES:
            shutil.copyfile(source / name, copy.candidate / name)
        environment = dbt_run.dbt_environment(copy, settings, pseudonym.key_path(home, settings))
        finished = subprocess.run(
            [*dbt_run.executable_prefix(), "--quiet", *ARGUMENTS],
            cwd=PROJECT_ROOT,
            env=os.environ | environment,
            check=False,
        )
        results = copy.dbt_target / "run_results.json"
        if not results.is_file():
            raise RunFailed(f"dbt ended with status {finished.returncode} before it ran a test.")
        found = json.loads(results.read_bytes())
    failed = dbt_run.failed_nodes(found)
    if failed:
        raise RunFailed(f"Over all history these tests fail: {', '.join(failed)}.")
    return sum(str(result["unique_id"]).startswith("test.") for result in found["results"])


def main() -> None:
    """Audits the home in ADOPTION_HOME; exit status 0 or 1."""
    try:
        passed = audit_full(default_home())
    except AdoptionError as error:
        print(f"adoption: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    print(f"{passed} data tests passed over all history of the generation in force.")


if __name__ == "__main__":
    main()
