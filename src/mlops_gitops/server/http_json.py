"""JSON over HTTP, strictly: bodies of bounded length and duration in, and only JSON that every reader takes out.

NaN and Infinity are not JSON and are refused, nesting is bounded by the parser.  What is wrong with a request is a
``RequestError`` with the status to answer; it never reaches the model.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn

from fastapi import Request, Response


class RequestError(Exception):
    """A request that is answered with ``status`` and ``{"error": text}``."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


async def read_body(request: Request, max_bytes: int, timeout_s: float) -> bytes:
    """The body; raises ``RequestError`` 413 beyond ``max_bytes`` and 408 where it does not arrive in time."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_long(max_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for part in request.stream():
                body += part
                if len(body) > max_bytes:
                    raise _too_long(max_bytes)
    except TimeoutError as error:
        raise RequestError(f"the body did not arrive within {timeout_s:g} s", 408) from error
    return bytes(body)


def parse_object(body: bytes) -> dict[str, Any]:
    """A JSON object; raises ``RequestError`` on anything else."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise RequestError("the body is nested too deeply") from error
    except ValueError as error:
        raise RequestError(f"the body is not JSON in UTF-8: {error}") from error
    if not isinstance(value, dict):
        raise RequestError("the body is not a JSON object")
    return value


def write_object(value: dict[str, Any]) -> bytes:
    """ASCII JSON; text that is no valid Unicode (a lone surrogate in a request id) survives as an escape."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def answer(value: dict[str, Any], status: int = 200) -> Response:
    """A JSON response."""
    return Response(write_object(value), status, media_type="application/json")


def _too_long(max_bytes: int) -> RequestError:
    return RequestError(f"the body is longer than {max_bytes} bytes; send fewer rows at a time", 413)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number; write null for a missing value")
