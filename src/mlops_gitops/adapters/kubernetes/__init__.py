"""A Kubernetes cluster, reached through a context of the kubeconfig."""
