"""Renders docs/tables.md from the contracts of the published models.

Descriptions belong to the models' YAML files; nothing is described here.
"""

from __future__ import annotations

from typing import Any

import yaml

from orchestration.home import EMPLOYEE_FILE, IDENTITY_FILE, PROJECT_ROOT, SHARED_FILE

REFERENCE = PROJECT_ROOT / "docs" / "tables.md"
FOLDERS = (
    ("shared", SHARED_FILE, "marts", "everyone with access to reports; aggregates only"),
    (
        "marts",
        EMPLOYEE_FILE,
        "marts",
        "people analytics and data engineers; employee level under a pseudonym",
    ),
    ("ops", EMPLOYEE_FILE, "ops", "data engineers; how the figures came about"),
    ("identity", IDENTITY_FILE, "marts", "the few who may name people"),
)
PREAMBLE = """\
# Published tables

Rendered from the models' contracts by `make docs`; to change a description, edit
`dbt_project/models/**/_*__models.yml`.

Open a file read-only below `published/current/`, resolving the link once. NULL means that the vendor does
not say, 0 that the vendor says none. `valid_from` is inclusive, `valid_to` exclusive, NULL is open. `_at` is
UTC without a zone, `_date` a date; an activity date is the vendor's UTC day.
"""


def render() -> str:
    """The whole reference as Markdown: one heading a file and schema, one table a published table."""
    parts = [PREAMBLE]
    for folder, file_name, schema, audience in FOLDERS:
        parts.append(f"\n## `{file_name}`, schema `{schema}`\n\nFor {audience}.\n")
        path = PROJECT_ROOT / "dbt_project" / "models" / folder / f"_{folder}__models.yml"
        parts += [_table(model) for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]]
    return "".join(parts)


def _table(model: dict[str, Any]) -> str:
    lines = [
        f"\n### `{model['name']}`\n\n{model['description']}\n\n| column | type | meaning |\n|---|---|---|\n"
    ]
    lines += [f"| `{c['name']}` | {c['data_type']} | {c['description']} |\n" for c in model["columns"]]
    return "".join(lines)


def main() -> None:
    """Writes the reference anew."""
    REFERENCE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
