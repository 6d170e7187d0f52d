module crds

go 1.26.0

require (
	github.com/kserve/kserve v0.20.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
	istio.io/api v1.31.4
	sigs.k8s.io/jobset v0.10.1
	sigs.k8s.io/kueue v0.14.0
)
