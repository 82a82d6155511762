"""A secret is named by its place and kind, in one line without it; what only looks like one passes."""

import json
import random
import string

import pytest

from lockstep.automation.secret_scan import find_secrets

CONF = "conf/dataset/ours.yaml"


def joined(*parts: str) -> str:
    """A secret's text, which must not stand whole in this file: other scanners read it too."""
    return "".join(parts)


def filler(alphabet: str, length: int) -> str:
    """Characters that look drawn, the same each time."""
    rng = random.Random(f"{alphabet}{length}")
    return "".join(rng.choice(alphabet) for _ in range(length))


def letters(length: int) -> str:
    """Letters and digits."""
    return filler(string.ascii_letters + string.digits, length)


def capitals(length: int) -> str:
    """Capitals and digits, as in base 32."""
    return filler("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", length)


def digits(length: int) -> str:
    """Digits."""
    return filler(string.digits, length)


def hexadecimal(length: int) -> str:
    """Hexadecimal digits."""
    return filler("0123456789abcdef", length)


def base64(length: int) -> str:
    """Base 64."""
    return filler(string.ascii_letters + string.digits + "+/", length)


KEY = " PRIVATE KEY"
SHAPES = {
    "AWS access key": joined("key: AK", "IA", capitals(16)),
    "AWS temporary key": joined("key: AS", "IA", capitals(16)),
    "AWS secret": joined("aws_secret_access_", "key = ", base64(40)),
    "AWS secret in the environment": joined("AWS_SECRET_ACCESS_", "KEY=", base64(40)),
    "AWS session": joined("AWS_SESSION_", "TOKEN=", base64(120)),
    "Google API key": joined("AI", "za", letters(35)),
    "Google OAuth": joined("GOC", "SPX-", letters(28)),
    "Google HMAC": joined("GO", "OG1E", capitals(55)),
    "Google service account": joined('"private_', 'key": "-----BEGIN', KEY, "-----"),
    "Azure connection string": joined(
        "AccountName=x;Account", "Key=", base64(86), "==;EndpointSuffix=x"
    ),
    "Azure service bus": joined("Endpoint=sb://x/;SharedAccess", "Key=", base64(43), "="),
    "Azure SAS": joined(
        "https://a.blob.example.org/c/b?sv=2022-11-02&sr=b&si", "g=", letters(42), "%3D"
    ),
    "Azure client secret": joined("AZURE_CLIENT_", "SECRET=", letters(3), "8Q~", letters(34)),
    "AWS signature": joined("https://bucket.example.org/k?X-Amz-Signa", "ture=", hexadecimal(64)),
    "GitHub token": joined("gh", "p_", letters(36)),
    "GitHub OAuth": joined("gh", "o_", letters(36)),
    "GitHub app": joined("gh", "s_", letters(36)),
    "GitHub fine-grained": joined("github", "_pat_", letters(22), "_", letters(59)),
    "GitLab token": joined("gl", "pat-", letters(20)),
    "GitLab runner": joined("gl", "rt-", letters(20)),
    "GitLab trigger": joined("gl", "ptt-", hexadecimal(40)),
    "GitLab deploy": joined("gl", "dt-", letters(20)),
    "Slack bot": joined("xo", "xb-", digits(12), "-", digits(12), "-", letters(24)),
    "Slack app": joined("xa", "pp-1-A", capitals(10), "-", digits(13), "-", hexadecimal(64)),
    "Slack webhook": joined(
        "https://hooks.sl", "ack.com/services/T", capitals(8), "/B", capitals(8), "/", letters(24)
    ),
    "Discord webhook": joined(
        "https://disc", "ord.com/api/webhooks/", digits(18), "/", letters(68)
    ),
    "Stripe": joined("sk_", "live_", letters(24)),
    "Stripe restricted": joined("rk_", "live_", letters(24)),
    "RSA key": joined("-----BEGIN RSA", KEY, "-----"),
    "EC key": joined("-----BEGIN EC", KEY, "-----"),
    "OpenSSH key": joined("-----BEGIN OPENSSH", KEY, "-----"),
    "encrypted key": joined("-----BEGIN ENCRYPTED", KEY, "-----"),
    "PGP key": joined("-----BEGIN PGP", KEY, " BLOCK-----"),
    "PuTTY key": joined("PuTTY-User-", "Key-File-2: ssh-rsa"),
    "age key": joined("AGE-SECRET", "-KEY-1", capitals(58)),
    "web token": joined("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0NTY3ODkwIn0.", letters(43)),
    "npm": joined("np", "m_", letters(36)),
    "npmrc": joined("//registry.npmjs.org/:_auth", "Token=np", "m_", letters(36)),
    "PyPI": joined("py", "pi-AgEIcHlwaS5vcmc", letters(70)),
    "Hugging Face": joined("h", "f_", filler(string.ascii_letters, 34)),
    "OpenAI": joined("s", "k-", letters(20), "T3Blbk", "FJ", letters(20)),
    "OpenAI project": joined("s", "k-proj-", letters(74)),
    "Anthropic": joined("s", "k-ant-api03-", letters(93), "AA"),
    "Sendgrid": joined("S", "G.", letters(22), ".", letters(43)),
    "Twilio": joined("S", "K", hexadecimal(32)),
    "Mailgun": joined("ke", "y-", hexadecimal(32)),
    "Telegram": joined(digits(9), ":A", "A", letters(33)),
    "Databricks": joined("da", "pi", hexadecimal(32)),
    "DigitalOcean": joined("dop", "_v1_", hexadecimal(64)),
    "Docker Hub": joined("dckr", "_pat_", letters(27)),
    "Terraform": joined(letters(14), ".atlas", "v1.", letters(64)),
    "Vault": joined("hv", "s.", letters(94)),
    "Shopify": joined("shp", "at_", hexadecimal(32)),
    "Linear": joined("lin_", "api_", letters(40)),
    "Grafana": joined("gl", "sa_", letters(32), "_", hexadecimal(8)),
    "Heroku": joined("HEROKU_API_", "KEY=01234567-89ab-cdef-0123-456789abcdef"),
    "Weights and Biases": joined("WANDB_API_", "KEY=", hexadecimal(40)),
    "DVC Studio": joined("DVC_STUDIO_", "TOKEN=isat_", letters(48)),
    "password in a URL": joined("https://me:", letters(12), "@host/x"),
    "token as a user": joined("https://", hexadecimal(40), "@host/r.git"),
    "OAuth as a user": joined("https://oauth2:", letters(20), "@gitlab.example.org/r.git"),
    "password in a chained URL": joined("blockcache::http://me:", letters(12), "@host/x"),
    "API key in a URL": joined("https://host/x?api_", "key=", letters(20)),
    "PostgreSQL": joined("postgresql://me:", letters(12), "@db:5432/x"),
    "MySQL": joined("mysql+pymysql://root:", letters(10), "@db/x"),
    "MongoDB": joined("mongodb+srv://me:", letters(12), "@c.example.org/x"),
    "Redis": joined("redis://:", letters(12), "@cache:6379/0"),
    "AMQP": joined("amqp://me:", letters(9), "@mq/"),
    "ODBC": joined("Server=db;Database=x;Uid=me;P", "wd=", letters(12), ";"),
    "password in .env": joined("DB_PASS", "WORD=", letters(14)),
    "password of words in .env": joined("DB_PASS", "WORD=Tr0ub4dor&3"),
    "password in quotes": joined("PASS", 'WORD="', letters(14), '"'),
    "secret in .env": joined("SECRET_", "KEY=", letters(50)),
    "API key in .env": joined("MY_API_", "KEY=", hexadecimal(32)),
    "MinIO": joined("MINIO_ROOT_PASS", "WORD=", letters(16)),
    "before a command": joined("PGPASS", "WORD=", letters(12), " psql"),
    "password in YAML": joined("pass", "word: ", letters(14)),
    "password in JSON": joined('{"pass', 'word": "', letters(14), '"}'),
    "netrc": joined("machine host login me pass", "word ", letters(14)),
    "bearer": joined("Authorization: Bea", "rer ", letters(40)),
    "basic": joined("Authorization: Ba", "sic ", base64(40), "="),
    "curl": joined("curl -u me:", letters(14), " https://host"),
}
CODE = {
    "password": joined("pass", 'word = "', letters(14), '"'),
    "token": joined("tok", "en = '", hexadecimal(40), "'"),
    "key of AWS": joined('os.environ["AWS_SECRET_ACCESS_', 'KEY"] = "', base64(40), '"'),
    "URL": joined('engine = create_engine("postgresql://me:', letters(12), '@db/x")'),
}
# In configuration a password is meant, whatever it is.
PASSWORDS = [
    "url: postgresql://me:hunter2@host/db",
    "address: tls://:hunter2@host:8786",
    joined("url: ssh://me:hun/", "ter2@host/path"),
    '{"url": "https://me:hunter2@host/x"}',
]
PASSES = [
    "url_env: DATABASE_URL",
    "url: postgresql://me:${PASSWORD}@host/db",
    "url: postgresql://me:***@host/db",
    "url: postgresql://me:<password>@host/db",
    "url: ssh://me@host/path",
    "url: https://host:8080/a@b",
    "url: https://host:8080/",
    "url: https://host/path?token=short",
    "address: tcp://scheduler:8786",
    "md5: 0123456789abcdef0123456789abcdef.dir",
    "# write to me@example.org: at https://example.org",
    "task-of-a-kind-that-has-a-very-long-name-with-hyphens",
    "pattern: ^[A-Z0-9]{2}$",
    "token: ${{ secrets.PUSH_TOKEN }}",
    "key: [row_id]",
    "# which secrets: docs/ci.md. Each step is a command",
    "sha256: " + hexadecimal(64),
    "url: https://host/a.csv?download=1&id=" + letters(33),
]
EXAMPLES = [
    "postgresql://USER:PASSWORD@HOST/DATABASE",
    "https://me:secret@host/a.csv?sig=",
    "password = os.environ['PASSWORD']",
    "def login(user: str, password: str) -> None:",
    "AWS_SECRET_ACCESS_KEY=...",
    "export DB_PASSWORD=$(pass show db)",
]


