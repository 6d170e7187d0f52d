"""Rules about environment variables: each has one value, and none that the product itself sets is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mlops_gitops.compiler.paths import value_at
from mlops_gitops.compiler.rules.subject import Subject
from mlops_gitops.compiler.unknowns import until_unknown
from mlops_gitops.diagnostics import Diagnostic, Span

_OF_KUBERNETES = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
RESERVED: dict[str, tuple[str, ...]] = {
    "training": ("HOME", "TF_CONFIG", "JOB_NAME", "JOB_COMPLETION_INDEX", "PYTHONHASHSEED", *_OF_KUBERNETES),
    "serving": ("HOST", "PORT", "OMP_NUM_THREADS", *_OF_KUBERNETES),
}
"""Variables that rendered containers rely on, by section."""
_OURS = "MLOPS_"


def have_one_value(subject: Subject) -> Iterator[Diagnostic]:
    """MG224."""
    for section in RESERVED:
        yield from until_unknown(_one_value(subject, section))


def _one_value(subject: Subject, section: str) -> Iterator[Diagnostic]:
    for index, variable in enumerate(getattr(subject.spec, section).env):
        if (variable.value is None) == (variable.secret is None):
            both = variable.value is not None
            span, above = subject.spans.value((section, "env", index)), _in_overlay(subject, section, variable.name)
            yield Diagnostic(
                "MG224",
                f"variable `{variable.name}` has {'both a value and a secret' if both else 'no value'}",
                above or span,
                help="write `value`, or for what nobody may read in git: secret: {name: …, key: …}"
                + ("; `null` takes away what a lower layer says" if above else ""),
                related=(f"a lower layer has it at {span}",) if above and span and span.file != above.file else (),
            )


def _in_overlay(subject: Subject, section: str, name: str) -> Span | None:
    """Where the environment's overlay speaks of a variable: what it says there made it wrong."""
    overlay = subject.overlay
    items = value_at(overlay.data, (section, "env")) if overlay else None
    keys: Iterable[str | int] = items if isinstance(items, dict) else ()
    if isinstance(items, list):
        keys = (index for index, item in enumerate(items) if isinstance(item, dict) and item.get("name") == name)
    else:
        keys = (key for key in keys if key == name)
    found = next(iter(keys), None)
    return overlay.spans.key((section, "env", found)) if overlay and found is not None else None


def are_free(subject: Subject) -> Iterator[Diagnostic]:
    """MG225."""
    for section, reserved in RESERVED.items():
        yield from until_unknown(_free(subject, section, reserved))


def _free(subject: Subject, section: str, reserved: tuple[str, ...]) -> Iterator[Diagnostic]:
    seen = set[str]()
    for index, variable in enumerate(getattr(subject.spec, section).env):
        span = subject.spans.value((section, "env", index, "name"))
        if variable.name in reserved or variable.name.startswith(_OURS):
            message = f"variable `{variable.name}` is set by the product itself"
            todo = f"choose another name; reserved: {', '.join(reserved)} and all that begin with {_OURS}"
            yield Diagnostic("MG225", message, span, help=todo)
        if variable.name in seen:
            message = f"variable `{variable.name}` is set twice"
            yield Diagnostic("MG225", message, span, help="keep one of them")
        seen.add(variable.name)
