"""What stands where a secret could and is none: references, gaps to fill in, names of Secrets, words on a form."""

from __future__ import annotations

import re

# Filled in elsewhere: by a shell, a template, a CI system, a vault.
_REFERENCE = re.compile(
    r"\$\{|\$\(|\$[A-Za-z_]|\{\{|%\(|%[A-Z_]+%|^<.*>$|^\{.*\}$|^@[\w.]+@$"
    r"|^!|^ENC\[|^(?:vault|env|file|ref|op|ssm|secret|gcpsm|awssm|azkv)[+\w]*:|^arn:aws:secretsmanager"
    r"|^projects/[^/]+/secrets/|^(?:os\.environ|process\.env|self\.|settings\.|config\.|secrets?\.|vars?\.|env\.)"
    r"|^(?:/|~/|\./|\.\./)[\w./-]*$|^%[sdr]$",
    re.IGNORECASE,
)
_GAP = re.compile(
    r"example|placeholder|redacted|dummy|your[-_ ]|[-_]here$|insert[-_ ]|replace[-_ ]|fill[-_ ]?in|not[-_ ]a[-_ ]"
    r"|todo|fixme|\.\.\.|…|xxxx|\*\*\*|^(.)\1*$|^0123456789|^1234567890|abcdefghij",
    re.IGNORECASE,
)
_WORDS = frozenset(
    str.split(
        "true false yes no on off null none nil undefined string str text bytes int integer "
        "optional required any default"
        " password passwd pass pwd pw passphrase secret token key apikey api_key credential credentials user username"
        " auto empty unset hidden masked sensitive prompt ask basic bearer oauth oauth2 jwt iam"
    )
)
# A name that says what it is the name of: of a Secret, a variable, a column, a label on a form.
_ABOUT = re.compile(r"pass(?:word|wd|phrase)|secret|token|key|credential|auth|login", re.IGNORECASE)
_WORDY = re.compile(r"[A-Za-z][A-Za-z]*(?:[-_./ :][A-Za-z]+)*[:?.!]?")


def is_placeholder(value: str) -> bool:
    """Whether a value is no secret, whatever it is the value of."""
    return (
        value.casefold() in _WORDS
        or _REFERENCE.search(value) is not None
        or _GAP.search(value) is not None
        or (_WORDY.fullmatch(value) is not None and _ABOUT.search(value) is not None)
    )


def is_wordy(value: str) -> bool:
    """Words with nothing but separators between them: the name of something, as far as one can tell."""
    return _WORDY.fullmatch(value) is not None
