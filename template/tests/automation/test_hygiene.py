"""Each rule refuses what it is for, in one line that names it, and lets the neighbour pass."""

import json

import pytest

from lockstep.automation.hygiene import (
    dvc_file_outputs,
    find_large,
    find_private,
    misplaced_outputs,
    notebook_outputs,
    pipeline_outputs,
)
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
    found = find_secrets(CONF, f"a: 1\n{line}\n")
    assert len(found) == 1 and found[0].startswith(f"{CONF}, line 2: {kind}; name the environment")
    assert "hunter2" not in found[0] and line not in found[0]
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
        found = find_secrets(".dvc/config", config.format(option))
        assert len(found) == 1 and "hunter2" not in found[0]
        assert found[0].startswith(
            f".dvc/config, line 3: the option {option} belongs into .dvc/config.local"
        )
    for option in ("ask_password", "profile", "region", "credentialpath"):
        assert find_secrets(".dvc/config", config.format(option)) == []


def test_private_folders_are_named_once_with_the_number_of_files() -> None:
    names = [
        ".dvc/config",
        ".dvc/.gitignore",
        ".dvc/tmp/a",
        ".dvc/tmp/b/c",
        ".venv/bin/python",
        "src/.cache",
    ]
    assert find_private(names) == [
        ".dvc/tmp: private to a machine (2 files in Git); `git rm -r --cached .dvc/tmp`",
        ".venv: private to a machine (1 file in Git); `git rm -r --cached .venv`",
    ]


def test_a_file_is_large_above_ten_megabytes() -> None:
    found = find_large({"a.bin": 10 * 1024**2, "b.bin": 10 * 1024**2 + 1, "c.bin": 25 * 1024**2})
    assert [line.split(":")[0] for line in found] == ["b.bin", "c.bin"]
    assert (
        found[1]
        == "c.bin: 25 MB in Git, more than 10; `git rm --cached c.bin`, then `dvc add c.bin`"
    )


def test_a_notebook_passes_only_as_it_was_before_it_ran() -> None:
    text = {"cell_type": "markdown", "source": ["# A"]}
    code = {"cell_type": "code", "outputs": [], "execution_count": None}
    assert notebook_outputs("a.ipynb", json.dumps({"cells": [text, code]})) == []
    for left in ({"outputs": [{"output_type": "stream"}]}, {"execution_count": 3}):
        found = notebook_outputs("a.ipynb", json.dumps({"cells": [text, code, {**code, **left}]}))
        assert len(found) == 1
        assert found[0].startswith("a.ipynb: outputs or execution counts in 1 of 3 cells; `jupyter")
    for broken in ("", "[]", "{}", '{"cells": [1]}', '{"cells": 1}'):
        assert "not a notebook's JSON" in notebook_outputs("a.ipynb", broken)[0]


STAGES = {
    "stages": {
        "train": {
            "wdir": "..",
            "outs": ["models/a", {"models/b": {"cache": False}}],
            "metrics": ["m/cached.json", {"m/in_git.json": {"cache": False}}],
            "plots": [{"m/plots": {"cache": False}}, "m/$" + "{item.x}"],
        }
    }
}


def test_outputs_are_found_with_their_place_and_where_they_are_kept() -> None:
    assert list(pipeline_outputs("sub/dvc.yaml", STAGES)) == [
        ("train", "outs", "models/a", True),
        ("train", "outs", "models/b", False),
        ("train", "metrics", "m/cached.json", True),
        ("train", "metrics", "m/in_git.json", False),
        ("train", "plots", "m/plots", False),
    ]
    content = {"outs": [{"path": "x"}, {"path": "y", "cache": False}]}
    assert list(dvc_file_outputs("d/x.dvc", content)) == [
        ("d/x.dvc", "outs", "d/x", True),
        ("d/x.dvc", "outs", "d/y", False),
    ]


def test_outputs_in_the_wrong_place_are_named() -> None:
    found = list(pipeline_outputs("sub/dvc.yaml", STAGES))
    names = {"models/b", "m/in_git.json", "models/about"}
    in_cache = "m/cached.json: a metrics file of train in DVC's cache"
    assert [line[: len(in_cache)] for line in misplaced_outputs(found, names, {"train"})] == [
        in_cache
    ]
    both = misplaced_outputs(found[:2], {*names, "models/a/1", "models/a/2"}, set())
    assert both == [
        "models/a: in Git (2 files) and in DVC's cache, by train; `git rm -r --cached models/a`"
    ]
    lacks = misplaced_outputs(found[3:], set(), {"train"})
    assert len(lacks) == 1 and lacks[0].startswith(
        "m/in_git.json: a metrics file of train that Git lacks"
    )
    assert misplaced_outputs(found[3:], set(), set()) == [], (
        "it never ran: nothing is there to commit"
    )
