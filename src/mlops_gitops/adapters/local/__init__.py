"""The embedded local target: rendered Kubernetes objects run as supervised processes on this machine.

It is a very small control plane.  The command writes *objects* (one JSON file each); an *agent* process compares them
with what runs and starts, probes, replaces and stops *pods* (one process each); a *proxy* process gives each Service a
stable loopback port.  supervisord keeps agent, proxy and pods alive after the command is over, and takes all of them
with it when it dies.  The agent writes status in Kubernetes' own shape, so health is judged by the same rules here and
on a cluster::

    command ── objects/ ──> agent ── programs/ ──> supervisord ──> pods
               status/  <── agent ── routes.json ─> proxy ──────> ready pods
"""
