"""How an answer goes wrong: on the wire, in its status, in its packing, in its paging. One function each."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from tests.vendors.server import Handler, Misbehaviour, Reply

HTML = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def status(code: int, content: bytes = b"{}", **headers: str) -> Misbehaviour:
    """Another status; names of headers with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def misbehave(handler: Handler, _: Reply) -> None:
        handler.send(Reply(content, code, {"content-type": "application/json"} | named))

    return misbehave


def retry_at(code: int, seconds: float) -> Misbehaviour:
    """Asks to come again at a time of the vendor's own clock, which may be off."""

    def misbehave(handler: Handler, reply: Reply) -> None:
        moment = time.time() + handler.vendor.clock_is_off_by + seconds
        status(code, retry_after=formatdate(moment, usegmt=True))(handler, reply)

    return misbehave


def reset_mid_body(handler: Handler, reply: Reply) -> None:
    """Half of the body, then a reset of the connection."""
    handler.begin(reply, {"content-length": str(len(reply.content))})
    handler.wfile.write(reply.content[: len(reply.content) // 2])
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.rfile.close()  # it would keep the connection open
    handler.connection.close()


def closed_early(handler: Handler, reply: Reply) -> None:
    """Fewer bytes than announced, then an orderly end of the connection."""
    handler.begin(reply, {"content-length": str(len(reply.content))})
    handler.wfile.write(reply.content[: _middle_line(reply.content)])
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_WR)


def chunks_without_end(handler: Handler, reply: Reply) -> None:
    """Chunked, without the chunk that ends it."""
    handler.begin(reply, {"transfer-encoding": "chunked"})
    part = reply.content[: _middle_line(reply.content)]
    handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_WR)


def neither_length_nor_end(handler: Handler, reply: Reply) -> None:
    """A body cut after a whole line, which nothing announced and nothing ends but the connection."""
    handler.begin(reply, {"connection": "close"})
    handler.wfile.write(reply.content[: _middle_line(reply.content)])
    handler.close_connection = True


def _middle_line(content: bytes) -> int:
    """After the last whole line of the first half; in the middle where there is none."""
    return content.rfind(b"\n", 0, len(content) // 2) + 1 or len(content) // 2


def slow_drip(handler: Handler, reply: Reply) -> None:
    """A byte now and then: never silent for long, never done."""
    handler.begin(reply, {"content-length": str(len(reply.content))})
    for position in range(len(reply.content)):
        handler.wfile.write(reply.content[position : position + 1])
        handler.wfile.flush()
        time.sleep(0.3)


def silence(handler: Handler, _: Reply) -> None:
    """No answer at all for longer than anybody waits."""
    time.sleep(3)
    handler.close_connection = True


def packed(change: Callable[[bytes], bytes]) -> Misbehaviour:
    """gzip, spoilt after packing; the length is that of what is sent."""

    def misbehave(handler: Handler, reply: Reply) -> None:
        content = change(gzip.compress(reply.content))
        handler.send(replace(reply, content=content, headers=reply.headers | {"content-encoding": "gzip"}))

    return misbehave


def rewritten(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Misbehaviour:
    """The JSON of the answer with something changed."""

    def misbehave(handler: Handler, reply: Reply) -> None:
        handler.send(replace(reply, content=json.dumps(change(json.loads(reply.content))).encode()))

    return misbehave


def instead(content: bytes, content_type: str) -> Misbehaviour:
    """Status 200 with something else in it."""

    def misbehave(handler: Handler, _: Reply) -> None:
        handler.send(Reply(content, 200, {"content-type": content_type}))

    return misbehave


def remembering(after: int) -> Misbehaviour:
    """From the second use on the body of the first one, under cursors that go on: the same page for ever."""
    kept: list[dict[str, Any]] = []

    def misbehave(handler: Handler, reply: Reply) -> None:
        kept.append(json.loads(reply.content))
        number = len(kept)
        page = kept[0] | {"has_more": True, "next_page": f"{kept[0]['next_page']}{'0' * number}"}
        handler.send(Reply.of(page if number > after else kept[-1]))

    return misbehave
