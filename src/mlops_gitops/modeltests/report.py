"""The suite's report: plain data for JSON, and JUnit XML, which CI systems show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from mlops_gitops.modeltests.suite import CaseResult, CaseStatus

_COUNTED = {
    "failures": (CaseStatus.FAILED,),
    "errors": (CaseStatus.ERROR,),
    "skipped": (CaseStatus.SKIPPED, CaseStatus.NOT_RUN),
}


def to_plain(results: Sequence[CaseResult]) -> dict[str, Any]:
    """``{"counts": {status: n}, "cases": […]}``."""
    counts = {status.value: sum(one.status is status for one in results) for status in CaseStatus}
    return {"counts": counts, "cases": [one.to_plain() for one in results]}


def to_junit(suite: str, results: Sequence[CaseResult]) -> bytes:
    """JUnit XML as GitLab and Jenkins read it: one ``testsuite``, one ``testcase`` a case."""
    root = ET.Element("testsuites")
    counts = {name: str(sum(one.status in of for one in results)) for name, of in _COUNTED.items()}
    seconds = f"{sum(one.duration_s for one in results):.3f}"
    attributes = {"name": suite, "tests": str(len(results)), "time": seconds, **counts}
    suite_element = ET.SubElement(root, "testsuite", attributes)
    for one in results:
        element = ET.SubElement(
            suite_element, "testcase", classname=one.case.category.value, name=one.case.id, time=f"{one.duration_s:.3f}"
        )
        tag = next((name for name, of in _COUNTED.items() if one.status in of), None)
        if tag:
            child = {"failures": "failure", "errors": "error", "skipped": "skipped"}[tag]
            ET.SubElement(element, child, message=one.reason)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
