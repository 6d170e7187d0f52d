"""What is found in one text, and what only looks like a secret.  No token here is whole in this file."""

from __future__ import annotations

import random

import pytest

from mlops_gitops.compiler.secrets.randomness import entropy, looks_like_key, looks_random
from mlops_gitops.compiler.secrets.scan import masked, place_of, scan
from mlops_gitops.compiler.secrets.shapes import SHAPES

R = "Zq8Lw2Xv9Kt4Mb7Ny3Rc6Pd1Fh5Gj0SuTaEo"
HEX = "9f86d081884c7d659a2feaa0c55ad015"
KEY = "PRIVATE" + " KEY-----"


def found(path: str, text: str) -> list[tuple[str, str]]:
    return [(one.code, text[one.start : one.end]) for one in scan(path, text.encode()).secrets]


TOKENS = {
    "an AWS access key": "AK" + "IAQWERTYUIOPASDFGH",
    "a Google API key": "AI" + "za" + R[:35],
    "a GitHub token": "gh" + "p_" + R,
    "a GitLab token": "gl" + "pat-" + R[:20],
    "a Slack token": "xo" + "xb-123456789012-" + R[:12],
    "a JSON web token": "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0In0." + R[:16],
    "a Hugging Face token": "h" + "f_QbCdEfGwIjKlMnOpQrStUvWxYzqwertzui",
    "an Anthropic key": "sk" + "-ant-api03-" + R,
    "an OpenAI key": "sk" + "-" + R + R[:12],
    "an npm token": "np" + "m_" + R,
    "a PyPI token": "py" + "pi-AgEIcHlwaS5vcmc" + R + R,
    "a Stripe key": "sk" + "_live_" + R[:24],
    "a Twilio key": "S" + "K" + HEX,
    "a SendGrid key": "S" + "G." + R[:22] + "." + R,
    "a Databricks token": "da" + "pi" + HEX,
    "a Vault token": "hv" + "s." + R,
    "an NVIDIA key": "nv" + "api-" + R + R,
    "a Groq key": "gs" + "k_" + R + R[:16],
    "a DigitalOcean token": "do" + "p_v1_" + HEX + HEX,
    "an Azure client secret": R[:3] + "8Q" + "~" + R[:32],
    "a Docker token": "dc" + "kr_pat_" + R[:27],
    "an age key": "AGE-SECRET-" + "KEY-1" + (R + R).upper()[:58],
}


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("around", ["{}", 'x = "{}"\n', "  - {}\n", "a: {{b: {}}}\n", '   "call(\\"{}\\")\\n",\n'])
def test_a_token_is_known_by_its_shape_wherever_it_stands(kind: str, around: str) -> None:
    text = around.format(TOKENS[kind])
    (one,) = scan("notes.md", text.encode()).secrets
    assert (one.code, one.kind) == ("MG450", kind)
    assert text[one.start : one.end] == TOKENS[kind]


def test_every_shape_has_words_in_lower_case() -> None:
    assert all(word == word.lower() for shape in SHAPES for word in shape.words)


YAML = [
    ("password: hunter2\n", "hunter2"),
    ("db_password: 'two words'\n", "two words"),
    ("env:\n  - name: DB_PASSWORD\n    value: hunter2\n", "hunter2"),
    ("env: [{name: DB_PASSWORD, value: hunter2}]\n", "hunter2"),
    ("env:\n  DB_PASSWORD: {value: hunter2}\n", "hunter2"),
    ("env:\n  DB_PASSWORD:\n    value: hunter2\n", "hunter2"),
    ("env: [{value: hunter2, name: DB_PASSWORD}]\n", "hunter2"),
    ("smtp_password: |\n  hunter2x\n", "hunter2x"),
    ("password: changeme\n", "changeme"),
    ("password: 123456\n", "123456"),
    (f"api-key: {R}\n", R),
    (f"clientSecret: {R}\n", R),
    (f"token: {R}\n", R),
    (f"ENV API_KEY={R}\n", R),
    ("psql --password hunter2 -h db\n", "hunter2"),
    ("psql --password=hunter2\n", "hunter2"),
    ("url: redis://:abc12def@redis:6379\n", "abc12def"),
]


@pytest.mark.parametrize(("text", "secret"), YAML)
def test_a_name_gives_a_value_away_in_data(text: str, secret: str) -> None:
    assert [value for _, value in found("a.yaml", text)] == [secret]


CODE = [
    ('password = "hunter2"\n', "hunter2"),
    ('def f(password: str = "hunter2"): ...\n', "hunter2"),
    (f'os.environ["API_KEY"] = "{R}"\n', R),
    ('os.getenv("DB_PASSWORD", "hunter2")\n', "hunter2"),
    (f'Client(api_key="{R}")\n', R),
    (f'{{"token": "{R}"}}\n', R),
    ("const dbPassword = 'hunter2';\n", "hunter2"),
    (f'wandb.login(key="{HEX}{HEX[:8]}")\n', HEX + HEX[:8]),
]


@pytest.mark.parametrize(("text", "secret"), CODE)
def test_a_name_gives_a_value_away_in_code(text: str, secret: str) -> None:
    assert [value for _, value in found("a.py", text)] == [secret]


