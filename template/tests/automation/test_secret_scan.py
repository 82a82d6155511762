"""A secret is named by its place and kind, in one line without it; what only looks like one passes."""

import pytest

from lockstep.automation.secret_scan import find_secrets

CONF = "conf/dataset/ours.yaml"


def joined(*parts: str) -> str:
    """A secret's text, which must not stand whole in this file: other scanners read it too."""
    return "".join(parts)


REFUSED = {
    "a password in a URL": [
        "url: postgresql://me:hunter2@host/db",
        "address: tls://:hunter2@host:8786",
        "url: ssh://me:hun/ter2@host/path",
        '{"url": "https://me:hunter2@host/x"}',
    ],
    "a signature in a URL": [
        joined("url: https://x.blob.example.org/c?sv=2024&si", "g=aB3%2Fdefghijk%3D"),
        joined("https://bucket.example.org/k?X-Amz-Signa", "ture=0123456789abcdef"),
    ],
    "an AWS access key": [joined("key: AKI", "AIOSFODNN7EXAMPLE")],
    "an Azure key": [joined("AccountName=x;Account", "Key=", "a" * 44, "==")],
    "a private key": [
        joined("-----BEGIN PRIV", "ATE KEY-----"),
        joined("-----BEGIN RSA PRIV", "ATE KEY-----"),
        joined("-----BEGIN OPENSSH PRIV", "ATE KEY-----"),
    ],
    "a Google key": [joined("AI", "za", "a" * 35)],
    "a GitHub token": [joined("gh", "p_", "a1" * 18), joined("github", "_pat_", "a1" * 20)],
    "a GitLab token": [joined("gl", "pat-", "a1" * 10)],
    "a Hugging Face token": [joined("h", "f_", "aB" * 17)],
    "a Slack token": [joined("xo", "xb-", "1234567890")],
    "a PyPI token": [joined("py", "pi-", "a" * 60)],
    "an API key": [joined("s", "k-", "a1" * 12), joined("s", "k-ant-api03-", "a1" * 12)],
    "a web token": [joined("ey", "JhbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0NTY3ODkwIn0.x")],
}
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
]


@pytest.mark.parametrize(
    ("kind", "line"), [(k, one) for k, some in REFUSED.items() for one in some]
)
def test_a_secret_is_named_by_place_and_kind_and_not_shown(kind: str, line: str) -> None:
    lines = find_secrets(CONF, f"a: 1\n{line}\n")
    assert len(lines) == 1 and lines[0].startswith(f"{CONF}, line 2: {kind}; name the environment")
    assert "hunter2" not in lines[0] and line not in lines[0]
    assert find_secrets("tests/test_x.py", line) == [], "code is for reviewers to read"


@pytest.mark.parametrize("line", PASSES)
def test_what_only_looks_like_a_secret_passes(line: str) -> None:
    assert find_secrets(CONF, line) == []


@pytest.mark.parametrize(
    "place", [".dvc/config", "params.yaml", "dvc.lock", "metrics/a.json", "raw.csv.dvc"]
)
def test_secrets_are_looked_for_where_configuration_lands(place: str) -> None:
    assert find_secrets(place, REFUSED["a password in a URL"][0])


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
        assert find_secrets(".dvc/config", config.format(option)) == []
