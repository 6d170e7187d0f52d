"""A stage's process whose deployer starts the product's real model server, and whose monitor is a file that says so.

``python serving_worker.py REQUEST``; the server's process id is left in ``<root>/server.pid`` for the test to end it.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from mlops_gitops.pipeline.stage import Services
from mlops_gitops.ports.deployer import Deployed
from mlops_gitops.records.project import Project
from mlops_gitops.records.release import ReleasedModel
from mlops_gitops.stages import worker


class ServerDeployer:
    """Serves a version on a free port of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def deploy(self, project: Project, environment: str, model: ReleasedModel) -> Deployed:
        config = {
            "project": project.name,
            "environment": environment,
            "model_version": model.version,
            "model_digest": model.digest,
            "model_store": str(self.root / ".mlops-gitops" / "models"),
            "inference_log": str(self.root / "inference"),
        }
        (self.root / "serving.json").write_text(json.dumps(config))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "mlops_gitops.server", "--config", str(self.root / "serving.json")]
        server = subprocess.Popen([*command, "--port", str(port)], start_new_session=True)
        (self.root / "server.pid").write_text(str(server.pid))
        url = f"http://127.0.0.1:{port}"
        (self.root / "url").write_text(url)
        return Deployed("0" * 40, url, healthy=_ready(url), why="not ready in 30 s")


def _ready(url: str) -> bool:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/v2/health/ready", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


class FileProbe:
    """Looks at what the deployer left."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def url(self, project: str, environment: str) -> str | None:
        file = self.root / "url"
        return file.read_text() if file.is_file() else None

    def monitor_running(self, project: str, environment: str) -> bool:
        return (self.root / "monitor").is_file()


if __name__ == "__main__":
    sys.exit(worker.main(services=lambda root: Services(ServerDeployer(root), FileProbe(root))))
