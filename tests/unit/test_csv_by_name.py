"""Vendors' CSVs, read by the names of their columns: which headers are taken, which rows, and how values are
written.
"""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import InputRefused
from orchestration.home import Home
from orchestration.landing.csv_header import CsvHeader, read_header
from orchestration.sources import FEEDS
from tests.unit.landing_home import AMAZON_Q, ANALYTICS, M365, LandingHome

DAY = date(2026, 3, 2)
PLAIN = "UserId,Date,Inline_AcceptanceCount,Chat_MessagesSent\nu-1,2026-03-02,3,40\n"
COUNTED = "actor_name, activity_date, inline_acceptance_count, chat_message_sent_count, reject_reason"


@pytest.fixture
def landing(tmp_path: Path) -> LandingHome:
    return LandingHome(Home(tmp_path))


def _row(landing: LandingHome, content: str | bytes, columns: str) -> dict[str, Any]:
    is_gzip = isinstance(content, bytes) and content.startswith(b"\x1f\x8b")
    (row,) = landing.landed_rows(f"{AMAZON_Q}/x.csv{'.gz' if is_gzip else ''}", content, columns)
    return row


SAME_ROW: dict[str, str | bytes] = {
    "plain": PLAIN,
    "reordered": "Chat_MessagesSent,Date,Inline_AcceptanceCount,UserId\n40,2026-03-02,3,u-1\n",
    "padded names": " UserId ,\tDate, Inline_AcceptanceCount,Chat_MessagesSent  \nu-1,2026-03-02,3,40\n",
    "padded by what only looks blank": PLAIN.replace("Date", "\u00a0Date\u2003"),
    "padded values": PLAIN.replace("u-1,2026-03-02,3", " u-1 , 2026-03-02,3 "),
    "all quoted": "".join(f'"{line}"\n'.replace(",", '","') for line in PLAIN.splitlines()),
    "quoted and padded": PLAIN.replace("UserId,Date", '" UserId", "Date"'),
    "byte order mark": PLAIN.encode("utf-8-sig"),
    "mark before a quote": PLAIN.replace("UserId", '"UserId"').encode("utf-8-sig"),
    "mark in a gzip": gzip.compress(PLAIN.encode("utf-8-sig")),
    "windows line ends": PLAIN.replace("\n", "\r\n"),
    "no last line end": PLAIN.removesuffix("\n"),
    "unknown columns": "Region,UserId,Date,Inline_AcceptanceCount,New,Chat_MessagesSent\n"
    "x,u-1,2026-03-02,3,y,40\n",
    "unnamed columns": PLAIN.replace("\n", ",,\n"),
    "comma in a quoted unknown": PLAIN.replace("Sent\n", "Sent,N\n").replace("40\n", '40,"a, ""b"", c"\n'),
}


@pytest.mark.parametrize("case", SAME_ROW)
def test_the_same_row_comes_out_of_every_way_to_write_it(landing: LandingHome, case: str) -> None:
    assert _row(landing, SAME_ROW[case], COUNTED) == {
        "actor_name": "u-1",
        "activity_date": DAY,
        "inline_acceptance_count": 3,
        "chat_message_sent_count": 40,
        "reject_reason": None,
    }


def test_the_column_of_an_optional_field_may_be_missing(landing: LandingHome) -> None:
    assert _row(landing, "UserId,Date\nu-1,2026-03-02\n", COUNTED) == {
        "actor_name": "u-1",
        "activity_date": DAY,
        "inline_acceptance_count": None,
        "chat_message_sent_count": None,
        "reject_reason": None,
    }


def test_empty_is_not_zero(landing: LandingHome) -> None:
    row = _row(landing, PLAIN.replace(",3,40", ",,0"), COUNTED)
    assert (row["inline_acceptance_count"], row["chat_message_sent_count"]) == (None, 0)


