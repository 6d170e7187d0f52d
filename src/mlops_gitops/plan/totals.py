"""The last lines of a plan: objects, devices and cost, findings, in words."""

from __future__ import annotations

from collections.abc import Iterator

from mlops_gitops.plan.change import DeviceTotal, ObjectCounts, Plan


def object_counts(plan: Plan) -> str:
    """Objects in all, and by environment where more than one is touched."""
    environments = {name: counts for name, counts in plan.by_environment.items() if counts}
    text = _counts(plan.objects)
    if len(environments) < 2:
        return text + "".join(f" in {name}" for name in environments)
    parts = (f"{name} {_short(counts)}" for name, counts in environments.items())
    return f"{text} ({'; '.join(parts)})"


def _counts(counts: ObjectCounts) -> str:
    return f"{counts.create} to create, {counts.change} to change, {counts.replace} to replace, {counts.prune} to prune"


def _short(counts: ObjectCounts) -> str:
    signs = (("+", counts.create), ("~", counts.change), ("±", counts.replace), ("−", counts.prune))
    return " ".join(f"{sign}{count}" for sign, count in signs if count)


def devices(plan: Plan) -> Iterator[str]:
    """One line a kind of device and environment; those that stay as they are only where they are over their limit."""
    for one in plan.devices:
        over = one.limit is not None and one.after > one.limit
        if one.before != one.after or over:
            yield f"{one.resource} in {one.environment}: {one.before} → {one.after}{_limit(one)}{_cost(one)}"
    before = sum(one.cost_before or 0 for one in plan.devices)
    after = sum(one.cost_after or 0 for one in plan.devices)
    if before != after:
        yield f"accelerators in all: {before:.2f} → {after:.2f} an hour with every one busy"


def _limit(total: DeviceTotal) -> str:
    if total.limit is None:
        return ""
    return f" of a limit of {total.limit}" + (", which is exceeded" if total.after > total.limit else "")


def _cost(total: DeviceTotal) -> str:
    if total.cost_before is None or total.cost_after is None or total.cost_before == total.cost_after:
        return ""
    return f" ({total.cost_after - total.cost_before:+.2f} an hour)"


def finding_counts(plan: Plan) -> str:
    """``findings: 1 new, 2 fixed``; empty where neither."""
    new, fixed = len(plan.new_findings), len(plan.fixed_findings)
    return f"findings: {new} new, {fixed} fixed" if new or fixed else ""
