"""A project's own Kubernetes manifests: what can be taken, and which API versions a cluster no longer serves."""
