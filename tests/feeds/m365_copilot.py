"""Microsoft 365 Copilot: dates of last activity that move from snapshot to snapshot, and a night without one.

Figures: Monday's snapshot knows of Anna's Monday in Word. Tuesday's is missing; Wednesday's moves her Word to
Tuesday and shows chat on Wednesday, adds Ben's Excel of Monday and Teams of Tuesday, and a Wednesday of Carla
in an application it does not list. A first version of it, corrected since, claimed her Tuesday in Word.
Thursday's adds a Wednesday of Ben in Outlook; Carla has no licence any more.
"""

from __future__ import annotations

import json
from typing import Any

from tests.feeds.case import (
    ANNA,
    BEN,
    CANARY,
    CARLA,
    MONDAY,
    STRANGER,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Case,
    Colleague,
    Reconciled,
)

APPS = (
    "copilotChat",
    "microsoftTeamsCopilot",
    "wordCopilot",
    "excelCopilot",
    "powerPointCopilot",
    "outlookCopilot",
    "oneNoteCopilot",
    "loopCopilot",
)
# A name that the tenant conceals.
CONCEALED = "0123456789ABCDEF0123456789ABCDEF"


def _licence(refreshed: str, name: str, last: str = "", **apps: str) -> dict[str, Any]:
    return {
        "reportRefreshDate": refreshed,
        "userPrincipalName": name,
        "displayName": CANARY,
        "lastActivityDate": last,
        **{f"{app}LastActivityDate": apps.get(app, "") for app in APPS},
        "copilotActivityUserDetailsByPeriod": [{"reportPeriod": 7}],
    }


def _page(*licences: dict[str, Any]) -> str:
    return json.dumps({"@odata.context": "reports", "value": list(licences)})


FIRST, SECOND, THIRD = "2026-03-02", "2026-03-04", "2026-03-05"
MONDAYS = _page(
    _licence(FIRST, ANNA.work_email.title(), FIRST, wordCopilot=FIRST, copilotChat="2026-02-27"),
    _licence(FIRST, BEN.work_email),
    _licence(FIRST, CARLA.work_email, "2026-02-20", wordCopilot="2026-02-20"),
    _licence(FIRST, CONCEALED, FIRST, copilotChat=FIRST),
    _licence(FIRST, STRANGER, FIRST, excelCopilot=FIRST),
)
CORRECTED = (
    "Report Refresh Date,User Principal Name,Display Name,Last Activity Date,"
    "Word Copilot Last Activity Date\n"
    f"{SECOND},{CARLA.work_email},{CANARY},2026-03-03,2026-03-03\n"
)
WEDNESDAYS = _page(
    _licence(SECOND, ANNA.work_email, SECOND, wordCopilot="2026-03-03", copilotChat=SECOND),
    _licence(
        SECOND, BEN.work_email, "2026-03-03", microsoftTeamsCopilot="2026-03-03", excelCopilot="2026-03-02"
    ),
    _licence(SECOND, CARLA.work_email, SECOND, wordCopilot="2026-02-20"),
)

THURSDAYS = _page(
    _licence(THIRD, ANNA.work_email, SECOND, wordCopilot="2026-03-03", copilotChat=SECOND),
    _licence(THIRD, BEN.work_email, SECOND, outlookCopilot=SECOND, microsoftTeamsCopilot="2026-03-03"),
)

TOOL = "m365_copilot"
# Nothing is counted; a licence that was not used is known to be idle.
USED = {"is_active": True, "is_substantive": True}
IDLE = {"is_active": False, "is_substantive": False}


def _office(person: Colleague, day: Any) -> tuple[str, str, str, Any]:
    return (person.employee_id, TOOL, "office", day)


CASE = Case(
    tools=frozenset({TOOL}),
    files={
        "m365_copilot/usage_user_detail/2026-03-02_20260303T050000Z.json": MONDAYS,
        "m365_copilot/usage_user_detail/2026-03-04_20260305T010000Z.csv": CORRECTED,
        "m365_copilot/usage_user_detail/2026-03-04_20260305T050000Z.json": WEDNESDAYS,
        "m365_copilot/usage_user_detail/2026-03-05_20260306T050000Z.json": THURSDAYS,
    },
    records={
        (TOOL, "usage_user_detail", MONDAY): Reconciled(accepted=3, unresolved=2),
        (TOOL, "usage_user_detail", WEDNESDAY): Reconciled(accepted=3, duplicate=1),
        (TOOL, "usage_user_detail", THURSDAY): Reconciled(accepted=2),
    },
    tool_days={
        (ANNA.employee_id, TOOL, MONDAY): USED,
        (ANNA.employee_id, TOOL, TUESDAY): USED,
        (ANNA.employee_id, TOOL, WEDNESDAY): USED,
        (BEN.employee_id, TOOL, MONDAY): USED,
        (BEN.employee_id, TOOL, TUESDAY): USED,
        (BEN.employee_id, TOOL, WEDNESDAY): USED,
        (ANNA.employee_id, TOOL, THURSDAY): IDLE,
        (BEN.employee_id, TOOL, THURSDAY): IDLE,
        (CARLA.employee_id, TOOL, MONDAY): IDLE,
        (CARLA.employee_id, TOOL, WEDNESDAY): USED,
    },
    mode_days={
        _office(ANNA, MONDAY): (True, True, None),
        _office(ANNA, TUESDAY): (True, True, None),
        (ANNA.employee_id, TOOL, "chat", WEDNESDAY): (True, True, None, "flag"),
        _office(BEN, MONDAY): (True, True, None),
        _office(BEN, TUESDAY): (True, True, None),
        _office(BEN, WEDNESDAY): (True, True, None),
        _office(CARLA, WEDNESDAY): (True, True, None),
    },
)
