"""How this installation reaches a vendor: address, secret and parameters, put together from the settings.

The secret is read from the environment here and goes into request headers, nowhere else.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from orchestration.errors import WrongUse
from orchestration.settings import Settings, SourceSettings
from orchestration.sources import SOURCES
from orchestration.sources.base import Feed, Source
from orchestration.sources.pull import Pull

WINDOW_NAMES = frozenset(
    ("day", "next_day", "day_start", "next_day_start", "day_epoch", "next_day_epoch", "day_ms", "last_ms")
)
HEADER_TEXT = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class TokenGrant:
    """Where an access token is asked for, as which client, and for what."""

    url: str
    client_id: str
    scope: str
    secret_env: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """One feed as this installation pulls it."""

    feed: Feed
    pull: Pull
    base_url: str
    secret_env: str
    secret: str = field(repr=False)
    parameters: Mapping[str, str]
    # With one, the secret goes there, and what is given for it to the vendor.
    grant: TokenGrant | None = None

    @property
    def url(self) -> str:
        """The address of the feed without its query."""
        quoted = {name: quote(value, safe="") for name, value in self.parameters.items()}
        return self.base_url + self.pull.path.format_map(quoted)

    @property
    def is_loopback(self) -> bool:
        """Whether the vendor is this machine itself, as in tests."""
        return _is_loopback(urlsplit(self.base_url).hostname)

    def headers(self) -> dict[str, str]:
        """The headers of every request, the secret among them where no token takes its place."""
        found = {name: value.format_map(self.parameters) for name, value in self.pull.headers}
        if self.grant is not None:
            return found
        forms = {
            "bare": self.secret,
            "bearer": f"Bearer {self.secret}",
            "basic_user": "Basic " + base64.b64encode(f"{self.secret}:".encode()).decode(),
        }
        return found | {self.pull.auth_header: forms[self.pull.auth_form]}


def endpoints(settings: Settings, environment: Mapping[str, str]) -> list[Endpoint]:
    """Every feed that is to be pulled. Raises WrongUse naming the setting or variable that is wrong.

    A feed that carries content is left out until its approval is set.
    """
    sources = {source.name: source for source in SOURCES}
    found = []
    for name, given in sorted(settings.sources.items()):
        if given.mode != "api":
            continue
        source = sources.get(name)
        if source is None:
            raise WrongUse(f"[sources.{name}] in adoption.toml names no known source.")
        found += _of_source(source, given, environment)
    return found


def check(settings: Settings, environment: Mapping[str, str]) -> None:
    """Raise what `endpoints` raises, for whoever wants to know before a run."""
    endpoints(settings, environment)


def unapproved(settings: Settings) -> list[Feed]:
    """Feeds that would be pulled if the approval for their content were set."""
    return [
        feed
        for source in SOURCES
        for feed in source.feeds
        if feed.pull is not None
        and settings.source(source.name).mode == "api"
        and not _is_approved(feed, settings.source(source.name))
    ]


def _is_approved(feed: Feed, given: SourceSettings) -> bool:
    return not feed.carries_content or bool(given.content_access_approval_id)


def _of_source(source: Source, given: SourceSettings, environment: Mapping[str, str]) -> list[Endpoint]:
    feeds = [(feed, feed.pull) for feed in source.feeds if feed.pull is not None]
    place = f"[sources.{source.name}] in adoption.toml"
    if not feeds:
        raise WrongUse(f'{place}: no feed of this source can be pulled; set mode = "files".')
    known = [feed.name for feed, _ in feeds]
    if given.feeds is not None:
        if not set(given.feeds) <= set(known):
            raise WrongUse(f"{place}: feeds may name {', '.join(known)}; nothing else can be pulled.")
        feeds = [(feed, pull) for feed, pull in feeds if feed.name in given.feeds]
    feeds = [(feed, pull) for feed, pull in feeds if _is_approved(feed, given)]
    if not feeds:
        return []
    secret = _secret(given, place, environment)
    return [_endpoint(feed, pull, given, secret, place) for feed, pull in feeds]


def _endpoint(feed: Feed, pull: Pull, given: SourceSettings, secret: str, place: str) -> Endpoint:
    base_url = (given.base_url or pull.base_url).rstrip("/")
    if not is_secure(base_url):
        raise WrongUse(f"{place}: base_url must begin with https:// (http:// only for this machine itself).")
    for name in sorted(_asked_names(pull) - given.parameters.keys()):
        raise WrongUse(f'{place}: set parameters = {{ {name} = "..." }}; {feed.folder} is pulled by it.')
    assert given.secret_env is not None
    grant = _grant(feed, pull, given, secret, place)
    return Endpoint(feed, pull, base_url, given.secret_env, secret, given.parameters, grant)


def _grant(feed: Feed, pull: Pull, given: SourceSettings, secret: str, place: str) -> TokenGrant | None:
    if given.token_url is None and given.client_id is None:
        return None
    if pull.grant_scope is None:
        raise WrongUse(f"{place}: {feed.folder} takes its secret as it is; take token_url and client_id out.")
    if given.token_url is None or given.client_id is None:
        raise WrongUse(f"{place}: token_url and client_id go together; set both, or neither for a token.")
    if not is_secure(given.token_url):
        raise WrongUse(f"{place}: token_url must begin with https:// (http:// only for this machine itself).")
    assert given.secret_env is not None
    return TokenGrant(given.token_url, given.client_id, pull.grant_scope, given.secret_env, secret)


def _secret(given: SourceSettings, place: str, environment: Mapping[str, str]) -> str:
    if given.secret_env is None:
        raise WrongUse(f"{place}: set secret_env to the name of the environment variable with the secret.")
    secret = environment.get(given.secret_env, "")
    if not secret:
        raise WrongUse(
            f"The environment variable {given.secret_env} ({place}) is not set; put the secret there."
        )
    if not HEADER_TEXT.fullmatch(secret):
        raise WrongUse(
            f"The environment variable {given.secret_env} ({place}) holds spaces or letters no secret has."
        )
    return secret


def _asked_names(pull: Pull) -> set[str]:
    """The names in braces that the customer must set."""
    texts = [pull.path, *(value for _, value in (*pull.parameters, *pull.headers) if isinstance(value, str))]
    names = {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
    return names - WINDOW_NAMES


def is_secure(url: str) -> bool:
    """Whether a secret may go there: https, or http to this machine itself; no user or password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.hostname is None or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
