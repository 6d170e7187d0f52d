"""Secrets that their shape gives away: tokens with a prefix of their own, private keys, passwords in addresses.

Each shape has words that must be in a text before its pattern is even compiled: nearly all files have none of them.
A pattern's first group is the secret itself, where that is not the whole match.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

TOKEN, PRIVATE_KEY, IN_ADDRESS = "MG450", "MG451", "MG452"


class Shape(NamedTuple):
    """``kind`` is how a message calls it; ``words`` are in lower case, and one of them is in every such secret."""

    kind: str
    words: tuple[bytes, ...]
    pattern: str
    code: str = TOKEN
    around: bool = False
    """Its words stand beside the secret; others are part of it, and of one run of characters with it."""


SHAPES: tuple[Shape, ...] = (
    Shape("an AWS access key", (b"akia", b"asia"), r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    Shape(
        "an AWS secret access key",
        (b"aws",),
        r"""(?i:aws_?secret_?(?:access_?)?key)\\?["']?\]?\s*[:=]\s*\\?["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])""",
        around=True,
    ),
    Shape("a Google API key", (b"aiza",), r"\bAIza[\w-]{35}(?![\w-])"),
    Shape("a Google OAuth secret", (b"gocspx-", b"ya29."), r"\bGOCSPX-[\w-]{28}|\bya29\.[\w-]{30,}"),
    Shape("an Azure storage key", (b"accountkey",), r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    Shape("an Azure shared access key", (b"sharedaccesskey",), r"SharedAccessKey=([A-Za-z0-9+/]{43}=)"),
    Shape(
        "an Azure shared access signature",
        (b"sig=",),
        r"\bsv=[^\s\"']{0,400}?[?&;]sig=([A-Za-z0-9%+/=]{40,})",
        around=True,
    ),
    Shape("an Azure client secret", (b"q~",), r"(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])"),
    Shape("a GitHub token", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    Shape("a GitHub token", (b"github_pat_",), r"\bgithub_pat_\w{22,}"),
    Shape("a GitLab token", (b"gl",), r"\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|feat|imt)-[\w.-]{20,}"),
    Shape(
        "a Slack token", (b"xox", b"xapp-"), r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20,}"
    ),
    Shape(
        "a Slack webhook",
        (b"hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+_-]+/[A-Za-z0-9+/_-]{16,})",
    ),
    Shape("a Discord webhook", (b"discord",), r"discord(?:app)?\.com/api/webhooks/(\d+/[\w-]{40,})"),
    Shape("a Teams webhook", (b"webhook.office.com",), r"\.webhook\.office\.com/webhookb2/([\w@/-]{40,})", around=True),
    Shape("a JSON web token", (b"eyj",), r"\beyJ[\w-]{10,300}\.eyJ[\w-]{10,4000}\.[\w-]{10,}"),
    Shape("a Hugging Face token", (b"hf_", b"api_org_"), r"\b(?:hf|api_org)_[A-Za-z]{30,}\b"),
    Shape("an Anthropic key", (b"sk-ant-",), r"\bsk-ant-[\w-]{20,}"),
    Shape("an OpenAI key", (b"sk-",), r"\bsk-(?:(?:proj|svcacct|admin)-[\w-]{40,}|[A-Za-z0-9]{40,}\b)"),
    Shape("an NVIDIA key", (b"nvapi-",), r"\bnvapi-[\w-]{40,}"),
    Shape("a Groq key", (b"gsk_",), r"\bgsk_[A-Za-z0-9]{40,}"),
    Shape("a Replicate token", (b"r8_",), r"\br8_[A-Za-z0-9]{37,}\b"),
    Shape("an npm token", (b"npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    Shape("a PyPI token", (b"pypi-",), r"\bpypi-[\w-]{50,}"),
    Shape("a Docker token", (b"dckr_",), r"\bdckr_(?:pat|oat)_[\w-]{24,}"),
    Shape(
        "a Stripe key", (b"k_live_", b"k_test_", b"whsec_"), r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_\w{24,}"
    ),
    Shape("a Twilio key", (b"sk",), r"\bSK[0-9a-f]{32}\b"),
    Shape("a SendGrid key", (b"sg.",), r"\bSG\.[\w-]{16,80}\.[\w-]{16,}"),
    Shape("a Databricks token", (b"dapi",), r"\bdapi[0-9a-f]{32}\b"),
    Shape("a DigitalOcean token", (b"do",), r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    Shape("a Grafana token", (b"glsa_", b"glc_"), r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b|\bglc_[A-Za-z0-9+/]{32,}"),
    Shape("a Vault token", (b"hvs.", b"hvb."), r"\bhv[sb]\.[\w-]{24,}"),
    Shape(
        "a Weights & Biases key",
        (b"wandb",),
        r"(?i:wandb)[^\n]{0,40}?(?<![0-9a-fA-F/@])([0-9a-f]{40})(?![0-9a-fA-F])",
        around=True,
    ),
    Shape("an age key", (b"age-secret-key-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    Shape(
        "a private key",
        (b"private key",),
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        # What marks a key in code that reads keys has none behind it.
        r"""(?=(?:\\+[rn]|[\s"'#+])*(?:[A-Za-z0-9+/]{10}|[A-Z][a-z-]+:))""",
        PRIVATE_KEY,
        around=True,
    ),
    Shape(
        "a password in an address",
        (b"://",),
        r"""://[^\s/:@"'<>\\(){}\[\]]{0,200}:([^\s/@"'<>\\]{1,300})@[\w\[.-]""",
        IN_ADDRESS,
        around=True,
    ),
    Shape(
        "an authorization header",
        (b"bearer ", b"basic "),
        r"""(?i:\b(?:bearer|basic)) +([A-Za-z0-9+/=_.~-]{20,})""",
        around=True,
    ),
)


@cache
def compiled(shape: Shape) -> re.Pattern[str]:
    """Its pattern, compiled when the first text has one of its words."""
    return re.compile(shape.pattern)


# What follows the first line of a private key, up to its last one, in a file or escaped in a string.
KEY_BODY = r"[^-]*(?:-----END [A-Z0-9 ]*-----)?"
