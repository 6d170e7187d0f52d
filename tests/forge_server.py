"""A server on this machine that speaks the part of GitLab's and GitHub's APIs by which remarks are read and written."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ME, SOMEBODY = 7, 8


class Forge(ThreadingHTTPServer):
    """Remarks by number; ``answers`` are statuses to give before anything is looked at."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.remarks: dict[int, dict[str, Any]] = {}
        self.answers: list[int] = []
        self.lose_new = False
        self.asked: list[str] = []
        self.github_token_is_a_workflows = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, author: int, body: str, *, system: bool = False) -> dict[str, Any]:
        number = len(self.remarks) + 1
        login = {ME: "github-actions[bot]"}.get(author, f"user-{author}")
        remark = {
            "id": number, "body": body, "system": system, "author": {"id": author}, "user": {"login": login},
            "html_url": f"https://github.example.com/o/r/pull/5#issuecomment-{number}",
        }  # fmt: skip
        self.remarks[number] = remark
        return remark


class _Handler(BaseHTTPRequestHandler):
    server: Forge

    def _serve(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        if self.server.answers:
            self._answer(self.server.answers.pop(0), {"message": "not now"})
        elif "secret" not in (self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization") or ""):
            self._answer(401, {"message": "401 Unauthorized"})
        else:
            self._answer(*self._found(urlsplit(self.path).path, body))

    def _found(self, path: str, body: Any) -> tuple[int, Any]:
        if path == "/user":
            refused = self.server.github_token_is_a_workflows
            return (403, {"message": "no"}) if refused else (200, {"id": ME, "login": "user-7"})
        one = re.fullmatch(r"/projects/42/merge_requests/5/notes/(\d+)|/repos/o/r/issues/comments/(\d+)", path)
        if one and self.command in ("PUT", "PATCH"):
            remark = self.server.remarks[int(one[1] or one[2])]
            remark["body"] = body["body"]
            return 200, remark
        if path not in ("/projects/42/merge_requests/5/notes", "/repos/o/r/issues/5/comments"):
            return 404, {"message": "404 Not Found"}
        if self.command == "POST":
            new = self.server.add(ME, body["body"])
            return (502, {}) if self.server.lose_new else (201, new)
        query = parse_qs(urlsplit(self.path).query)
        start, size = (int(query["page"][0]) - 1) * 100, int(query["per_page"][0])
        return 200, list(self.server.remarks.values())[start : start + size]

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.url}/user")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def serving() -> Iterator[Forge]:
    """A forge that listens while the block runs."""
    server = Forge()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
