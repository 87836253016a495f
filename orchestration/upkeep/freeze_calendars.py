"""Freezes the holiday calendars of the `holidays` package into the seed that the models read.

Run by `make calendars` when years or countries are added; an update of the package must not change the past,
so nothing else calls it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import holidays

from orchestration.home import PROJECT_ROOT

SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "calendars" / "holidays.csv"
YEARS = range(2024, 2029)
WITH_SUBDIVISIONS = ("AU", "CA", "CH", "DE", "ES", "GB", "IN", "US")
COUNTRIES = (
    *("AE", "AR", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CZ", "DE", "DK", "ES"),
    *("FI", "FR", "GB", "GR", "HK", "HU", "ID", "IE", "IL", "IN", "IT", "JP", "KR", "LU", "MX", "MY"),
    *("NL", "NO", "NZ", "PH", "PL", "PT", "RO", "SA", "SE", "SG", "TH", "TR", "TW", "US", "VN", "ZA"),
)


def holiday_rows() -> Iterator[tuple[str, str, str, str]]:
    """Rows (calendar_code, holiday_date, holiday_name, is_added).

    A country has its days; a subdivision only what differs from its country, with is_added = false
    for a day of the country that does not hold there.
    """
    for country in COUNTRIES:
        national = dict(holidays.country_holidays(country, years=YEARS))
        for day, name in sorted(national.items()):
            yield country, day.isoformat(), name, "true"
        if country not in WITH_SUBDIVISIONS:
            continue
        for subdivision in holidays.country_holidays(country).subdivisions:
            local = dict(holidays.country_holidays(country, subdiv=subdivision, years=YEARS))
            code = f"{country}-{subdivision}"
            for day in sorted(local.keys() - national.keys()):
                yield code, day.isoformat(), local[day], "true"
            for day in sorted(national.keys() - local.keys()):
                yield code, day.isoformat(), national[day], "false"


def main() -> None:
    """Writes the seed anew."""
    with SEED.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("calendar_code", "holiday_date", "holiday_name", "is_added"))
        writer.writerows(holiday_rows())


if __name__ == "__main__":
    main()
