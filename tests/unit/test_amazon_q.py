"""Amazon Q's own examples through landing, each column with the value it must have, and the newer report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from tests.unit.landing_home import AMAZON_Q, LandingHome, stated
from tests.unit.vendor_examples import vendor_example


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _counts(row: dict[str, Any]) -> dict[str, int]:
    return {column: value for column, value in stated(row).items() if column.endswith("_count")}


# The vendor's example counts its columns 1 to 15 from left to right.
FIFTEEN = {
    "code_review_finding_count": 1,
    "code_review_succeeded_count": 2,
    "inline_chat_acceptance_count": 3,
    "inline_chat_accepted_line_addition_count": 4,
    "inline_chat_accepted_line_deletion_count": 5,
    "inline_chat_dismissal_count": 6,
    "inline_chat_dismissed_line_addition_count": 7,
    "inline_chat_dismissed_line_deletion_count": 8,
    "inline_chat_rejected_line_addition_count": 9,
    "inline_chat_rejected_line_deletion_count": 10,
    "inline_chat_rejection_count": 11,
    "inline_chat_total_count": 12,
    "inline_ai_code_line_count": 13,
    "inline_acceptance_count": 14,
    "inline_suggestion_count": 15,
}
# And 101 to 129.
TWENTY_NINE = {
    "chat_ai_code_line_count": 101,
    "chat_message_interacted_count": 102,
    "chat_message_sent_count": 103,
    "code_fix_acceptance_count": 104,
    "code_fix_accepted_line_count": 105,
    "code_fix_generated_line_count": 106,
    "code_fix_generation_count": 107,
    "code_review_failed_count": 108,
    "dev_acceptance_count": 109,
    "dev_accepted_line_count": 110,
    "dev_generated_line_count": 111,
    "dev_generation_count": 112,
    "doc_generation_accepted_file_update_count": 113,
    "doc_generation_accepted_file_creation_count": 114,
    "doc_generation_accepted_line_addition_count": 115,
    "doc_generation_accepted_line_update_count": 116,
    "doc_generation_count": 117,
    "doc_generation_rejected_file_creation_count": 118,
    "doc_generation_rejected_file_update_count": 119,
    "doc_generation_rejected_line_addition_count": 120,
    "doc_generation_rejected_line_update_count": 121,
    "test_generation_accepted_line_count": 122,
    "test_generation_accepted_test_count": 123,
    "test_generation_count": 124,
    "test_generation_generated_line_count": 125,
    "test_generation_generated_test_count": 126,
    "transformation_count": 127,
    "transformation_generated_line_count": 128,
    "transformation_ingested_line_count": 129,
}


@pytest.mark.parametrize(
    ("example", "expected", "total"),
    [("15cols", FIFTEEN, 15 * 16 // 2), ("newmetrics", TWENTY_NINE, 29 * (101 + 129) // 2)],
)
def test_the_examples_of_amazon_q_land_as_they_are(
    landing: LandingHome, example: str, expected: dict[str, int], total: int
) -> None:
    content = vendor_example(f"amazon_q/devlake_by_user_analytic_{example}.csv")
    (row,) = landing.landed_rows(f"{AMAZON_Q}/x.csv", content)
    assert _counts(row) == expected
    assert sum(_counts(row).values()) == total
    assert (row["activity_date"], row["actor_kind"], row["actor_name"], row["reject_reason"]) == (
        date(2025, 6, 23),
        "vendor_id",
        "test-user",
        None,
    )


def test_the_newer_report_of_amazon_q_lands(landing: LandingHome) -> None:
    header = vendor_example("amazon_q/kiro_user_report_header.csv").decode()
    landing.put(f"{AMAZON_Q}/empty_2026-03-01.csv", header)
    (delivery,) = landing.land().landed
    assert (delivery.record_count, delivery.covers_from) == (0, date(2026, 3, 1))
    line = "d-0123456789.u-1,2026-03-02,KIRO_IDE,2,7.25,100.0,0.5,yes,CANARY,PRO,31\n"
    (row,) = landing.landed_rows(f"{AMAZON_Q}/one_2026-03-02.csv", header + line)
    assert stated(row) == {
        "record_line": 2,
        "activity_date": date(2026, 3, 2),
        "actor_kind": "vendor_id",
        "actor_name": "u-1",
        "client_type": "KIRO_IDE",
        "chat_conversation_count": 2,
        "credit_used_count": Decimal("7.25"),
        "overage_credit_used_count": Decimal("0.5"),
        "is_overage_enabled": True,
        "message_count": 31,
    }
