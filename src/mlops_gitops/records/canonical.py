"""Canonical JSON and content digests: the one way in which anything is hashed.

Keys sorted, no spaces, no NaN: the same value gives the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import json

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: object) -> bytes:
    """``value`` (plain data) as UTF-8 JSON with sorted keys; raises ``ValueError`` on NaN or infinity."""
    return _ENCODER.encode(value).encode()


def digest_bytes(content: bytes) -> str:
    """``sha256:…`` of raw bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_of(value: object) -> str:
    """``sha256:…`` of the canonical JSON of plain data."""
    return digest_bytes(canonical_json(value))


def short(digest: str, length: int = 10) -> str:
    """The first ``length`` hex digits, for names and tables."""
    return digest.removeprefix("sha256:")[:length]
