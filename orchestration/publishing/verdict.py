"""The verdict of the audit on one candidate: its checks, the outcome, the run and the bytes it is about.

How checks are computed belongs to data_quality/; what a verdict allows belongs to the publication.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from orchestration import durable
from orchestration.errors import NotPublishable
from orchestration.home import Home

Outcome = Literal["passed", "held"]
CheckOutcome = Literal["passed", "failed", "not_evaluated"]
Severity = Literal["blocking", "warning"]

_SEAL = "seal"


def _to_naive_utc(value: datetime) -> datetime:
    return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)


# Naive UTC in Python and DuckDB, with a Z in JSON.
UtcDatetime = Annotated[
    datetime,
    AfterValidator(_to_naive_utc),
    PlainSerializer(lambda value: value.isoformat() + "Z", return_type=str, when_used="json"),
]


class CheckResult(BaseModel):
    """One check on one candidate. `observed` and `message` hold aggregates only, no value of a record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    check_name: str
    outcome: CheckOutcome
    severity: Severity
    observed: str | None = None
    message: str


class Verdict(BaseModel):
    """What the audit found about exactly the files that hash to `candidate_sha256`.

    `base_generation` is the generation in force when the candidate was started, None when there was none.
    `draft_sha256` names the run it was built by, with its dates, deliveries, models and settings; verdicts of
    generations published before it was kept have none, and publish nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidate_sha256: str
    outcome: Outcome
    checks: tuple[CheckResult, ...]
    base_generation: int | None
    decided_at: UtcDatetime
    draft_sha256: str | None = None

    @model_validator(mode="after")
    def _outcome_follows_from_checks(self) -> Verdict:
        if self.outcome != decide(self.checks):
            raise ValueError("the outcome does not follow from the checks")
        return self

    @property
    def blocking_failures(self) -> tuple[CheckResult, ...]:
        """The checks that hold the candidate; empty although held if nothing was evaluated at all."""
        return tuple(check for check in self.checks if _holds(check))

    @property
    def reason_held(self) -> str:
        """One clause naming what held the candidate, for messages."""
        if names := ", ".join(f"{check.suite}.{check.check_name}" for check in self.blocking_failures):
            return f"failed: {names}"
        return "no check was evaluated"


def _holds(check: CheckResult) -> bool:
    return check.severity == "blocking" and check.outcome == "failed"


def decide(checks: Iterable[CheckResult]) -> Outcome:
    """`held` if a blocking check failed or nothing was evaluated at all, else `passed`."""
    listed = tuple(checks)
    nothing_evaluated = all(check.outcome == "not_evaluated" for check in listed)
    return "held" if nothing_evaluated or any(_holds(check) for check in listed) else "passed"


def combine(
    checks: Iterable[CheckResult],
    file_hashes: Mapping[str, str],
    *,
    base_generation: int | None,
    decided_at: datetime,
    draft_sha256: str,
) -> Verdict:
    """The verdict that follows from the checks on the candidate with these file hashes, of one run."""
    listed = tuple(checks)
    return Verdict(
        candidate_sha256=candidate_sha256(file_hashes),
        outcome=decide(listed),
        checks=listed,
        base_generation=base_generation,
        decided_at=decided_at,
        draft_sha256=draft_sha256,
    )


def candidate_sha256(file_hashes: Mapping[str, str]) -> str:
    """One hash over the names and hashes of all files of a candidate, whatever their order."""
    lines = "".join(f"{name}\t{file_hashes[name]}\n" for name in sorted(file_hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def verdict_path(home: Home) -> Path:
    """Where the verdict on work/candidate lies."""
    return home.work / "verdict.json"


def write(path: Path, verdict: Verdict, key: bytes) -> None:
    """Write a verdict durably under a seal, readable by the owner alone.

    Raises RunFailed if the disk refuses.
    """
    data = verdict.model_dump(mode="json")
    content = json.dumps(data | {_SEAL: _seal(data, key)}, indent=2).encode() + b"\n"
    with durable.disk_errors("Writing the verdict"):
        durable.write_file(path, content, 0o600)


def read(path: Path, key: bytes) -> Verdict:
    """The verdict in a file. Raises NotPublishable if there is none, or none that a run of this installation
    wrote just so: an edit by hand breaks the seal.
    """
    data, seal = _load(path)
    if not hmac.compare_digest(seal.encode(), _seal(data, key).encode()):
        raise _not_as_written(path)
    return _parse(path, data)


def look(path: Path) -> Verdict:
    """The verdict in a file whatever its seal, to be shown; nothing may be published by it.

    Raises as `read`.
    """
    return _parse(path, _load(path)[0])


def _load(path: Path) -> tuple[dict[str, Any], str]:
    try:
        data = json.loads(path.read_bytes())
        return data, str(data.pop(_SEAL))
    except FileNotFoundError:
        raise NotPublishable(
            f"The candidate has no verdict ({path} is missing). Run `adoption nightly` to build and audit "
            "one."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise _not_as_written(path) from None


def _parse(path: Path, data: dict[str, Any]) -> Verdict:
    try:
        return Verdict.model_validate(data)
    except ValidationError:
        raise _not_as_written(path) from None


def _not_as_written(path: Path) -> NotPublishable:
    return NotPublishable(
        f"The verdict in {path} is not as the gate wrote it: it cannot be read, contradicts its own checks, "
        "or its seal is broken. Run `adoption nightly` again."
    )


def _seal(data: dict[str, Any], key: bytes) -> str:
    # A key of its own for this use: no seal can be taken for a pseudonym.
    own_key = hmac.digest(key, b"seal of a verdict", "sha256")
    return hmac.digest(own_key, json.dumps(data, sort_keys=True).encode(), "sha256").hex()
