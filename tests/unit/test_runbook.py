"""The runbook has a section for every kind of alert, with what it means, how to look and what to do."""

from __future__ import annotations

import json
import re

import pytest

from orchestration.alerting import alerts, conditions
from orchestration.alerting.open_events import Event
from orchestration.command_line.status import Status
from orchestration.errors import InputRefused, NotPublishable, PoliciesRefused, RunFailed
from orchestration.home import PROJECT_ROOT, Home

RUNBOOK = (PROJECT_ROOT / "docs" / "runbook.md").read_text()
SECTIONS = {
    part.partition("\n")[0]: part.partition("\n")[2] for part in re.split(r"^## ", RUNBOOK, flags=re.M)[1:]
}


@pytest.mark.parametrize("kind", conditions.KINDS)
def test_every_kind_of_alert_has_its_section_and_names_it(kind: conditions.Kind) -> None:
    sent = alerts._message(Event(kind=kind, subject="x", key="x", text="x."))
    (section,) = re.findall(r"section `(.*?)`", sent.body)
    for part in ("**Means.**", "**Look.**", "**Do.**"):
        assert SECTIONS[section].count(part) == 1


@pytest.mark.parametrize("error", [InputRefused, PoliciesRefused, NotPublishable, RunFailed])
def test_every_error_that_an_alert_names_has_its_line(error: type[RunFailed]) -> None:
    assert f"| `{error.__name__}` |" in SECTIONS["Alert: failed"]


def test_every_link_within_the_runbook_leads_somewhere() -> None:
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in SECTIONS}
    assert set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK)) <= anchors


def test_every_field_of_the_status_is_described() -> None:
    running = (PROJECT_ROOT / "docs" / "running.md").read_text()
    status = Status(Home(PROJECT_ROOT), None, (), (), 0)
    described = re.findall(r"`(\w+)`", running.partition("## Status for monitors")[2].partition("\n## ")[0])
    assert set(json.loads(json.dumps(status.as_json()))) <= set(described)
