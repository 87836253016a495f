"""Manifests and checksums beside a file: what agrees lets it in, what differs refuses it."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import Home
from tests.unit.landing_home import COPILOT, LandingHome, copilot_record, ndjson

CONTENT = ndjson(*(copilot_record(f"user{number}") for number in range(5))).encode()
NAME = f"{COPILOT}/users_2026-03-02.ndjson"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
RIGHT: dict[str, Any] = {"bytes": len(CONTENT), "lines": 5, "sha256": SHA256, "sender": "somebody"}


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _manifest(**changes: Any) -> str:
    return json.dumps({key: value for key, value in (RIGHT | changes).items() if value is not None})


AGREES = {
    "whole manifest": (".manifest.json", _manifest()),
    "bytes alone": (".manifest.json", _manifest(lines=None, sha256=None)),
    "lines alone": (".manifest.json", _manifest(bytes=None, sha256=None)),
    "capital hex": (".manifest.json", _manifest(sha256=SHA256.upper())),
    "sha256sum": (".sha256", f"{SHA256}  users_2026-03-02.ndjson\n"),
    "bare sum": (".sha256", SHA256),
}
DIFFERS = {
    "bytes": (".manifest.json", _manifest(bytes=len(CONTENT) + 1), "bytes, it has"),
    "lines": (".manifest.json", _manifest(lines=6), "states 6 lines, it has 5"),
    "sha256": (".manifest.json", _manifest(sha256="0" * 64), "SHA-256 is not the one"),
    "sum": (".sha256", "0" * 64, "SHA-256 is not the one"),
    "no sum": (".sha256", "soon", "holds none"),
    "empty sum": (".sha256", "", "holds none"),
    "no JSON": (".manifest.json", "{", "not of the form"),
    "a list": (".manifest.json", "[1]", "not of the form"),
    "bytes as text": (".manifest.json", _manifest(bytes="12"), "not of the form"),
    "negative": (".manifest.json", _manifest(lines=-1), "not of the form"),
    "half a sum": (".manifest.json", _manifest(sha256=SHA256[:32]), "not of the form"),
    "deep": (".manifest.json", "[" * 60_000, "not of the form"),
}


@pytest.mark.parametrize("case", AGREES)
def test_a_file_that_is_what_is_stated_beside_it_goes_in(landing: LandingHome, case: str) -> None:
    suffix, stated = AGREES[case]
    landing.put(NAME + suffix, stated)
    assert len(landing.landed_rows(NAME, CONTENT)) == 5
    assert landing.land().landed == ()


@pytest.mark.parametrize("case", DIFFERS)
def test_a_file_that_is_not_what_is_stated_beside_it_is_refused(landing: LandingHome, case: str) -> None:
    suffix, stated, words = DIFFERS[case]
    landing.put(NAME + suffix, stated)
    assert words in landing.refusal(NAME, CONTENT)
    (landing.home.inbox / (NAME + suffix)).unlink()
    assert len(landing.land().landed) == 1, "once it is gone the file is read again"


def test_bytes_and_sum_are_those_of_the_packed_file_and_lines_those_of_its_text(landing: LandingHome) -> None:
    packed = gzip.compress(CONTENT)
    stated = {"bytes": len(packed), "lines": 5, "sha256": hashlib.sha256(packed).hexdigest()}
    landing.put(f"{NAME}.gz.manifest.json", json.dumps(stated))
    assert len(landing.landed_rows(f"{NAME}.gz", packed)) == 5


def test_a_companion_alone_is_no_delivery(landing: LandingHome) -> None:
    landing.put(f"{NAME}.manifest.json", _manifest())
    landing.put(f"{NAME}.sha256", SHA256)
    report = landing.land()
    assert (report.landed, report.refused, report.frozen) == ((), (), ())
