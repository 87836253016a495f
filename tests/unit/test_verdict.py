"""When a verdict passes, when it holds, and which bytes it is about."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from orchestration.errors import NotPublishable
from orchestration.publishing import verdict
from orchestration.publishing.verdict import CheckResult, Verdict
from tests.unit import tiny_generation as tiny

KEY = b"k" * 32
HASHES = {"b": "2" * 64, "a": "1" * 64}


def combined(*checks: CheckResult, decided_at: datetime = tiny.NOW) -> Verdict:
    return verdict.combine(checks, HASHES, base_generation=7, decided_at=decided_at, draft_sha256="3" * 64)


@pytest.mark.parametrize(
    ("checks", "outcome"),
    [
        ([tiny.check()], "passed"),
        ([tiny.check(), tiny.check("failed", "warning")], "passed"),
        ([tiny.check(), tiny.check("not_evaluated")], "passed"),
        ([tiny.check("failed", "warning")], "passed"),
        ([tiny.check(), tiny.check("failed")], "held"),
        ([tiny.check("not_evaluated")], "held"),
        ([], "held"),
    ],
)
def test_outcome_follows_from_the_checks(checks: list[CheckResult], outcome: str) -> None:
    assert combined(*checks).outcome == outcome


def test_held_verdict_says_why() -> None:
    assert combined(tiny.check("failed"), tiny.check()).reason_held == "failed: employee.has_rows"
    assert combined().reason_held == "no check was evaluated"


def test_candidate_hash_covers_names_and_contents_in_any_order() -> None:
    expected = hashlib.sha256(b"a\t" + b"1" * 64 + b"\nb\t" + b"2" * 64 + b"\n").hexdigest()
    assert verdict.candidate_sha256(HASHES) == expected
    assert verdict.candidate_sha256(dict(sorted(HASHES.items()))) == expected
    assert verdict.candidate_sha256({"a": "2" * 64, "b": "1" * 64}) != expected


def test_verdict_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "verdict.json"
    written = combined(tiny.check(), tiny.check("failed"))
    verdict.write(path, written, KEY)
    assert verdict.read(path, KEY) == written
    assert path.stat().st_mode & 0o777 == 0o600


def test_verdict_that_contradicts_its_checks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "verdict.json"
    verdict.write(path, combined(tiny.check("failed")), KEY)
    path.write_text(path.read_text().replace('"outcome": "held"', '"outcome": "passed"'))
    with pytest.raises(NotPublishable, match="contradicts"):
        verdict.look(path)


def test_times_are_utc_whatever_zone_they_came_in() -> None:
    zoned = datetime(2026, 3, 31, 4, 30, tzinfo=timezone(timedelta(hours=2)))
    made = combined(tiny.check(), decided_at=zoned)
    assert made.decided_at == tiny.NOW.replace(tzinfo=None)
    assert made == combined(tiny.check(), decided_at=tiny.NOW.replace(tzinfo=None))
    assert '"decided_at":"2026-03-31T02:30:00Z"' in made.model_dump_json()
