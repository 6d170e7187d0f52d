"""mlops-gitops: one YAML file per machine-learning project, compiled to everything that runs.

The packages are layers: each imports only from those below it.  ``docs/architecture.md`` draws them, the import
contract in ``pyproject.toml`` keeps them.
"""

__version__ = "0.1.0"
