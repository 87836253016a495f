"""A local HTTP server that takes alerts as apprise's `json://` sends them, and can be slow or refuse them.

Real sockets, real HTTP; what must be in an alert is asserted by the tests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "s3cret-canary"


@dataclass
class Webhook:
    """What came in, in order. `is_free` unset: no answer is given until it is set."""

    port: int = 0
    status: int = 200
    received: list[dict[str, Any]] = field(default_factory=list)
    is_free: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """An address for apprise, with a secret in its path as chats have it."""
        return f"json://127.0.0.1:{self.port}/{SECRET}"

    def take(self) -> list[tuple[str, str]]:
        """(kind, text) of each alert since the last call; the kind is the section of the runbook it names."""
        taken, self.received[:] = list(self.received), []
        return [(one["message"].rpartition("Alert: ")[2].partition("`")[0], one["message"]) for one in taken]


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A server for the block."""
    hook = Webhook()
    hook.is_free.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            hook.received.append(json.loads(body))
            hook.is_free.wait(60)
            self.send_response(hook.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        hook.is_free.set()
        server.shutdown()
        server.server_close()
