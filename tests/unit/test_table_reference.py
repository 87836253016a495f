"""The table reference in docs/ says what the contracts say."""

from __future__ import annotations

from orchestration.upkeep import table_reference


def test_table_reference_is_rendered_from_the_contracts() -> None:
    assert table_reference.REFERENCE.read_text(encoding="utf-8") == table_reference.render()
