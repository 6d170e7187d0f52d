"""Notes of a GitLab merge request, over its API (version 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mlops_gitops.adapters.json_http import HttpStatusError, JsonService, value_of
from mlops_gitops.ports.discussion import Remark

_PAGE = 100


class GitlabNotes:
    """Implements ``ports.discussion.Discussion``; ``page`` is the merge request's page for people."""

    limit = 1_000_000

    def __init__(self, api: str, project: str, number: str, token: str, page: str) -> None:
        self._service = JsonService(api, {"PRIVATE-TOKEN": token})
        self._notes = f"projects/{quote(project, safe='')}/merge_requests/{quote(number, safe='')}/notes"
        self._page = page

    def ours(self) -> Iterator[Remark]:
        """Notes of the token's own user; see the port."""
        mine = value_of(self._ask("GET", "user"), "id")
        number, notes = 1, self._listed(1)
        while notes:
            for note in notes:
                if value_of(note, "author", "id") == mine and not note.get("system"):
                    yield Remark(str(value_of(note, "id")), str(value_of(note, "body")))
            number += 1
            notes = self._listed(number) if len(notes) == _PAGE else []

    def add(self, body: str) -> str:
        """A new note; see the port."""
        return self._url(self._ask("POST", self._notes, {"body": body}))

    def change(self, remark: Remark, body: str) -> str:
        """Another text for a note; see the port."""
        return self._url(self._ask("PUT", f"{self._notes}/{remark.id}", {"body": body}))

    def _listed(self, page: int) -> list[Any]:
        order = "order_by=created_at&sort=asc"
        found = self._ask("GET", f"{self._notes}?per_page={_PAGE}&page={page}&{order}")
        return found if isinstance(found, list) else []

    def _url(self, note: Any) -> str:
        return f"{self._page}#note_{value_of(note, 'id')}"

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        try:
            return self._service.ask(method, path, body)
        except HttpStatusError as error:
            if error.status in (401, 403, 404):
                error.todo = "MLOPS_GITOPS_TOKEN must be an access token of the project with scope `api`, role Reporter"
            raise
