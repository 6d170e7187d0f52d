"""Keep the pods' processes as their records say, and tell what became of each.

The records are the truth, supervisord's programs follow them: a record without a program is launched, a program whose
port somebody else took is launched again on another one, one that keeps crashing gets a fresh start now and then, and a
record on its way out is forgotten once its process is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlops_gitops.adapters.local.control import Program
from mlops_gitops.adapters.local.job_progress import Attempt
from mlops_gitops.adapters.local.launching import NotYet, Objects, choose_ports, lay_out_volumes, prepare
from mlops_gitops.adapters.local.layout import Layout
from mlops_gitops.adapters.local.pod_template import PodTemplate, Probe
from mlops_gitops.adapters.local.pods import Pod, PodStore
from mlops_gitops.adapters.local.ports import is_free
from mlops_gitops.adapters.local.probes import Prober
from mlops_gitops.adapters.local.rollout import PodView
from mlops_gitops.adapters.local.supervision import Supervision
from mlops_gitops.records.resource import ResourceKey

# Without a readiness probe, a process that has lived so long counts as ready.
_SETTLED_S = 1.0
# A pod that supervisord gave up gets a fresh start after so long.
_GIVEN_UP_S = 10.0


class PodKeeper:
    """All pods of one environment; used by the agent's one thread only."""

    def __init__(self, layout: Layout, supervision: Supervision, say: Callable[[str], None]) -> None:
        self._layout, self._supervision, self._say = layout, supervision, say
        self._store = PodStore(layout)
        self._pods = {pod.name: pod for pod in self._store.all()}
        self._templates: dict[str, PodTemplate] = {}
        self._programs: dict[str, Program] = {}
        self._waiting: dict[str, str] = {}
        self._prober = Prober()
        self._configs: Mapping[ResourceKey, int] = {}

    def refresh(self, objects: Objects, services: Mapping[str, str], now: float) -> None:
        """Bring programs in line with the records, once."""
        self._programs = self._supervision.control.programs()
        for pod in list(self._pods.values()):
            program = self._programs.get(pod.name)
            if program is None:
                self._forget(pod) if pod.stopping else self._launch(pod, objects, services)
            elif pod.stopping:
                self._see_off(pod, program)
            elif program.state == "STOPPED":
                self._start_again(pod)
            elif pod.owner.kind == "Deployment" and self._needs_launch(pod, program, now):
                self._supervision.control.stop(pod.name)
                self._supervision.remove_program(pod.name)
        self._follow_configs(objects)
        self._prober.forget(set(self._pods))

    def owned_by(self, owner: ResourceKey) -> tuple[Pod, ...]:
        """The pods of an owner that are not on their way out."""
        return tuple(pod for pod in self._pods.values() if pod.owner == owner and not pod.stopping)

    def owners(self) -> set[ResourceKey]:
        """Everybody who has a pod, stopping ones too."""
        return {pod.owner for pod in self._pods.values()}

    def get(self, name: str) -> Pod | None:
        """One pod, or nothing."""
        return self._pods.get(name)

    def template(self, pod: Pod) -> PodTemplate:
        """A pod's template, read once."""
        if pod.name not in self._templates:
            self._templates[pod.name] = pod.parsed
        return self._templates[pod.name]

    def start(self, owner: ResourceKey, revision: str, template: Mapping[str, object]) -> None:
        """Note a new pod; the next refresh launches it."""
        pod = Pod(self._store.new_name(owner.name, revision), owner, revision, template, {})
        self._store.put(pod)
        self._pods[pod.name] = pod
        self._say(f"{owner}: starting pod {pod.name}")

    def stop(self, name: str) -> None:
        """Send a pod on its way out."""
        pod = self._pods[name].marked_stopping()
        self._store.put(pod)
        self._pods[name] = pod
        self._supervision.control.stop(name)
        self._say(f"{pod.owner}: stopping pod {name}")

    def view(self, pod: Pod, now: float) -> PodView:
        """A Deployment's pod as the roll-out sees it."""
        program = self._programs.get(pod.name)
        if program is None:
            return PodView(pod.name, pod.revision, False, why=self._waiting.get(pod.name, "is being launched"))
        tail = self._store.log_tail
        if not program.alive:
            given_up = program.state == "FATAL"
            why = f"ended with exit status {program.exit_status}; starting it again\n{tail(pod.name)}"
            return PodView(pod.name, pod.revision, False, given_up, tail(pod.name) if given_up else why)
        ready, why = self._readiness(pod, program, now)
        return PodView(pod.name, pod.revision, ready, why="" if ready else f"{why}\n{tail(pod.name)}")

    def attempt(self, pod: Pod) -> Attempt:
        """A Job's pod as its progress sees it."""
        program = self._programs.get(pod.name)
        ended = program is not None and program.state in ("EXITED", "FATAL")
        status = (127 if program.state == "FATAL" else program.exit_status) if program and ended else None
        return Attempt(pod.name, pod.revision, status, self._store.log_tail(pod.name))

    def promised_ports(self) -> set[int]:
        """Ports of this machine that pods use or are about to use."""
        return {outside for pod in self._pods.values() for outside in pod.ports.values()}

    def _launch(self, pod: Pod, objects: Objects, services: Mapping[str, str]) -> None:
        template = self.template(pod)
        ports = choose_ports(template, pod.ports, self.promised_ports() - set(pod.ports.values()))
        if ports != pod.ports:
            if pod.ports:
                self._say(f"{pod.owner}: pod {pod.name} moves from ports {dict(pod.ports)} to {ports}")
            pod = pod.on_ports(ports)
            self._store.put(pod)
            self._pods[pod.name] = pod
        try:
            launch = prepare(pod, self._layout, self._store.folder(pod.name), objects, services)
        except NotYet as waiting:
            self._waiting[pod.name] = str(waiting)
            return
        self._waiting.pop(pod.name, None)
        restart = pod.owner.kind == "Deployment"
        self._supervision.write_program(pod.name, launch, restart=restart, grace_s=template.grace_s)
        self._supervision.control.add(pod.name)

    def _see_off(self, pod: Pod, program: Program) -> None:
        if program.state == "STOPPING":
            return
        if program.alive or program.state == "BACKOFF":
            self._supervision.control.stop(pod.name)
            return
        self._supervision.remove_program(pod.name)
        self._forget(pod)

    def _start_again(self, pod: Pod) -> None:
        """Stopped by hand or with the supervisor, not by itself: it does not count as an attempt."""
        if pod.owner.kind == "Deployment":
            self._supervision.control.start(pod.name)
        else:
            self._supervision.remove_program(pod.name)

    def _needs_launch(self, pod: Pod, program: Program, now: float) -> bool:
        if program.state == "FATAL" and now - program.stopped > _GIVEN_UP_S:
            return True
        crashed = program.state in ("BACKOFF", "FATAL")
        return crashed and any(not is_free(port) for port in pod.ports.values())

    def _forget(self, pod: Pod) -> None:
        del self._pods[pod.name]
        self._templates.pop(pod.name, None)
        self._waiting.pop(pod.name, None)
        self._store.remove(pod.name)

    def _follow_configs(self, objects: Objects) -> None:
        """Mounted ConfigMaps follow a change in place, as on Kubernetes; a process sees it when it reads again."""
        configs = {key: stored.generation for key, stored in objects.items() if key.kind == "ConfigMap"}
        if configs == self._configs:
            return
        self._configs = configs
        for pod in self._pods.values():
            try:
                lay_out_volumes(pod, self.template(pod), self._layout, self._store.folder(pod.name), objects)
            except NotYet:
                # A ConfigMap that was removed stays as it was for the pods that have it.
                continue

    def _readiness(self, pod: Pod, program: Program, now: float) -> tuple[bool, str]:
        template = self.template(pod)
        if template.readiness is None:
            return now - program.started >= _SETTLED_S, "has just started"
        ready, why = self._prober.ready(
            pod.name, program.pid, template.readiness, self._port(pod, template.readiness), now
        )
        if ready and template.liveness:
            port = self._port(pod, template.liveness)
            if not self._prober.alive(pod.name, program.pid, template.liveness, port, now):
                self._say(f"{pod.owner}: pod {pod.name} fails its liveness probe and is started again")
                self._supervision.control.stop(pod.name)
        return ready, why

    def _port(self, pod: Pod, probe: Probe) -> int:
        inside = self.template(pod).port_number(probe.port)
        return pod.ports.get(inside, inside) if inside is not None else 0
