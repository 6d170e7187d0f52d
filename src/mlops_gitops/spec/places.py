"""Where things outside the repository are: image registries and their images, published pages, mail addresses.

Each is written into manifests as it stands, so that one slip of the pen would first show on a cluster: as an image
that nobody can pull, a link that leads nowhere, a mail that its server refuses.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Strict, WithJsonSchema

_PART = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?"
_REGISTRY = rf"{_HOST}(/{_PART})*"
_IMAGE = rf"{_PART}(/{_PART})*"
_URL = r"https?://[A-Za-z0-9][-A-Za-z0-9.]*(:\d{1,5})?(/[-A-Za-z0-9._~%/]*)?"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"


def _registry(text: str) -> str:
    if not re.fullmatch(_REGISTRY, text):
        raise ValueError(
            "not an image registry: a host and a path, like registry.example.com/ml; no https://, no `/` at the end, "
            "no capital letters"
        )
    return text


def _image(text: str) -> str:
    if not re.fullmatch(_IMAGE, text):
        raise ValueError(
            "not the name of an image: lower-case letters, digits, `.`, `_`, `-` and `/`; no tag, the digest pins it"
        )
    return text


def _page(text: str) -> str:
    if not re.fullmatch(_URL, text):
        raise ValueError("not the address of a page: https://, a host and a path, like https://docs.example.com/ml")
    return text.rstrip("/")


def _mail(text: str) -> str:
    if not re.fullmatch(_MAIL, text):
        raise ValueError("not a mail address: like ml-alerts@example.com")
    return text


ImageRegistry = Annotated[
    str, Strict(), AfterValidator(_registry), WithJsonSchema({"type": "string", "pattern": f"^{_REGISTRY}$"})
]
ImageName = Annotated[
    str, Strict(), AfterValidator(_image), WithJsonSchema({"type": "string", "pattern": f"^{_IMAGE}$"})
]
PageAddress = Annotated[
    str, Strict(), AfterValidator(_page), WithJsonSchema({"type": "string", "pattern": f"^{_URL}$"})
]
MailAddress = Annotated[
    str, Strict(), AfterValidator(_mail), WithJsonSchema({"type": "string", "pattern": f"^{_MAIL}$"})
]
