"""The access token that a vendor gives for a client's secret (OAuth 2.0 client credentials, RFC 6749, 4.4).

Where the secret comes from belongs to access.py. A token is held in memory and written nowhere.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

import httpx

from orchestration.pulling.access import HEADER_TEXT, TokenGrant
from orchestration.pulling.failures import PullFailed
from orchestration.pulling.waits import asked_wait, is_passing

# A token is renewed so long before it ends, and taken to hold so long where its end is not said.
MARGIN_SECONDS = 300
UNSAID_SECONDS = 600


@dataclass
class AccessToken(httpx.Auth):
    """Puts the token of one feed on its requests, asking for it first and again once it has ended.

    A token that the vendor refuses with 401 is renewed once for each request. `passing` makes an error of
    what asking again may mend, and of the seconds that the vendor asks to wait.
    """

    grant: TokenGrant
    passing: Callable[[str, float | None], PullFailed]
    _value: str | None = field(default=None, init=False, repr=False)
    _ends_at: float = field(default=0.0, init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Raises PullFailed where there is no token."""
        refused: str | None = None
        for _ in range(2):
            async with self._turn:
                if self._value in (None, refused) or time.monotonic() >= self._ends_at:
                    answer = yield self._request()
                    await answer.aread()
                    self._take(answer)
                token = self._value
            request.headers["Authorization"] = f"Bearer {token}"
            response = yield request
            if response.status_code != httpx.codes.UNAUTHORIZED:
                return
            refused = token

    def _request(self) -> httpx.Request:
        grant = self.grant
        return httpx.Request(
            "POST",
            grant.url,
            data={
                "grant_type": "client_credentials",
                "client_id": grant.client_id,
                "client_secret": grant.secret,
                "scope": grant.scope,
            },
            headers={"accept": "application/json"},
        )

    def _take(self, response: httpx.Response) -> None:
        status = response.status_code
        said = f"The address of token_url answered with HTTP {status}"
        if is_passing(status):
            raise self.passing(said, asked_wait(response.headers))
        if status != httpx.codes.OK:
            variable = self.grant.secret_env
            raise PullFailed(
                f"{said}: check token_url, client_id, and the secret in the variable {variable}.",
                ends_feed=True,
            )
        value, seconds = _stated(response.content)
        self._value, self._ends_at = value, time.monotonic() + max(seconds - MARGIN_SECONDS, 0)


def _stated(content: bytes) -> tuple[str, float]:
    """The token and the seconds it holds; raises PullFailed for an answer that holds none."""
    try:
        stated = json.loads(content)
        token, kind = stated["access_token"], stated["token_type"]
        seconds = float(stated.get("expires_in", UNSAID_SECONDS))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PullFailed("The answer of token_url holds no access token.", ends_feed=True) from None
    if not isinstance(token, str) or not HEADER_TEXT.fullmatch(token) or str(kind).lower() != "bearer":
        raise PullFailed("The answer of token_url holds no bearer token.", ends_feed=True)
    return token, seconds
