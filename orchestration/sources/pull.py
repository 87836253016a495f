"""How a feed is pulled from its vendor's API: endpoint, paging, limits and what the vendor says of its days.

Declarations only; sending requests belongs to orchestration/pulling.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

# What one pull holds: one day | everything since a day, whatever its end | the state at the time of asking.
Span = Literal["day", "since", "snapshot"]

# How the secret goes into its header: as it is | after `Bearer` | as the user name of HTTP Basic.
AuthForm = Literal["bare", "bearer", "basic_user"]


@dataclass(frozen=True)
class OnePage:
    """The first answer is all there is."""


@dataclass(frozen=True)
class Cursor:
    """The answer names at `next_path` what to send as `parameter` for the next page: a cursor or a last id.

    The flag at `more_path` says whether there is one; without such a flag, an absent or null name ends it.
    """

    parameter: str = "page"
    next_path: str = "next_page"
    more_path: str | None = "has_more"


@dataclass(frozen=True)
class PageNumber:
    """Pages are counted from `first`; the flag at `more_path` says whether another one follows."""

    parameter: str = "page"
    more_path: str = "pagination.hasNextPage"
    first: int = 1


@dataclass(frozen=True)
class NextLink:
    """The answer holds the address of the next page at `path`; the last one holds none."""

    path: str = "@odata.nextLink"


@dataclass(frozen=True)
class LinkHeader:
    """The header `Link` holds the address of the next page as rel="next"; the last answer holds none."""


@dataclass(frozen=True)
class Report:
    """The answer lists signed links to NDJSON files, fetched without the secret; no link: not there yet.

    `day_path` is where the answer repeats the day it is for.
    """

    links_path: str = "download_links"
    day_path: str = "report_day"


Paging = OnePage | Cursor | PageNumber | NextLink | LinkHeader | Report


@dataclass(frozen=True)
class Pull:
    """One endpoint of a vendor and its rules.

    `path` and the values of `parameters` and `headers` may hold names in braces: those that the customer
    sets (`[sources.<name>.parameters]`), and in `parameters` also of the window: `{day}` and `{next_day}`
    (dates), `{day_start}` and `{next_day_start}` (RFC 3339), `{day_epoch}` and `{next_day_epoch}` (seconds),
    `{day_ms}` and `{last_ms}` (milliseconds); `next_day` is the day after the last one. Parameters of a POST
    are the keys of its JSON body. `auth_header` carries the secret in the form `auth_form`.
    `grant_scope`: where the vendor gives access tokens for the secret of a client, what they are asked for.
    `look_back_days`: how many dates up to the newest are read again every night.
    `history_days`: how far back the vendor answers; `first_date`: before it there is nothing.
    `not_yet_status`: the status that refuses a day and names the latest one there is.
    """

    base_url: str
    path: str
    paging: Paging
    look_back_days: int
    span: Span = "day"
    method: Literal["GET", "POST"] = "GET"
    parameters: tuple[tuple[str, str | int], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    auth_header: str = "Authorization"
    auth_form: AuthForm = "bearer"
    grant_scope: str | None = None
    requests_per_minute: int | None = None
    concurrency: int = 1
    history_days: int | None = None
    first_date: date | None = None
    not_yet_status: int | None = None
