"""A server-side dry run: the API server validates, admits and merges an object, and keeps nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes.client import ApiException
from kubernetes.config import ConfigException
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import DynamicApiError, ResourceNotFoundError
from urllib3.exceptions import HTTPError

from mlops_gitops.diagnostics import OutsideError
from mlops_gitops.ports.dry_run import Outcome, Tried
from mlops_gitops.records.labels import MANAGED_BY, MANAGER
from mlops_gitops.records.resource import Resource

# The server's own bookkeeping, which every write moves.
_BOOKKEEPING = ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid")
_NOT_FOUND, _CONFLICT = 404, 409


class KubernetesDryRun:
    """Answers of the cluster behind a context; ``discovery`` is a file that keeps which kinds it serves."""

    def __init__(self, context: str | None, discovery: Path) -> None:
        self._context = context
        discovery.parent.mkdir(parents=True, exist_ok=True)
        try:
            api = config.new_client_from_config(context=context)  # type: ignore[no-untyped-call]
            self._client: Any = DynamicClient(api, cache_file=str(discovery))  # type: ignore[no-untyped-call]
        except (ConfigException, HTTPError, ApiException, OSError) as error:
            raise self._trouble(error) from error

    def try_apply(self, resources: Iterable[Resource]) -> Iterator[Tried]:
        """See the port.  An object whose namespace is new as well cannot be tried before that is there."""
        resources = tuple(resources)
        new_namespaces = {one.key.name for one in resources if one.key.kind == "Namespace" and not self._live(one)}
        for resource in resources:
            where = f" in {resource.key.namespace}" if resource.key.namespace else ""
            if resource.key.namespace in new_namespaces:
                tried = Outcome.CREATE, "not tried: its namespace is new"
            else:
                tried = self._try(resource)
            yield Tried(f"{resource.key}{where}", *tried)

    def running_jobs(self, namespaces: Iterable[str]) -> Iterator[tuple[str, str]]:
        """See the port."""
        jobs = self._client.resources.get(api_version="batch/v1", kind="Job")
        for namespace in namespaces:
            try:
                found = self._client.get(jobs, namespace=namespace, label_selector=f"{MANAGED_BY}={MANAGER}").to_dict()
            except (HTTPError, ApiException, DynamicApiError) as error:
                raise self._trouble(error) from error
            for job in found["items"]:
                if (job.get("status") or {}).get("active"):
                    yield namespace, job["metadata"]["name"]

    def _try(self, resource: Resource) -> tuple[Outcome, str]:
        try:
            kind = self._client.resources.get(api_version=resource.body["apiVersion"], kind=resource.key.kind)
        except ResourceNotFoundError:
            return Outcome.REFUSED, f"the cluster serves no {resource.body['apiVersion']} {resource.key.kind}"
        live = self._live(resource)
        try:
            tried = self._client.server_side_apply(
                kind,
                body=resource.body,
                namespace=resource.key.namespace or None,
                field_manager=MANAGER,
                query_params=[("dryRun", "All"), ("fieldValidation", "Strict")],
            ).to_dict()
        except DynamicApiError as error:
            return Outcome.REFUSED, _said(error)
        except HTTPError as error:
            raise self._trouble(error) from error
        if live is None:
            return Outcome.CREATE, ""
        return (Outcome.UNCHANGED if _content(live) == _content(tried) else Outcome.CHANGE), ""

    def _live(self, resource: Resource) -> dict[str, Any] | None:
        try:
            kind = self._client.resources.get(api_version=resource.body["apiVersion"], kind=resource.key.kind)
            found = self._client.get(kind, name=resource.key.name, namespace=resource.key.namespace or None)
        except ResourceNotFoundError:
            return None
        except DynamicApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise self._trouble(error) from error
        except HTTPError as error:
            raise self._trouble(error) from error
        plain: dict[str, Any] = found.to_dict()
        return plain

    def _trouble(self, error: Exception) -> OutsideError:
        return OutsideError(
            "the cluster cannot be asked",
            where=f"context {self._context}" if self._context else "the kubeconfig's current context",
            why=_said(error) if isinstance(error, DynamicApiError) else " ".join(str(error).split())[:300],
            todo="look at `kubectl config get-contexts`; without --live no cluster is needed",
        )


def _content(body: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in body["metadata"].items() if key not in _BOOKKEEPING}
    return {**body, "metadata": metadata, "status": None}


def _said(error: DynamicApiError) -> str:
    """The server's message, out of its answer."""
    try:
        message = json.loads(error.body or "{}").get("message", "")
    except ValueError:
        message = str(error.body)
    owner = "another manager owns a field of it: " if error.status == _CONFLICT else ""
    return owner + " ".join((message or error.reason or "no reason given").split())
