"""The rota of people on call or in shifts: a row says what is expected of its day, other days keep the week.

Figures: Carla works a Sunday, Ben has Tuesday off, Anna half of Wednesday; an older rota had all of it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.feeds.case import ANNA, BEN, CARLA, FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, Reconciled

SUNDAY = date(2026, 3, 1)
_HEADER = "employee_id,work_date,day_fraction\n"

FILES = {
    "hr/rota/rota_2026-03-02_20260302T020000Z.csv": _HEADER + f"{ANNA.employee_id},{WEDNESDAY},1\n",
    "hr/rota/rota_2026-03-03_20260303T020000Z.csv": _HEADER
    + f"{ANNA.employee_id},{WEDNESDAY},0.5\n"
    + f"{BEN.employee_id},{TUESDAY},0\n"
    + f"{CARLA.employee_id},{SUNDAY},1\n",
}
RECORDS = {
    ("hr", "rota", MONDAY): Reconciled(duplicate=1),
    ("hr", "rota", TUESDAY): Reconciled(accepted=3),
}
FRACTIONS = {
    **{
        (person.employee_id, day): Decimal(1)
        for person in (ANNA, BEN, CARLA)
        for day in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    },
    **{(person.employee_id, SUNDAY): Decimal(0) for person in (ANNA, BEN)},
    (CARLA.employee_id, SUNDAY): Decimal(1),
    (BEN.employee_id, TUESDAY): Decimal(0),
    (ANNA.employee_id, WEDNESDAY): Decimal("0.5"),
}
