"""What every test can count on, however the tests were started."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cluster.controlplane.server import ApiServer

# A shell's background job ignores interrupts, and so would every program that the tests start and then interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A real Kubernetes API server, empty, for the length of the session."""
    from tests.cluster.controlplane import server
    from tests.judges.programs import lacks

    absent = [name for name in server.PROGRAMS if name not in server.programs()]
    if absent:
        lacks(" and ".join(absent), "make judges, or set KUBEBUILDER_ASSETS to a folder that holds them")
    with server.api_server(tmp_path_factory.mktemp("control-plane")) as running:
        yield running
