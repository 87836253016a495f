"""A local HTTP server that answers as vendors do, and misbehaves on request. Real sockets, real HTTP.

What a vendor answers belongs to rules.py, how an answer goes wrong to misbehaviour.py.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: dict[str, Any]

    def one(self, name: str) -> str | None:
        """The one value of a parameter of the query."""
        values = self.query.get(name, [])
        assert len(values) <= 1, name
        return values[0] if values else None


@dataclass(frozen=True)
class Reply:
    """An answer before it is sent."""

    content: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})

    @staticmethod
    def of(value: Any, status: int = 200, **headers: str) -> Reply:
        """A JSON answer."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return Reply(json.dumps(value).encode(), status, {"content-type": "application/json"} | named)


Rule = Callable[[Asked], Reply]
# Sends an answer, or something else in its place.
Misbehaviour = Callable[["Handler", Reply], None]


@dataclass
class Vendor:
    """One server: its rules by path, what goes wrong with the next requests, and what it was asked."""

    rules: dict[str, Rule] = field(default_factory=dict)
    # (beginning of the path, number of the request to such a path from 1 on, what happens; 0 = every one)
    faults: list[tuple[str, int, Misbehaviour]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    clock_is_off_by: float = 0.0
    url: str = ""

    def fault_for(self, path: str) -> Misbehaviour | None:
        """What goes wrong with the newest request."""
        for beginning, number, fault in self.faults:
            if path.startswith(beginning):
                count = sum(asked.path.startswith(beginning) for asked in self.asked)
                if number in (0, count):
                    return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    vendor: Vendor

    def do_GET(self) -> None:
        """Answer by the rules, or misbehave."""
        length = int(self.headers.get("content-length", 0))
        parts = urlsplit(self.path)
        asked = Asked(
            parts.path,
            parse_qs(parts.query),
            {name.lower(): value for name, value in self.headers.items()},
            self._body(self.rfile.read(length)),
        )
        self.vendor.asked.append(asked)
        rule = self.vendor.rules.get(parts.path)
        reply = rule(asked) if rule else Reply.of({"error": "not found"}, 404)
        fault = self.vendor.fault_for(parts.path)
        if fault is None:
            self.send(reply)
        else:
            fault(self, reply)

    do_POST = do_GET

    def _body(self, content: bytes) -> dict[str, Any]:
        if self.headers.get("content-type") == "application/x-www-form-urlencoded":
            return dict(parse_qsl(content.decode(), strict_parsing=True))
        found: dict[str, Any] = json.loads(content) if content else {}
        return found

    def send(self, reply: Reply) -> None:
        """The whole answer, as a vendor in order sends it."""
        self.begin(reply, {"content-length": str(len(reply.content))})
        self.wfile.write(reply.content)

    def begin(self, reply: Reply, more: dict[str, str]) -> None:
        """Status and headers."""
        self.send_response_only(reply.status)
        import time

        self.send_header("date", formatdate(time.time() + self.vendor.clock_is_off_by, usegmt=True))
        for name, value in (reply.headers | more).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


@contextmanager
def serving(vendor: Vendor) -> Iterator[Vendor]:
    """The vendor at a port of its own on the loopback interface."""
    handler = type("BoundHandler", (Handler,), {"vendor": vendor})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
