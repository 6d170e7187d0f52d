"""What stands where a secret could and is none: references, gaps to fill in, names of Secrets, words on a form."""

from __future__ import annotations

import re

# Filled in elsewhere: by a shell, a template, a CI system, a vault.
_REFERENCE = (
    r"(?i)\$\{|\$\(|\$[A-Za-z_]|\{\{|%\(|%[A-Z_]+%|^<.*>$|^\{.*\}$|^@[\w.]+@$"
    r"|^!|^ENC\[|^(?:vault|env|file|ref|op|ssm|secret|gcpsm|awssm|azkv)[+\w]*:|^arn:aws:secretsmanager"
    r"|^projects/[^/]+/secrets/|^(?:os\.environ|process\.env|self\.|settings\.|config\.|secrets?\.|vars?\.|env\.)"
    r"|^(?:/|~/|\./|\.\./)[\w./-]*$|^%[sdr]$"
)
_GAP = (
    r"(?i)example|placeholder|redacted|dummy|your[-_ ]|[-_]here$|insert[-_ ]|replace[-_ ]|fill[-_ ]?in|not[-_ ]a[-_ ]"
    r"|todo|fixme|\.\.\.|…|xxxx|\*\*\*|^(.)\1*$|^0123456789|^1234567890|abcdefghij"
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
_ABOUT = r"(?i)pass(?:word|wd|phrase)|secret|token|key|credential|auth|login"
_WORDY = r"[A-Za-z][A-Za-z]*(?:[-_./ :][A-Za-z]+)*[:?.!]?"


def is_placeholder(value: str) -> bool:
    """Whether a value is no secret, whatever it is the value of."""
    return (
        value.casefold() in _WORDS
        or re.search(_REFERENCE, value) is not None
        or re.search(_GAP, value) is not None
        or (re.fullmatch(_WORDY, value) is not None and re.search(_ABOUT, value) is not None)
    )


def is_wordy(value: str) -> bool:
    """Words with nothing but separators between them: the name of something, as far as one can tell."""
    return re.fullmatch(_WORDY, value) is not None
