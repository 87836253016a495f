"""The workforce as the HR system states it: dated snapshots of people and org units, all leave, rotas.

Files are CSV or one JSON object per line, with the same names.
"""

from __future__ import annotations

from orchestration.sources.base import VISIBLE, Feed, Field, Source


def _text(name: str, max_length: int = 100, *, required: bool = False, fold: bool = False) -> Field:
    return Field(name, "text", name, required=required, max_length=max_length, fold=fold)


def _code(name: str, pattern: str, shape: str) -> Field:
    return Field(name, "text", name, max_length=50, pattern=pattern, shape=shape)


def _fraction(name: str, maximum: int) -> Field:
    return Field(name, "amount", name, maximum=maximum, precision=4, scale=3, may_be_quoted=True)


WORKERS = Feed(
    source="hr",
    name="workers",
    endpoint="an export of the HR system, one file per snapshot date, the date in its name",
    paging="none: a file is the whole workforce",
    dated_by="file_name",
    is_usage=False,
    record_key=("activity_date", "employee_id"),
    settle_days=0,
    reads_csv=True,
    empty_means="it holds no workers",
    fields=(
        Field(
            "employee_id",
            "text",
            "employee_id",
            required=True,
            max_length=64,
            # Two ids that differ in nothing anybody sees are two rows of HR, and must not become one person.
            keeps_invisible=True,
            pattern=VISIBLE,
            shape="free of invisible characters",
        ),
        _text("work_email", 254, fold=True),
        _text("email_aliases", 4000, fold=True),
        _text("display_name", 200),
        _text("github_login", 100, fold=True),
        _text("manager_employee_id", 64),
        _text("org_unit_id", 64),
        _text("line_of_business"),
        _text("job_family"),
        _text("job_level", 50),
        _text("worker_type", 50),
        _code("country_code", "[A-Z]{2}", "two capital letters"),
        _code("country_subdivision_code", "[A-Z0-9-]+", "capital letters, digits and hyphens"),
        _text("site_code", 50),
        _text("legal_entity_code", 50),
        _fraction("fte_fraction", maximum=2),
        _code("working_weekdays", "[01]{7}", "seven digits 0 or 1, Monday first"),
        Field("hired_date", "day", "hired_date", required=True),
        Field("terminated_date", "day", "terminated_date"),
        _text("employment_status", 50),
    ),
)

ORG_UNITS = Feed(
    source="hr",
    name="org_units",
    endpoint="an export of the HR system, one file per snapshot date, the date in its name",
    paging="none: a file is the whole organisation",
    dated_by="file_name",
    is_usage=False,
    record_key=("activity_date", "org_unit_id"),
    settle_days=0,
    reads_csv=True,
    empty_means="it holds no org units",
    fields=(
        _text("org_unit_id", 64, required=True),
        _text("org_unit_name", 200),
        _text("parent_org_unit_id", 64),
    ),
)

LEAVE = Feed(
    source="hr",
    name="leave",
    endpoint="an export of the HR system; each file is the full statement of all leave",
    paging="none: a file is the full statement",
    dated_by="file_name_if_any",
    is_usage=False,
    record_key=("employee_id", "start_date"),
    settle_days=0,
    reads_csv=True,
    # Why somebody is away (illness, parenthood) is nobody's business here.
    ignored_csv_columns=("leave_type",),
    fields=(
        _text("employee_id", 64, required=True),
        Field("start_date", "day", "start_date", required=True),
        Field("end_date", "day", "end_date"),
        _fraction("day_fraction", maximum=1),
    ),
)

# Working days of people on call or in shifts: on its date a row replaces what working_weekdays says.
ROTA = Feed(
    source="hr",
    name="rota",
    endpoint="an export of the planning of shifts, optional; dates it does not name keep the weekly pattern",
    paging="none",
    dated_by="file_name_if_any",
    is_usage=False,
    record_key=("employee_id", "work_date"),
    settle_days=0,
    reads_csv=True,
    fields=(
        _text("employee_id", 64, required=True),
        Field("work_date", "day", "work_date", required=True),
        Field(
            "day_fraction",
            "amount",
            "day_fraction",
            required=True,
            maximum=1,
            precision=4,
            scale=3,
            may_be_quoted=True,
        ),
    ),
)

SOURCE = Source("hr", "Workforce", feeds=(WORKERS, ORG_UNITS, LEAVE, ROTA))
