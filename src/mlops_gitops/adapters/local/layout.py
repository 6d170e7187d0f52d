"""Where one environment of the local target keeps what, below ``<root>/.mlops-gitops/local/<environment>/``.

supervisord's socket may not lie there: a Unix socket's path ends at about 107 characters, and its configuration reads
``%`` and ``;`` in paths as its own.  So a private *run folder* with a short plain name holds the socket and a link
``state`` to the environment's folder, and supervisord is given paths through that link only.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.adapters.state_files import read_json, write_json
from mlops_gitops.diagnostics import OutsideError

_PLAIN = re.compile(r"[\w./-]+", re.ASCII)
_LONGEST_BASE = 60

# Claims with a place of their own: the model store is shared by all environments, the workspace is the repository.
_MODEL_STORE, _WORKSPACE = "model-store", "workspace"


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one environment; nothing is made by looking at them."""

    root: Path
    environment: str

    @property
    def state(self) -> Path:
        """All that this environment keeps."""
        return self.root / ".mlops-gitops" / "local" / self.environment

    @property
    def objects(self) -> Path:
        """Applied objects: what is wanted."""
        return self.state / "objects"

    @property
    def status(self) -> Path:
        """What the agent says of each object."""
        return self.state / "status"

    @property
    def progress(self) -> Path:
        """How far roll-outs and Jobs came."""
        return self.state / "progress"

    @property
    def pods(self) -> Path:
        """A folder for each pod."""
        return self.state / "pods"

    def secret(self, name: str, key: str) -> Path:
        """The file that stands for one key of a Secret; whoever runs the environment writes it."""
        return self.state / "secrets" / name / key

    @property
    def programs(self) -> Path:
        """supervisord's configuration of each pod."""
        return self.state / "programs"

    @property
    def logs(self) -> Path:
        """One rotated log a program."""
        return self.state / "logs"

    @property
    def routes(self) -> Path:
        """From agent to proxy: which port leads to which pods."""
        return self.state / "routes.json"

    @property
    def listening(self) -> Path:
        """From proxy to agent: which ports could be taken."""
        return self.state / "listening.json"

    @property
    def service_ports(self) -> Path:
        """The port that each Service keeps."""
        return self.state / "service-ports.json"

    @property
    def pid_file(self) -> Path:
        """supervisord's process id."""
        return self.state / "supervisord.pid"

    def claim(self, name: str) -> Path:
        """The folder that stands for a PersistentVolumeClaim."""
        if name == _MODEL_STORE:
            return self.root / ".mlops-gitops" / "models"
        return self.root if name == _WORKSPACE else self.state / "volumes" / name

    @property
    def settings(self) -> Path:
        """What the agent must know to find everything: root, environment, run folder."""
        return self.state / "settings.json"

    @property
    def run_folder(self) -> Path:
        """The short-named folder for socket and link: one for each root and environment of a user.

        The one that a supervisor was started with is kept: another shell may have another temporary folder.
        """
        settings = read_json(self.settings) or {}
        if settings.get("root") == str(self.root) and Path(settings.get("run_folder", "")).is_absolute():
            return Path(settings["run_folder"])
        return self.fresh_run_folder

    @property
    def fresh_run_folder(self) -> Path:
        """The run folder that a new supervisor takes."""
        name = hashlib.sha256(f"{self.root}\0{self.environment}".encode()).hexdigest()[:12]
        return _base() / f"mlops-gitops-{os.getuid()}-{name}"

    @property
    def socket(self) -> Path:
        """supervisord's control socket."""
        return self.run_folder / "supervisor.sock"

    @property
    def config(self) -> Path:
        """supervisord's configuration."""
        return self.run_folder / "supervisord.conf"


def make_run_folder(layout: Layout) -> Path:
    """Make a run folder, private to this user, with the link; raises ``OutsideError`` where it is another's."""
    folder = layout.fresh_run_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != os.getuid():
            raise OutsideError(
                "the folder for the supervisor's socket belongs to somebody else",
                where=str(folder),
                todo="remove it, or set XDG_RUNTIME_DIR to a folder of your own",
            )
        folder.chmod(0o700)
        link = folder / "state"
        if not (link.is_symlink() and link.readlink() == layout.state):
            link.unlink(missing_ok=True)
            link.symlink_to(layout.state)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutsideError("the supervisor's run folder cannot be made", where=str(folder), why=why) from error
    settings = {"root": str(layout.root), "environment": layout.environment, "run_folder": str(folder)}
    write_json(layout.settings, settings)
    return folder


def _base() -> Path:
    for candidate in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir()):
        if candidate and _PLAIN.fullmatch(candidate) and len(candidate) <= _LONGEST_BASE and Path(candidate).is_dir():
            return Path(candidate)
    return Path("/tmp")  # noqa: S108 - short and always there; the run folder in it is private and checked
