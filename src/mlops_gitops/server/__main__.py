"""``python -m mlops_gitops.server --config serving.json --port P``: load, warm up, answer, stop on SIGTERM.

The one place where the server is put together, so the one module of it that knows adapters.  The port is taken
first (a busy one is told at once) but not listened on before the model is loaded: until then nobody is kept waiting.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from mlops_gitops.diagnostics import MlopsError, OutsideError
from mlops_gitops.server.config import ServerConfig, load_config

STOP_S = 5
# As few rows as come together are scored faster by one thread than by a team of them.
_ONE_THREAD_EACH = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; returns the exit code of ``diagnostics.ExitCode``."""
    arguments = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _stop)
    for variable in _ONE_THREAD_EACH:
        os.environ.setdefault(variable, "1")
    try:
        config = load_config(arguments.config)
        changes = {"model_store": arguments.model_store, "inference_log": arguments.inference_log}
        config = config.model_copy(update={key: str(path) for key, path in changes.items() if path})
        with _taken_port(arguments.host, arguments.port) as taken:
            return _serve(config, taken, arguments.model_package)
    except MlopsError as error:
        details = (("where", error.where), ("why", error.why), ("do", error.todo))
        print(
            f"error: {error.what}", *(f"  {name}: {text}" for name, text in details if text), sep="\n", file=sys.stderr
        )
        return int(error.exit_code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("mlops_gitops.server", description="Serve one released model over HTTP.")
    parser.add_argument("--config", type=Path, required=True, help="serving.json")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--model-store", type=Path, help="folder of model packages; wins over the configuration")
    parser.add_argument("--model-package", type=Path, help="the released package itself, where no store is mounted")
    parser.add_argument("--inference-log", type=Path, help="folder of the inference log; wins over the configuration")
    return parser


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # Before uvicorn takes SIGTERM over, and again when it hands it back after a graceful stop.
    raise SystemExit(0)


def _taken_port(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio turns Nagle's algorithm off; else answers wait 40 ms for an acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except (OSError, OverflowError) as error:
        taken.close()
        todo = "stop what listens there, or choose another port"
        raise OutsideError(f"port {port} cannot be taken", where=f"{host}:{port}", why=str(error), todo=todo) from error
    return taken


def _serve(config: ServerConfig, taken: socket.socket, package: Path | None) -> int:
    version, digest = config.released()
    import uvicorn

    from mlops_gitops.adapters.inference_log import JsonLinesInferenceLog
    from mlops_gitops.adapters.model_store import FolderModelStore
    from mlops_gitops.server.app import create_app
    from mlops_gitops.stages.model_package import load_package

    folder = package or FolderModelStore(Path(config.model_store)).path(digest)
    model = load_package(folder, digest)
    for difference in model.library_differences():
        print(f"warning: {difference}", file=sys.stderr)
    app = create_app(config, model, JsonLinesInferenceLog(Path(config.inference_log), config.project))
    settings = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False,
        timeout_keep_alive=65, timeout_graceful_shutdown=STOP_S,
    )  # fmt: skip
    server = uvicorn.Server(settings)
    host, port = taken.getsockname()[:2]
    print(f"serving {config.project} v{version} on {host}:{port}", file=sys.stderr, flush=True)
    server.run(sockets=[taken])
    return 0 if server.started else int(OutsideError.exit_code)


if __name__ == "__main__":
    sys.exit(main())
