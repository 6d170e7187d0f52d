"""Services: stable loopback ports that lead to whichever pods are ready.

One process for all Services of an environment.  The agent writes the routes, this process follows them; a connection
that is open stays with its pod, a new one goes to the next ready pod, and where a pod refuses (it crashed a moment ago)
to another.  So a rolling replace leaves no gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

from mlops_gitops.adapters.local.launch import die_with_parent
from mlops_gitops.adapters.local.ports import LOOPBACK
from mlops_gitops.adapters.state_files import read_json, write_json

_POLL_S = 0.05
_CHUNK = 1 << 16
# How long a connection is held while no pod takes it: longer than supervisord needs to start a crashed one again.
_PATIENCE_S = 3.0


@dataclass(slots=True)
class _Route:
    port: int
    backends: list[int]
    server: asyncio.Server | None = None
    turn: int = 0


class Proxy:
    """Follows the routes file and tells in another file which ports it could take."""

    def __init__(self, routes: Path, listening: Path) -> None:
        self._routes_file, self._listening_file = routes, listening
        self._routes: dict[str, _Route] = {}
        self._mark: tuple[int, int] | None = None

    async def run(self) -> None:
        """Serve for ever."""
        while True:
            await self._follow()
            await asyncio.sleep(_POLL_S)

    async def _follow(self) -> None:
        try:
            found = self._routes_file.stat()
        except FileNotFoundError:
            return
        mark = (found.st_ino, found.st_mtime_ns)
        if mark == self._mark:
            return
        self._mark = mark
        wanted = read_json(self._routes_file) or {}
        for name in [name for name, route in self._routes.items() if wanted.get(name, {}).get("port") != route.port]:
            self._close(self._routes.pop(name))
        report = {name: await self._open(name, one["port"], one["backends"]) for name, one in wanted.items()}
        write_json(self._listening_file, report, durable=False)

    async def _open(self, name: str, port: int, backends: list[int]) -> dict[str, object]:
        route = self._routes.get(name)
        if route is None:
            route = _Route(port, backends)
            try:
                route.server = await asyncio.start_server(
                    lambda reader, writer: self._serve(route, reader, writer), LOOPBACK, port
                )
            except OSError as error:
                return {"port": port, "error": error.strerror or str(error)}
            self._routes[name] = route
        route.backends = backends
        return {"port": port, "error": ""}

    def _close(self, route: _Route) -> None:
        if route.server:
            route.server.close()

    async def _serve(self, route: _Route, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend = await self._connect(route)
        if backend is None:
            writer.close()
            return
        try:
            await asyncio.gather(_pump(reader, backend[1]), _pump(backend[0], writer))
        finally:
            backend[1].close()
            writer.close()

    async def _connect(self, route: _Route) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE_S
        while True:
            route.turn += 1
            first = route.turn % max(1, len(route.backends))
            for port in (*route.backends[first:], *route.backends[:first]):
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection(LOOPBACK, port)
            if loop.time() >= until:
                return None
            await asyncio.sleep(_POLL_S)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy one direction; its end is passed on, so that the other direction may still finish."""
    try:
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


def main(state: str) -> None:
    """Run the proxy of the environment whose state folder is given."""
    die_with_parent()
    folder = Path(state)
    asyncio.run(Proxy(folder / "routes.json", folder / "listening.json").run())


if __name__ == "__main__":
    main(sys.argv[1])
