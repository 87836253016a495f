"""Lists that link names: vendors' own examples land as they are, and of a person only names of accounts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from orchestration.home import PROJECT_ROOT, Home
from tests.unit.landing_home import WORKERS_HEADER, LandingHome, worker_row

SHARED = Path(os.environ.get("ADOPTION_SHARED", PROJECT_ROOT.parent / "shared"))
EXAMPLES = SHARED / "reference" / "examples"
SCIM = "reject_reason, scim_user_id, external_id, user_name, is_active, employee_number, emails"
JENSEN = ("2819c223-7f76-453a-919d-413861904646", None, "bjensen@example.com", True, None, None)
SMITH = ("a4d29ad1-d471-4d00-a6b8-07a27e6742f0", None, "jsmith@example.com", True, None, None)
ENTERPRISE_SMITH = (None, None, "jsmith@example.com", None, "701984", [{"email": "jsmith@example.com"}])


def landed(home: LandingHome, path: str, content: str | bytes, columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in home.landed_rows(path, content, columns)]


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


@pytest.mark.parametrize(
    ("example", "people"),
    [
        ("hr_identity/scim_list_response.json", [JENSEN, SMITH]),
        ("hr_identity/scim_enterprise_user.json", [ENTERPRISE_SMITH]),
    ],
)
def test_examples_of_the_identity_provider_land_as_they_are(
    landing: LandingHome, example: str, people: list[tuple[Any, ...]]
) -> None:
    content = (EXAMPLES / example).read_bytes()
    assert landed(landing, "scim/users/2026-03-02.json", content, SCIM) == [
        (None, *person) for person in people
    ]


def test_the_example_of_openai_lands_as_it_is(landing: LandingHome) -> None:
    content = (EXAMPLES / "openai/users.json").read_bytes()
    columns = "reject_reason, vendor_user_id, email"
    assert landed(landing, "openai/users/2026-03-02.json", content, columns) == [
        (None, "user_abc", "user@example.com")
    ]


def test_a_number_is_no_employee_number(landing: LandingHome) -> None:
    key = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    users = [
        {"id": "1", "userName": "a", key: {"employeeNumber": 42}},
        {"id": "2", "userName": "b", key: {"employeeNumber": "0042"}},
        {"id": "3", "userName": "c", key: "0042"},
        {"id": "4", "emails": []},
        {"id": "5", "userName": "e", "emails": [{"value": "nobody"}]},
    ]
    content = "".join(json.dumps(user) + "\n" for user in users)
    rows = landed(landing, "scim/users/2026-03-02.ndjson", content, "reject_reason, employee_number")
    quoted = f'"{key}"'
    assert rows == [
        (f"{quoted}.employeeNumber: not a text", None),
        (None, "0042"),
        (f"{quoted}: not an object", None),
        ("userName: missing", None),
        ("emails.value: not an e-mail address", None),
    ]


def test_either_side_of_an_identity_may_be_missing(landing: LandingHome) -> None:
    rows = [
        {"samlIdentity": {"nameId": "Ann@Example.com"}, "user": {"login": "Ann-Acme"}},
        {"samlIdentity": {"nameId": "0042"}, "user": None},
        {"samlIdentity": None, "user": {"login": "bo"}},
        {"samlIdentity": {"nameId": None}, "user": None},
        {"samlIdentity": {"nameId": 42}, "user": {"login": "cy"}},
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows)
    found = landed(
        landing, "github/saml_identities/2026-03-02.ndjson", content, "reject_reason, name_id, login"
    )
    assert found == [
        (None, "Ann@Example.com", "ann-acme"),
        (None, "0042", None),
        (None, None, "bo"),
        (None, None, None),
        ("node.samlIdentity.nameId: not a text", None, "cy"),
    ]


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad"])
def test_an_employee_id_holds_no_invisible_character(landing: LandingHome, hidden: str) -> None:
    content = f"{WORKERS_HEADER}\n{worker_row('007')}{worker_row(f'00{hidden}7')}"
    rows = landed(
        landing,
        "hr/workers/2026-03-02.csv",
        content.encode(),
        "reject_reason, employee_id",
    )
    assert rows == [
        (None, "007"),
        ("employee_id: not free of invisible characters", None),
    ]


def test_a_page_of_external_identities_lands_as_the_vendor_answers(landing: LandingHome) -> None:
    nodes = [
        {"samlIdentity": {"nameId": "ann@example.com"}, "user": {"login": "ann-acme"}},
        {"samlIdentity": {"nameId": "bo@example.com"}, "user": None},
    ]
    page = {"edges": [{"node": node} for node in nodes], "pageInfo": {"hasNextPage": False}}
    answer = {"data": {"organization": {"samlIdentityProvider": {"externalIdentities": page}}}}
    path, columns = "github/saml_identities/2026-03-02.json", "reject_reason, name_id, login"
    assert landed(landing, path, json.dumps(answer), columns) == [
        (None, "ann@example.com", "ann-acme"),
        (None, "bo@example.com", None),
    ]
