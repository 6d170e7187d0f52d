"""Two states of a small platform, compiled and compared."""

from __future__ import annotations

from mlops_gitops.plan.change import Change, Plan
from mlops_gitops.plan.compare import compare
from tests.factory import CONFIG, PROJECT, Content, compiled, edited

BOTH = ("staging", "production")
# One machine without a cluster hands out no devices.
CLOUD = ("production",)
OVERLAY = f"{PROJECT}/environments/production.yaml"
RELEASE = f"{PROJECT}/releases/staging.yaml"
DIGEST = "sha256:" + "0123456789abcdef" * 4
Changes = dict[str, Content]


def plan(after: Changes, before: Changes | None = None) -> Plan:
    old, new = compiled(before), compiled(after)
    assert not old.findings.faults
    assert not new.findings.faults, new.findings.faults
    return compare(old, new, ("main", "branch"))


def changes(after: Changes, before: Changes | None = None) -> list[Change]:
    """Those of the one project."""
    found = [one for one in plan(after, before).projects if one.project == "fraud-detection"]
    return list(found[0].changes)


def rendered(folder: str) -> int:
    """How many objects the small project has below a folder."""
    paths = (path for path in compiled().files if path.startswith(f"rendered/{folder}"))
    texts = (compiled().files[path] for path in paths if path.endswith(".yaml"))
    return sum(text.count(b"\nkind: ") for text in texts)


def config(*pairs: tuple[str, str]) -> Changes:
    return edited(CONFIG, *pairs)


def added(text: str) -> Changes:
    return config(("alerting:", f"{text}alerting:"))


def release(version: int) -> Changes:
    digests = "".join(
        f"  {key}: {DIGEST}\n" for key in ("digest", "code_digest", "environment_digest", "config_digest")
    )
    text = f'  version: {version}\n{digests}  data_digest: md5:0\n  run: "1"\n  trained_at_commit: abc\n'
    return {RELEASE: f"project: fraud-detection\nenvironment: staging\nmodel:\n{text}"}