REFUSED = [
    (AMAZON_Q, "UserId,Day\nCANARY,2026-03-02\n", "Column Date is missing from the header"),
    (AMAZON_Q, "Date,user_id\n2026-03-02,CANARY\n", "Column UserId is missing from the header"),
    (AMAZON_Q, "CANARY,2026-03-02,3\n", "Column Date is missing from the header"),
    (AMAZON_Q, "UserId,Date, Date\nu-1,2026-03-02,CANARY\n", "Column Date stands twice in the header"),
    (
        M365,
        "Report Refresh Date,User Principal Name,Word Copilot Last Activity Date\n2026-03-02,CANARY@x.org,\n",
        "Column Last Activity Date is missing from the header",
    ),
    (
        ANALYTICS,
        "cadence,period_start,period_end,public_id,mail,messages\nWeekly,2026-03-01,2026-03-07,CANARY,a@x.org,1\n",
        "Column email is missing from the header",
    ),
    (
        ANALYTICS,
        "cadence,period_start,period_end,public_id,email\nWeekly,2026-03-01,2026-03-07,CANARY,a@x.org\n",
        "Column messages is missing from the header",
    ),
]


@pytest.mark.parametrize(("feed", "content", "sentence"), REFUSED)
def test_a_header_without_what_is_required_is_refused_naming_it(
    landing: LandingHome, feed: str, content: str, sentence: str
) -> None:
    landing.put(f"{feed}/x.csv", content)
    report = landing.land()
    assert report.landed == ()
    # one that has some of its columns is this feed's in another format; one that has none is no header
    column = sentence.removeprefix("Column ").removesuffix(" is missing from the header")
    assert [one.reason for one in report.frozen] + [
        one.sentence[: len(sentence)] for one in report.refused
    ] in (
        [f"{column}: missing from the header"],
        [sentence],
    )
    assert "CANARY" not in repr(report)


def test_what_a_header_has_beyond_the_declaration_is_told_in_its_order() -> None:
    header = read_header(FEEDS[AMAZON_Q], 'Zone, UserId ,"New, one",Date,ProfileId,,Zone')
    assert header == CsvHeader(
        columns=("Zone", "UserId", "New, one", "Date", "ProfileId", "", "Zone"), unknown=("Zone", "New, one")
    )


def test_a_companys_own_csv_stays_exact() -> None:
    with pytest.raises(InputRefused, match="Column employee_id is misplaced in the header"):
        read_header(FEEDS["hr/rota"], "work_date,employee_id,day_fraction")
    with pytest.raises(InputRefused, match="further columns"):
        read_header(FEEDS["hr/rota"], "employee_id,work_date,day_fraction,shift")


def test_a_header_of_thousands_of_columns_is_read(landing: LandingHome) -> None:
    extra = 3_000
    header = "UserId,Date" + "".join(f",c{number}" for number in range(extra)) + ",Chat_MessagesSent"
    line = 'u-1,"2026-03-02"' + ",1" * extra + ",7"
    row = _row(landing, f"{header}\n{line}\n", "chat_message_sent_count, reject_reason")
    assert row == {"chat_message_sent_count": 7, "reject_reason": None}


DATES: list[tuple[str, date | None]] = [
    ("2026-03-02", DAY),
    ("2026/03/02", DAY),
    ("03/02/2026", DAY),
    ("03-02-2026", DAY),
    ("2026-03-02T00:00:00Z", DAY),
    ("2026-03-02T00:00:00.000+00:00", DAY),
    ("12/31/2025", date(2025, 12, 31)),
    ("02/29/2024", date(2024, 2, 29)),
    # Month first is how the vendor writes it: where that is no date, it is refused, not turned round.
    ("31/12/2025", None),
    ("13-02-2026", None),
    ("02/29/2025", None),
    ("2026-02-30", None),
    ("2026/13/01", None),
    # Not to be told for certain.
    ("3/2/2026", None),
    ("03/02/26", None),
    ("03-02/2026", None),
    ("2026/03-02", None),
    ("02.03.2026", None),
    ("20260302", None),
    ("2026-03-02T00:00:00", None),
    ("2026-03-02T00:00:00+02:00", None),
    ("03/02/2026T00:00:00Z", None),
    ("46083", None),
]


def test_each_format_of_a_date_is_read_and_no_other_guessed(landing: LandingHome) -> None:
    content = "UserId,Date\n" + "".join(f"u-1,{written}\n" for written, _ in DATES)
    rows = landing.landed_rows(f"{AMAZON_Q}/x.csv", content, "activity_date, reject_reason")
    assert [row["activity_date"] for row in rows] == [day for _, day in DATES]
    assert [row["reject_reason"] for row in rows] == [
        None if day else "Date: not a day in UTC" for _, day in DATES
    ]


