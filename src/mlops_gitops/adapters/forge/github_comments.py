"""Comments of a GitHub pull request, over its REST API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlops_gitops.adapters.json_http import HttpStatusError, JsonService, value_of
from mlops_gitops.ports.discussion import Remark

_PAGE = 100
# A workflow's own token may not ask who it is.
_WORKFLOW = "github-actions[bot]"


class GithubComments:
    """Implements ``ports.discussion.Discussion``; ``repository`` is ``owner/name``."""

    limit = 65_536

    def __init__(self, api: str, repository: str, number: int, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}", "X-GitHub-Api-Version": "2022-11-28"}
        self._service = JsonService(api, headers)
        self._repository, self._number = f"repos/{repository}/issues", number

    def ours(self) -> Iterator[Remark]:
        """Comments of the token's own user; see the port."""
        mine = self._login()
        number, comments = 1, self._listed(1)
        while comments:
            for one in comments:
                if (one.get("user") or {}).get("login") == mine:
                    yield Remark(str(value_of(one, "id")), str(value_of(one, "body") or ""))
            number += 1
            comments = self._listed(number) if len(comments) == _PAGE else []

    def add(self, body: str) -> str:
        """A new comment; see the port."""
        return self._url(self._ask("POST", f"{self._repository}/{self._number}/comments", {"body": body}))

    def change(self, remark: Remark, body: str) -> str:
        """Another text for a comment; see the port."""
        return self._url(self._ask("PATCH", f"{self._repository}/comments/{remark.id}", {"body": body}))

    def _url(self, one: Any) -> str:
        return str(value_of(one, "html_url"))

    def _login(self) -> str:
        try:
            return str(value_of(self._service.ask("GET", "user"), "login"))
        except HttpStatusError as error:
            if error.status != 403:
                raise
            return _WORKFLOW

    def _listed(self, page: int) -> list[Any]:
        found = self._ask("GET", f"{self._repository}/{self._number}/comments?per_page={_PAGE}&page={page}")
        return found if isinstance(found, list) else []

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        try:
            return self._service.ask(method, path, body)
        except HttpStatusError as error:
            if error.status in (401, 403, 404):
                error.todo = "the job needs `permissions: pull-requests: write`; a fork's pull request never has it"
            raise
