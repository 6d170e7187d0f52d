"""JSON over HTTP with the standard library, for services that CI jobs speak to: proxies work, redirects do not.

A redirect is not followed because the request carries a token, which a redirect would hand to another host.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from mlops_gitops import __version__
from mlops_gitops.diagnostics import OutsideError, UsageError

_PASSING = frozenset({429, 502, 503, 504})
_LONGEST_ANSWER = 64 * 1024 * 1024


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class JsonService:
    """A base URL and the headers of every request; a request that meets passing trouble is repeated."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 30.0
    attempts: int = 3
    pause_s: float = 1.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"`{self.base_url}` is no address", todo="http:// or https:// and a host")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request and give the parsed answer, nothing where it is empty; raises ``OutsideError``."""
        where = f"{self.base_url.rstrip('/')}/{path.lstrip('/')}"
        error = OutsideError("no answer", where=where)
        for attempt in range(self.attempts):
            if attempt:
                time.sleep(self.pause_s * 2 ** (attempt - 1))
            try:
                return self._once(method, where, body)
            except HttpStatusError as refused:
                error = refused
                # What a lost answer was about may have been done: only what can be done twice is repeated.
                if refused.status not in _PASSING or (method == "POST" and refused.status != 429):
                    break
            except (OSError, HTTPException) as lost:
                error = OutsideError(f"no answer to {method}", where=where, why=str(getattr(lost, "reason", lost)))
                if method == "POST":
                    break
        error.todo = error.todo or "see that the address can be reached from here"
        raise error

    def _once(self, method: str, where: str, body: object) -> Any:
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        headers = {"Accept": "application/json", "User-Agent": f"mlops-gitops/{__version__}", **self.headers}
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = Request(where, data=content, headers=headers, method=method)  # noqa: S310 - the scheme is checked
        try:
            with build_opener(_NoRedirect()).open(request, timeout=self.timeout_s) as answer:
                said = answer.read(_LONGEST_ANSWER)
        except HTTPError as refused:
            with refused:
                raise HttpStatusError(method, where, refused.code, refused.read(2000)) from refused
        try:
            return json.loads(said) if said.strip() else None
        except ValueError as garbled:
            raise OutsideError("the answer is not JSON", where=where, why=str(garbled)) from garbled


def value_of(answer: Any, *keys: str) -> Any:
    """A value of an answer; raises ``OutsideError`` where a proxy, say, answered something else."""
    for key in keys:
        if not isinstance(answer, dict) or key not in answer:
            raise OutsideError(f"the answer is not as the API says: it has no `{'.'.join(keys)}`")
        answer = answer[key]
    return answer


class HttpStatusError(OutsideError):
    """The service said no; ``status`` is its number."""

    def __init__(self, method: str, where: str, status: int, said: bytes) -> None:
        why = " ".join(said.decode("utf-8", "replace").split())[:300]
        super().__init__(f"{method} was answered with {status}", where=where, why=why)
        self.status = status