@pytest.mark.parametrize("name", ["conf/dataset/ours.yaml", ".env", "notes.txt"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_of_a_usual_shape_is_named_by_its_place_and_not_shown(
    shape: str, name: str
) -> None:
    lines = find_secrets(name, f"a: 1\n{SHAPES[shape]}\n")
    assert len(lines) == 1 and lines[0].startswith(f"{name}, line 2: a")
    assert lines[0].endswith("; name the environment variable that holds it, and revoke the secret if "
                             "it was ever pushed")  # fmt: skip
    assert SHAPES[shape] not in lines[0]


@pytest.mark.parametrize("name", ["recipes/ours.py", "notes.ipynb"])
@pytest.mark.parametrize("shape", CODE)
def test_a_secret_in_code_and_in_a_notebook_is_found(shape: str, name: str) -> None:
    text = CODE[shape]
    if name.endswith(".ipynb"):
        text = json.dumps({"cells": [{"source": ["import os\n", f"{text}\n"]}]}, indent=1)
    assert len(find_secrets(name, text)) == 1


@pytest.mark.parametrize("line", PASSWORDS)
def test_a_password_that_reads_as_an_example_is_refused_in_configuration_alone(line: str) -> None:
    (found,) = find_secrets(CONF, line)
    assert found.startswith(f"{CONF}, line 1: a password in a URL") and "hunter2" not in found
    assert "hun/" in line or find_secrets("docs/sources.md", line) == []


def test_a_line_that_its_owner_allows_passes() -> None:
    line = joined("pass", 'word = "', letters(14), '"')
    assert find_secrets("a.py", line) and not find_secrets(
        "a.py", f"{line}  # pragma: allowlist secret"
    )


def test_a_file_that_is_no_text_passes() -> None:
    assert find_secrets("a.bin", "\0" + SHAPES["GitHub token"]) == []


@pytest.mark.parametrize("line", PASSES)
def test_what_only_looks_like_a_secret_passes(line: str) -> None:
    assert find_secrets(CONF, line) == []


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_in_documentation_and_code_passes(line: str) -> None:
    assert find_secrets("docs/sources.md", line) == [] and find_secrets("a.py", line) == []


def test_an_option_of_a_remote_that_holds_a_secret_belongs_into_the_local_file() -> None:
    config = "['remote \"x\"']\n    url = s3://bucket/x\n    {} = hunter2\n"
    for option in (
        "password",
        "secret_access_key",
        "sas_token",
        "connection_string",
        "account_key",
    ):
        lines = find_secrets(".dvc/config", config.format(option))
        assert len(lines) == 1 and "hunter2" not in lines[0]
        assert lines[0].startswith(
            f".dvc/config, line 3: the option {option} belongs into .dvc/config.local"
        )
    for option in ("ask_password", "profile", "region", "credentialpath"):
        text = config.format(option).replace("hunter2", "true")
        assert find_secrets(".dvc/config", text) == []
