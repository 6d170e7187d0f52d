"""The life of a model version, as pure tables; the MLflow registry is a projection of it."""
