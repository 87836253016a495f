"""Sends requests to one vendor and reads whole answers: timeouts, bounded retries, what each status means.

Which page comes next belongs to paging.py, what is in a body to body.py.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import stamina
import stamina.instrumentation

from orchestration.pulling.access import Endpoint, is_secure
from orchestration.pulling.access_token import AccessToken
from orchestration.pulling.body import PIECE, JsonReading, Unpacking
from orchestration.pulling.failures import Expired, NotThereYet, Passing, PullFailed
from orchestration.pulling.found import Found, Wanted
from orchestration.pulling.waits import Limits, RateLimit, asked_wait, is_passing

USER_AGENT = "ai-adoption-warehouse"
# Its words are looked at for one date only.
MAX_REFUSAL_BYTES = 64 << 10
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_REFUSING_STATUS = frozenset({401, 403})
_GONE = 410


@dataclass(frozen=True)
class Request:
    """One request. `is_signed_link`: another host's, sent without the secret. `is_first`: it opens a window.

    `day` is the newest date asked for, which a vendor may not have yet.
    """

    url: str
    day: date
    parameters: tuple[tuple[str, str], ...] = ()
    body: dict[str, Any] | None = None
    is_signed_link: bool = False
    is_first: bool = True


@dataclass(frozen=True)
class Answer:
    """What a whole body held, and where the header says the next page is."""

    found: Found
    next_link: str | None


@dataclass
class Intake:
    """Takes the records of one body; `start` is called before each attempt and forgets the one before."""

    start: Callable[[], None]
    receive: Callable[[str], None]


@dataclass
class Transport:
    """The connection to one endpoint."""

    endpoint: Endpoint
    client: httpx.AsyncClient
    rate: RateLimit
    limits: Limits
    say: Callable[[str], None]
    _headers: dict[str, str] = field(init=False, repr=False)
    _token: AccessToken | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._headers = self.endpoint.headers()
        self._token = AccessToken(self.endpoint.grant, self._passing) if self.endpoint.grant else None

    async def fetch(self, request: Request, wanted: Wanted, intake: Intake) -> Answer:
        """One whole answer, asked for again while that may help.

        Raises PullFailed where it does not, Expired where the window must be begun anew, NotThereYet.
        """
        limits = self.limits
        try:
            async for attempt in stamina.retry_context(
                on=_backoff,
                attempts=limits.attempts,
                timeout=limits.retry_seconds,
                wait_initial=limits.first_wait_seconds,
                wait_max=limits.longest_wait_seconds,
                wait_jitter=limits.first_wait_seconds,
            ):
                with attempt:
                    if attempt.num > 1:
                        self.say(f"asking again ({attempt.num} of {limits.attempts})")
                    await self.rate.turn()
                    intake.start()
                    return await self._once(request, wanted, intake)
        except Passing as failure:
            raise PullFailed(f"{failure} It was tried {attempt.num} times.", ends_feed=True) from None
        raise AssertionError("a retry ends with an answer or an error")

    async def _once(self, request: Request, wanted: Wanted, intake: Intake) -> Answer:
        try:
            async with asyncio.timeout(self.limits.request_seconds), self._sent(request) as response:
                await self._judge(response, request)
                found = await _read(response, wanted, intake)
                return Answer(found, self._next_link(response))
        except (TimeoutError, httpx.TimeoutException):
            raise Passing("The vendor did not answer in time, or too slowly.") from None
        except (httpx.RemoteProtocolError, httpx.ReadError):
            raise Passing("The answer broke off.") from None
        except httpx.TransportError as error:
            raise Passing(f"The vendor cannot be reached ({type(error).__name__}).") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PullFailed(f"The request cannot be sent ({type(error).__name__}).") from None

    @asynccontextmanager
    async def _sent(self, request: Request) -> AsyncIterator[httpx.Response]:
        if not is_secure(request.url):
            raise PullFailed("The vendor names an address that is not https.")
        headers = {"accept-encoding": "gzip", "user-agent": USER_AGENT}
        if not request.is_signed_link:
            headers |= {"accept": "application/json"} | self._headers
        async with self.client.stream(
            "POST" if request.body is not None else "GET",
            request.url,
            params=httpx.QueryParams(request.parameters) if request.parameters else None,
            json=request.body,
            headers=headers,
            auth=None if request.is_signed_link else self._token,
        ) as response:
            yield response

    async def _judge(self, response: httpx.Response, request: Request) -> None:
        """Raise what a status other than 200 means, and what an answer of the wrong type means."""
        status = response.status_code
        said = f"The vendor answered with HTTP {status}"
        wait = asked_wait(response.headers)
        if status == httpx.codes.OK:
            _judge_type(response, is_file=request.is_signed_link)
        elif is_passing(status) or (status == 403 and wait is not None):
            raise self._passing(said, wait)
        elif request.is_signed_link:
            raise Expired(f"{said} for a download link, which expire.")
        elif status == self.endpoint.pull.not_yet_status:
            await _judge_not_yet(response, request.day, said)
        elif status == _GONE and not request.is_first:
            raise Expired(f"{said}: the cursor expired.")
        elif status in _REFUSING_STATUS:
            raise PullFailed(
                f"{said}: check the secret in the variable {self.endpoint.secret_env} and its rights.",
                ends_feed=True,
            )
        elif 300 <= status < 400:
            raise PullFailed(f"{said}, a redirect, which is not followed; correct base_url.", ends_feed=True)
        else:
            raise PullFailed(f"{said}; check base_url and parameters.", ends_feed=True)

    def _passing(self, said: str, wait: float | None) -> PullFailed:
        longest = self.limits.longest_wait_seconds
        if wait is not None and wait > longest:
            return PullFailed(
                f"{said} and asks to wait {wait:.0f} s, longer than the {longest:.0f} s a night waits.",
                ends_feed=True,
            )
        if wait is not None:
            self.say(f"waiting {wait:.0f} s, as the vendor asks")
        return Passing(f"{said}.", wait)

    def _next_link(self, response: httpx.Response) -> str | None:
        link = response.links.get("next", {}).get("url")
        return None if link is None else urljoin(str(response.url), link)

    def same_host(self, url: str) -> str:
        """An address of the same vendor that the secret may be sent to; raises PullFailed for another one."""
        own, other = urlsplit(self.endpoint.base_url), urlsplit(url) if is_secure(url) else None
        if other is None or (own.scheme, own.netloc) != (other.scheme, other.netloc):
            raise PullFailed(
                "The next page lies at another host than base_url, which must not see the secret."
            )
        return url


def _backoff(error: Exception) -> bool | float:
    """Whether to ask again, and after how many seconds where the vendor says."""
    if not isinstance(error, Passing):
        return False
    return True if error.wait_seconds is None else error.wait_seconds


def _judge_type(response: httpx.Response, *, is_file: bool) -> None:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "html" in kind or "xml" in kind:
        raise PullFailed("The answer is HTML or XML, most likely an error or sign-in page.")
    if not is_file and not re.fullmatch(r"application/([\w.+-]+\+)?json", kind):
        raise PullFailed("The answer is not declared as JSON.")
    has_end = "content-length" in response.headers or "chunked" in response.headers.get(
        "transfer-encoding", ""
    )
    if is_file and not has_end and response.headers.get("content-encoding", "") != "gzip":
        raise PullFailed(
            "The file says neither how long it is nor where it ends, so a cut would go unnoticed."
        )


async def _judge_not_yet(response: httpx.Response, day: date, said: str) -> None:
    text = b""
    async for piece in response.aiter_raw(PIECE):
        text += piece
        if len(text) > MAX_REFUSAL_BYTES:
            break
    unpacked = b"".join(Unpacking(response.headers.get("content-encoding", "")).feed(text))
    named = [found for match in _DAY.findall(unpacked.decode("utf-8", "replace")) if (found := _day(match))]
    earlier = [found for found in named if found < day]
    if not earlier:
        raise PullFailed(f"{said} and names no earlier date; check parameters.", ends_feed=True)
    raise NotThereYet(max(earlier))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _read(response: httpx.Response, wanted: Wanted, intake: Intake) -> Found:
    unpacking = Unpacking(response.headers.get("content-encoding", "").strip().lower())
    reading = JsonReading(wanted, intake.receive)
    async for data in response.aiter_raw(PIECE):
        for piece in unpacking.feed(data):
            reading.feed(piece)
    unpacking.finish()
    return reading.finish()


def open_client(endpoint: Endpoint, limits: Limits) -> httpx.AsyncClient:
    """A client that follows no redirect and logs no address; proxies of the environment count except here."""
    for name in ("httpx", "httpcore"):  # their lines hold signed links
        logging.getLogger(name).setLevel(logging.WARNING)
    stamina.instrumentation.set_on_retry_hooks([])
    return httpx.AsyncClient(
        timeout=httpx.Timeout(limits.silence_seconds, connect=limits.connect_seconds),
        follow_redirects=False,
        trust_env=not endpoint.is_loopback,
    )
