"""The HTTP routes: Open Inference Protocol V2, the plain form, health and metrics.

Handlers only choose a reader and a writer for the service; every error is answered as ``{"error": text}``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException

from mlops_gitops import __version__
from mlops_gitops.ports.inference_log import InferenceLog
from mlops_gitops.server.batch import Batch, Scored
from mlops_gitops.server.config import ServerConfig
from mlops_gitops.server.http_json import answer
from mlops_gitops.server.open_inference import metadata, read_infer, write_infer
from mlops_gitops.server.plain_predict import read_predict, write_predict
from mlops_gitops.server.service import ModelService
from mlops_gitops.stages.model_package import LoadedModel


def create_app(config: ServerConfig, model: LoadedModel, log: InferenceLog) -> FastAPI:
    """The application of one loaded model; raises ``UsageError`` where the configuration names no version."""
    service = ModelService(config, model, log)
    # No pages that load scripts from elsewhere.
    app = FastAPI(title=config.project, version=__version__, docs_url=None, redoc_url=None, lifespan=service.lifespan)
    app.include_router(_plain_routes(service))
    app.include_router(_server_routes(service), prefix="/v2")
    for prefix in ("/v2/models/{name}", "/v2/models/{name}/versions/{version}"):
        app.include_router(_model_routes(service), prefix=prefix)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _own_error)
    return app


def _plain_routes(service: ModelService) -> APIRouter:
    routes, config = APIRouter(), service.config

    @routes.get("/health")
    async def health() -> Response:
        names = {"project": config.project, "environment": config.environment, "model_version": service.version}
        return answer({"status": "ok" if service.ready else "starting", **names}, 200 if service.ready else 503)

    @routes.post("/predict")
    async def predict(request: Request) -> Response:
        read = partial(read_predict, manifest=service.model.manifest, max_rows=config.max_rows)
        return await service.respond(request, read, lambda _batch, scored: write_predict(scored, service.version))

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


def _server_routes(service: ModelService) -> APIRouter:
    routes = APIRouter()

    @routes.get("")
    async def server() -> Response:
        return answer({"name": "mlops-gitops", "version": __version__, "extensions": []})

    @routes.get("/health/live")
    async def live() -> Response:
        return answer({"live": True})

    @routes.get("/health/ready")
    async def ready() -> Response:
        return answer({"ready": service.ready}, 200 if service.ready else 503)

    return routes


def _model_routes(service: ModelService) -> APIRouter:
    routes, project, own_version = APIRouter(), service.config.project, str(service.version)

    def check(request: Request) -> None:
        name, version = request.path_params["name"], request.path_params.get("version", own_version)
        if name != project:
            raise HTTPException(404, f'unknown model "{name}"; this server has "{project}"')
        if version != own_version:
            raise HTTPException(404, f'unknown version "{version}" of {project}; this server has {own_version}')

    @routes.get("")
    async def model(request: Request) -> Response:
        check(request)
        return answer(metadata(service.model.manifest, service.version))

    @routes.get("/ready")
    async def model_ready(request: Request) -> Response:
        check(request)
        return answer({"name": project, "ready": service.ready}, 200 if service.ready else 503)

    @routes.post("/infer")
    async def infer(request: Request) -> Response:
        check(request)

        def write(batch: Batch, scored: Scored) -> dict[str, Any]:
            return write_infer(batch, scored, project, service.version)

        return await service.respond(request, partial(read_infer, max_rows=service.config.max_rows), write)

    return routes


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer({"error": str(getattr(error, "detail", error))}, status)


async def _own_error(_request: Request, _error: Exception) -> Response:
    # The trace goes to the log; what was in it may be nobody else's business.
    return answer({"error": "the model failed on this request; see the server's log"}, 500)