NONE = [
    ("a.yaml", "password: ${DB_PASSWORD}\n"),
    ("a.yaml", "env: [{name: DB_PASSWORD, secret: {name: db, key: password}}]\n"),
    ("a.yaml", "secretKeyRef:\n  name: db-credentials\n  key: password\n"),
    ("a.yaml", "receivers: {slack: {target: '#x', secret: slack-webhook}}\n"),
    ("a.yaml", "existingSecret: mine\nsecretName: db\nimagePullSecrets: [regcred]\ntoken_url: https://x\n"),
    ("a.yaml", "password: /run/secrets/db\npassword_file: /run/x\napi_key: my-api-key\ntoken: <TOKEN>\n"),
    ("a.yaml", "password: true\nsecret: null\npassword:\ntokens: 100\nprimary_key: id\n"),
    ("a.yaml", "password: !vault |\n  $ANSIBLE_VAULT;1.1\nother_password: ENC[AES256_GCM,data:abc]\n"),
    ("a.yaml", f"md5: {HEX}\nimage: x@sha256:{HEX}{HEX}\ncommit: {HEX}{HEX[:8]}\n"),
    ("a.yaml", "uid: 3f2504e0-4f89-11d3-9a0c-0305e82c3301\nname: VeryLongCamelCaseIdentifierNumber2OfMany\n"),
    ("a.yaml", "path: gs://bucket/path/to/some/long/model-2024-01-01/run-12345678901\n"),
    ("requirements.txt", f"x==1 --hash=sha256:{HEX}{HEX}\n"),
    ("poetry.lock", f'files = ["{R}"]\n'),
    ("data.csv.dvc", f"outs:\n- md5: {HEX}\n"),
    ("a.json", "\n".join(f'"{number:032x}{HEX[::-1]}"' for number in range(50))),
    ("a.py", 'tokenizer = "bert-base-uncased"\npad_token = "[PAD]"\neos_token = "</s>"\nmax_tokens = 512\n'),
    ("a.py", 'password = get("hunter")\nif password == "hunter2": pass\ntok = os.environ["API_TOKEN"]\n'),
    ("a.py", 'LABEL = {"password": "Enter your password", "type": "password", "token": "string"}\n'),
    ("a.py", f'MARK = "-----BEGIN RSA {KEY}"\nEND = "-----END RSA {KEY}"\n'),
    ("a.py", 'url = "postgresql://user:password@db/x"\nother = f"https://{user}:{password}@host"\n'),
    ("a.html", "<div class='sk-top-container-element-12345678901234567890123456'>"),
    ("a.ipynb", '   "token = os.environ[\\"HF_TOKEN\\"]\\n",\n'),
    ("a.ipynb", f'"image/png": "{R * 30}"\n'),
    ("a.md", "The password: must be set.\nUse `token=<TOKEN>`.\n"),
    ("a.txt", "AK" + "IAIOSFODNN7EXAMPLE and gh" + "p_" + "x" * 36),
]


@pytest.mark.parametrize(("path", "text"), NONE)
def test_what_is_none(path: str, text: str) -> None:
    assert found(path, text) == []


def test_a_private_key_is_one_secret_to_its_last_line() -> None:
    body = "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo\n" * 3
    key = f"-----BEGIN RSA {KEY}\n{body}-----END RSA {KEY}"
    text = f"x: 1\n{key}\ny: 2\n"
    assert found("a.pem", text) == [("MG451", key)]
    assert masked("a.pem", text) == "x: 1\n" + "".join("\n" if one == "\n" else "*" for one in key) + "\ny: 2\n"


def test_a_mask_keeps_lines_and_columns_and_no_letter() -> None:
    text = f'é = 1\r\npassword = "hunter2"; token = "{R}"\n'
    hidden = masked("a.py", text)
    assert len(hidden) == len(text)
    assert hidden == text.replace("hunter2", "*" * 7).replace(R, "*" * len(R))
    (first, second) = scan("a.py", text.encode()).secrets
    assert place_of(text, first.start) == (2, 13)
    assert place_of(text, second.start) == (2, 32)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("password: hunter2  # mlops-gitops: not-a-secret the sandbox\n", []),
        ("# mlops-gitops: not-a-secret the sandbox\npassword: hunter2\nother_password: hunter3\n", ["hunter3"]),
        ("password: hunter2  # mlops-gitops: not-a-secret\n", ["hunter2"]),
        ("password: hunter2\n# mlops-gitops: not-a-secret the sandbox", ["hunter2"]),
        ('"password": "hunter2", "//": "mlops-gitops: not-a-secret the sandbox"\n', []),
        ("a: 1  # mlops-gitops: not-a-secret the sandbox\npassword: hunter2\n", ["hunter2"]),
    ],
)
def test_a_comment_excuses_its_line_if_it_says_why(text: str, left: list[str]) -> None:
    assert [value for _, value in found("a.yaml", text)] == left


def test_random_texts_are_told_from_names() -> None:
    draw = random.Random(3)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    drawn = ["".join(draw.choices(letters, k=40)) for _ in range(500)]
    assert sum(map(looks_random, drawn)) > 490
    assert sum(map(looks_like_key, drawn)) > 480
    people = [
        "TestLoadsTheModelOfVersion12AndServes",
        "inference_latency_p95_of_the_last_24h",
        "2024-01-01T00:00:00Z-run",
    ]
    assert not any(map(looks_like_key, people))
    assert not looks_random(people[1])
    assert entropy("aaaa") == 0
    assert entropy("ab") == 1


REPEATED = [
    "password",
    "a",
    "token=",
    "://a:",
    "'",
    "value: ",
    "eyJ-",
    "name: key, ",
    "api_key='",
    "sv=&",
    "SG.",
    "Zq8",
]


@pytest.mark.parametrize("text", REPEATED)
def test_a_text_as_long_as_a_file_may_be_is_looked_through(text: str) -> None:
    """A pattern that looks at everything once more for each of its beginnings would take hours."""
    scan("a.yaml", (text * (1024 * 1024 // len(text))).encode())
