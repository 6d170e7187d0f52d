"""Findings about secrets in the files of a tree, and everything else that is told about them without the secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from mlops_gitops.compiler.file_names import PLATFORM, PROJECTS
from mlops_gitops.compiler.secrets import shapes
from mlops_gitops.compiler.secrets.scan import BY_CHANCE, MARK, Secret, masked, place_of, scan, stars
from mlops_gitops.diagnostics import Diagnostic, Findings, Severity, Span

LARGEST = 1024 * 1024
"""A file of more bytes is data, and is not looked through."""
UNUSED = "MG455"
CODES = (shapes.TOKEN, shapes.PRIVATE_KEY, shapes.IN_ADDRESS, "MG453", BY_CHANCE)
# Data, models, pictures, programs: what nobody types.
_NOT_TEXT = frozenset(
    str.split(
        "csv tsv jsonl ndjson parquet feather arrow avro orc npy npz h5 hdf5 keras pkl pickle "
        "joblib pt pth onnx pb tflite"
        " safetensors tfrecord db sqlite bin gz bz2 xz zst zip tar tgz 7z whl jar so o a dll exe pyc"
        " png jpg jpeg gif bmp ico tif tiff webp svg pdf mp3 mp4 wav avi mov woff woff2 ttf otf eot"
    )
)
_SHORTEST_TOLD = 4

Read = Callable[[str], bytes | None]


class Exposed(NamedTuple):
    """What was found, and the secrets themselves, so that no other finding repeats them."""

    found: tuple[Diagnostic, ...] = ()
    values: tuple[str, ...] = ()


def exposed(paths: Iterable[str], read: Read) -> Exposed:
    """Look through files; ``read`` gives nothing for one that is not there or not to be read."""
    found, values = list[Diagnostic](), list[str]()
    for path in paths:
        if path.endswith("/") or path.rpartition(".")[2].lower() in _NOT_TEXT:
            continue
        content = read(path)
        if content and len(content) <= LARGEST and b"\0" not in content[:8192]:
            found.extend(_in_file(path, content, values))
    return Exposed(tuple(found), tuple(dict.fromkeys(values)))


def _in_file(path: str, content: bytes, values: list[str]) -> Iterator[Diagnostic]:
    told = scan(path, content)
    if not (told.secrets or told.unused):
        return
    text = content.decode("utf-8", "replace")
    for secret in told.secrets:
        values.append(text[secret.start : secret.end])
        yield _finding(path, text, secret, explained=not told.unexplained)
    for start, end in told.unused:
        todo = "drop it; it stands on the line of what it excuses, or alone on the line above"
        message = f"nothing on this line looks like a secret: `{MARK}` excuses nothing"
        yield Diagnostic(UNUSED, message, _span(path, text, start, end), Severity.WARNING, help=todo)


def _finding(path: str, text: str, secret: Secret, *, explained: bool) -> Diagnostic:
    by_chance = secret.code == BY_CHANCE
    message = f"{secret.kind}, which may be a secret" if by_chance else f"{secret.kind} is written in plain text"
    return Diagnostic(
        secret.code,
        message,
        _span(path, text, secret.start, secret.end),
        Severity.WARNING if by_chance else Severity.ERROR,
        help=f"if it is none, write `{MARK} WHY` on its line, else {_way(path)}" if by_chance else _way(path),
        related=() if explained else (f"`{MARK}` says no reason, so it excuses nothing",),
    )


def _span(path: str, text: str, start: int, end: int) -> Span:
    line, column = place_of(text, start)
    length = len(text[start:end].partition("\n")[0].rstrip("\r"))
    return Span(path, line, column, column + max(1, length))


_REVOKE = "revoke it (git keeps what was committed)"


def _way(path: str) -> str:
    """How to refer to a secret instead, by the kind of file."""
    name = path.rpartition("/")[2]
    if path == PLATFORM:
        return f"{_REVOKE} and name a Secret: receivers.<channel>.secret, escalation.<level>.secret"
    if path.startswith(".git"):
        return (
            f"{_REVOKE} and use a masked CI variable: `$NAME` in GitLab CI, `${{{{ secrets.NAME }}}}` in GitHub Actions"
        )
    if name.startswith(".env") or not path.startswith(f"{PROJECTS}/"):
        return f"{_REVOKE} and keep the file out of git (.gitignore)"
    if name.endswith((".py", ".ipynb", ".sh")):
        return (
            f"{_REVOKE} and read it from the environment: training.env or serving.env takes it as "
            "`{name: NAME, secret: {name: SECRET, key: KEY}}`"
        )
    return (
        f"{_REVOKE} and refer to a Kubernetes Secret, which an ExternalSecret may fill: in training.env and "
        "serving.env `{name: NAME, secret: {name: SECRET, key: KEY}}`, in a manifest `secretKeyRef`"
    )


def redacted(found: Iterable[Diagnostic], values: Iterable[str]) -> tuple[Diagnostic, ...]:
    """The findings without any of the secrets: another may have repeated a value that it complains about."""
    hide = hiding(values)
    return tuple(
        one._replace(
            message=hide(one.message),
            help=one.help and hide(one.help),
            label=one.label and hide(one.label),
            related=tuple(map(hide, one.related)),
        )
        if one.code not in CODES
        else one
        for one in found
    )


def hiding(values: Iterable[str]) -> Callable[[str], str]:
    """What makes a text one that can be shown: each secret in it as three stars."""
    pattern = _any_of(values)
    return (lambda text: pattern.sub("***", text)) if pattern else str


def shown(texts: Mapping[str, str], findings: Findings) -> dict[str, str]:
    """The texts that findings point into, as they may be shown: secrets masked, places unchanged."""
    files = {one.span.file for one in findings.diagnostics if one.span and one.code in CODES}
    if not files:
        return dict(texts)
    values = list[str]()
    for path in sorted(files & texts.keys()):
        secrets = scan(path, texts[path].encode("utf-8", "surrogatepass")).secrets
        values.extend(texts[path][one.start : one.end] for one in secrets)
    pattern = _any_of(values)
    pointed = {one.span.file for one in findings.diagnostics if one.span}
    hidden = {path: masked(path, text) if path in files else text for path, text in texts.items()}
    if pattern is None:
        return hidden
    return {path: pattern.sub(stars, text) if path in pointed else text for path, text in hidden.items()}


def _any_of(values: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the secrets as a word of its own; a short one is a word that means something else elsewhere."""
    told = sorted({re.escape(one) for one in values if len(one) >= _SHORTEST_TOLD}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(told)})(?!\w)") if told else None