def test_only_the_declared_feed_writes_its_dates_otherwise(landing: LandingHome) -> None:
    content = "employee_id,work_date,day_fraction\n7,03/02/2026,1\n"
    (row,) = landing.landed_rows("hr/rota/r.csv", content, "work_date, reject_reason")
    assert row == {"work_date": None, "reject_reason": "work_date: not a date (YYYY-MM-DD)"}


FLAGS = [
    *((word, True) for word in ("true", "1", "yes", "TRUE", "Yes")),
    *((word, False) for word in ("false", "0", "no", "False")),
    ("", None),
]


@pytest.mark.parametrize(("word", "expected"), FLAGS)
def test_a_flag_may_be_worded(landing: LandingHome, word: str, expected: bool | None) -> None:
    content = f"UserId,Date,Overage_Enabled\nu-1,2026-03-02,{word}\n"
    row = _row(landing, content, "is_overage_enabled, reject_reason")
    assert row == {"is_overage_enabled": expected, "reject_reason": None}


WRONG = [
    ("Overage_Enabled", "on", "Overage_Enabled: not true or false (1 or 0, yes or no)"),
    ("Overage_Enabled", "2", "Overage_Enabled: not true or false (1 or 0, yes or no)"),
    ("Chat_MessagesSent", '"1,000"', "Chat_MessagesSent: not a whole number"),
    ("Chat_MessagesSent", "12.0", "Chat_MessagesSent: not a whole number"),
    ("Chat_MessagesSent", "-1", "Chat_MessagesSent: negative"),
    ("Chat_MessagesSent", "1000001", "Chat_MessagesSent: above 1000000"),
    ("Credits_Used", "1,5", "row: not the columns of the header"),
    ("Credits_Used", "NaN", "Credits_Used: not a number"),
    ("Zone", '"never closed', "row: not the columns of the header"),
]


@pytest.mark.parametrize(("column", "value", "reason"), WRONG)
def test_a_wrong_value_costs_its_row_alone(
    landing: LandingHome, column: str, value: str, reason: str
) -> None:
    good = "u-1,2026-03-02,\n"
    content = f"UserId,Date,{column}\n{good}u-2,2026-03-02,{value}\n{good}"
    rows = landing.landed_rows(f"{AMAZON_Q}/x.csv", content, "record_line, reject_reason")
    assert [tuple(row.values()) for row in rows] == [(2, None), (3, reason), (4, None)]


@pytest.mark.parametrize(
    ("written", "credits"),
    [("12.5", "12.500000"), ("12", "12.000000"), ("0.30000000000000004", "0.300000"), ("1e-05", "0.000010")],
)
def test_credits_are_exact(landing: LandingHome, written: str, credits: str) -> None:
    content = f"UserId,Date,Credits_Used\nu-1,2026-03-02,{written}\n"
    assert _row(landing, content, "credit_used_count") == {"credit_used_count": Decimal(credits)}


IDS = [
    ("d-1234567890.0a1b2c3d-1111-2222-3333-444455556666", "0a1b2c3d-1111-2222-3333-444455556666"),
    ("0a1b2c3d-1111-2222-3333-444455556666", "0a1b2c3d-1111-2222-3333-444455556666"),
    ("1234567890-0a1b2c3d-1111-2222-3333-444455556666", "1234567890-0a1b2c3d-1111-2222-3333-444455556666"),
    ("d-12345.u-1", "d-12345.u-1"),
    ("u-d-1234567890.1", "u-d-1234567890.1"),
    ("d-1234567890.d-1234567890.u-1", "d-1234567890.u-1"),
]


@pytest.mark.parametrize(("written", "expected"), IDS)
def test_the_prefix_of_the_identity_store_is_cut_off(
    landing: LandingHome, written: str, expected: str
) -> None:
    content = f"UserId,Date\n{written},2026-03-02\n"
    row = _row(landing, content, "actor_kind, actor_name, reject_reason")
    assert row == {"actor_kind": "vendor_id", "actor_name": expected, "reject_reason": None}


def test_a_prefix_alone_is_nobody(landing: LandingHome) -> None:
    row = _row(landing, "UserId,Date\nd-1234567890.,2026-03-02\n", "actor_name, reject_reason")
    assert row == {"actor_name": None, "reject_reason": "UserId: missing"}
