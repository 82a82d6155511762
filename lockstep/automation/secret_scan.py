"""Secrets in the text of files that Git keeps: detect-secrets' detectors, and shapes that it does not know.

Measured on the usual shapes, which the tests list, detect-secrets alone passes a third. Its detectors of
random text are left out, because hashes are random too. A line with the comment `pragma: allowlist secret` is
passed, as detect-secrets does.
"""

import re
from functools import cache
from typing import Any

from lockstep.core.urls import holds_credential, links

# Detectors of random text and of addresses, and that of URLs, which are read here.
LEFT_OUT = (
    "Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector", "BasicAuthDetector",
)  # fmt: skip
KEYWORD_DETECTOR = "KeywordDetector"
# The configuration and the files that are written from it: what stands there is meant, no example.
PLACES = re.compile(
    r"\.dvc/config|(.*/)?dvc\.(yaml|lock)|params\.yaml|.*\.dvc|(.*/)?\.env(\..*)?"
    r"|(conf|metrics|reports|models)/.*|data/raw/.*\.(yaml|json|txt)"
)
# A value that stands for a secret: a variable, a mask, a placeholder.
MASKED = r"(?![$<{*%])"
END = r"(?![\w-])"
SHAPES = {
    "a Google key": rf"\bAIza[\w-]{{35}}{END}|\bGOCSPX-[\w-]{{28}}|\bGOOG1E[A-Z0-9]{{55}}",
    "an Azure key": r"(?:AccountKey|SharedAccessKey)=[\w+/=]{20,}",
    "an AWS access key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_\w{36}|github_pat_\w{22,})",
    "a GitLab token": r"\bgl(?:pat|ptt|dt|rt|soat|cbt|ft|oas)-[\w-]{20,}",
    "a Slack token": r"\bxapp-\d-[\w-]{20,}|\bxox[abeoprs]-[\w-]{10,}",
    "a Hugging Face token": rf"\bhf_[A-Za-z0-9]{{30,}}{END}",
    "an npm token": rf"\bnpm_[A-Za-z0-9]{{36}}{END}",
    "a PyPI token": r"\bpypi-[\w-]{50,}",
    "an API key": r"\bsk-(?:[a-z0-9]+-)*[\w-]{20,}|\bkey-[0-9a-f]{32}\b",
    "a web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.",
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|\bAGE-SECRET-KEY-1[A-Z0-9]{58}",
    "a token": r"\bdapi[0-9a-f]{32}\b|\bdo[opr]_v1_[0-9a-f]{64}\b|\bdckr_pat_[\w-]{27}"
    rf"|\.atlasv1\.[\w-]{{60,}}|\bhv[sb]\.[\w-]{{24,}}|\bshp(?:at|ca|pa|ss)_[0-9a-f]{{32}}{END}"
    r"|\blin_api_\w{40}|\bglsa_\w{32}_[0-9a-f]{8}|\bisat_\w{40,}",
    "a webhook": r"discord(?:app)?\.com/api/webhooks/\d+/[\w-]{60,}"
    r"|hooks\.slack\.com/services/T\w+/B\w+/\w{20,}",
    "an authorization": rf"(?i:authorization)\W{{1,6}}(?i:bearer|basic|token)\s+{MASKED}[\w+/=.~-]{{16,}}",
    "a password": rf"\bcurl\b.*\s(?:-u|--user)[ =]?['\"]?[\w.@-]+:{MASKED}[^\s'\"]{{6,}}"
    rf"|\bmachine\s+\S+\s+login\s+\S+\s+password\s+{MASKED}\S{{6,}}|;\s*(?i:pwd|password)={MASKED}[^;\s]{{4,}}",
    "a key": r"(?i:api_?key|token|secret)\w*['\"]?\s*[:=]\s*['\"]?"
    r"(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,64})\b",
}
SHAPE = re.compile("|".join(f"({shape})" for shape in SHAPES.values()))
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>`|\\]+")
PORT = re.compile(r"\w[\w+.-]*://[\w.-]*:\d+[/?#]")  # a port is no password: https://host:8080/a@b
PARAMETER = re.compile(r"[?&;#]([\w-]+)=([^&;#\s]{8,})")
FILE = re.compile(r"[\w./-]+\.(?:md|py|ya?ml|json|toml|txt|csv|parquet|lock|dvc)[.,;:)]*")
# What documentation, tests and templates write for a password or token.
PLACEHOLDER = re.compile(
    r"(?i)[$<{*%.]+.*|(?:your|my|the|a)?[_-]?(?:user(?:name)?|me|pass(?:word|wd)?|pw|p|secret\w*|token|key|value"
    r"|hunter2|credential|\w*example\w*|changeme|x+|none|null|true|false)(?:[_-]?\w{0,3})?"
)
# NAME=value and `name: value` as .env, YAML and INI write them, without quotes; code needs quotes.
CODE = (".py", ".ipynb", ".js", ".jinja", ".toml")
ASSIGNED = re.compile(
    rf"(?i)(?:^|[\s{{,;])[\w.-]*(?:(passw(?:or)?d|passphrase|pwd)|(secret|token|api_?key|access_?key|_key))\s*[:=]\s*"
    rf"{MASKED}([^\s\"'#;,}}]{{6,}})(?=$|\s|[;,}}])"
)
MIN_PASSWORD = 4  # characters of one in a URL, outside of the configuration
MIN_TOKEN = 16  # characters of a value, which has digits, that is taken for a key or token
MAX_WORDS = 3  # of a value; a longer one is prose
MAX_LINE = 20_000  # characters; a longer line is data
# DVC's options that hold a secret, in .dvc/config.
OPTIONS = re.compile(
    r"\s*(password|passphrase|token|secret_access_key|access_key_id|session_token|sas_token|account_key"
    r"|connection_string|client_secret|gdrive_client_secret|oss_key_id|oss_key_secret|webdav_token"
    rf"|custom_auth_header|key_password)\s*=\s*{MASKED}\S"
)
ALLOWED = re.compile(r"pragma: ?(?:allow|white)list[ -]secret")
REMEDY = "name the environment variable that holds it, and revoke the secret if it was ever pushed"


@cache
def detectors() -> tuple[Any, ...]:
    """Return detect-secrets' detectors, those of a shape; loaded when a check runs."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    kinds: Any = get_mapping_from_secret_type_to_class().values()
    return tuple(kind() for kind in kinds if kind.__name__ not in LEFT_OUT)


@cache
def keywords() -> re.Pattern[str]:
    """Return the words before an assigned secret for which detect-secrets looks."""
    from detect_secrets.plugins.keyword import DENYLIST

    return re.compile("|".join(DENYLIST), re.IGNORECASE)


def has_candidate(detector: Any, text: str) -> bool:
    """Return whether a text can have a secret for a detector, by one pass of its patterns."""
    if type(detector).__name__ == KEYWORD_DETECTOR:
        return bool(keywords().search(text))
    return any(pattern.search(text) for pattern in detector.denylist)


def is_placeholder(value: str, name: str) -> bool:
    """Return whether a value stands for a secret; in configuration only a variable or a mask does."""
    return not PLACES.fullmatch(name) and bool(PLACEHOLDER.fullmatch(value))


def is_false_alarm(value: str, name: str, line: str) -> bool:
    """Return whether a detected value is a placeholder, a variable, a path, a count or code."""
    from detect_secrets.filters import heuristic

    return (
        is_placeholder(value, name)
        or bool(FILE.fullmatch(value))
        or len(value.split()) > MAX_WORDS
        or heuristic.is_sequential_string(value)
        or heuristic.is_templated_secret(value)
        or heuristic.is_prefixed_with_dollar_sign(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_indirect_reference(line)
    )


def library_secret(detector: Any, name: str, line: str) -> str | None:
    """Return what detect-secrets calls the secret that a detector sees in a line."""
    if type(detector).__name__ == KEYWORD_DETECTOR and not keywords().search(line):
        return None
    for secret in detector.analyze_line(filename=name, line=line, line_number=0):
        if not is_false_alarm(str(secret.secret_value), name, line):
            return f"a secret of the type {secret.type}"
    return None


def url_secret(name: str, line: str) -> str | None:
    """Return what the secret in a URL is called: a password, a token in its place, or a signature."""
    for url in (link for match in URL.finditer(line) for link in links(match[0])):
        if PORT.match(url):
            continue
        user, at, _ = url.partition("://")[2].partition("?")[0].rpartition("@")
        account, colon, password = user.partition(":")
        secret = password if colon else account
        long_enough = len(password) >= MIN_PASSWORD or PLACES.fullmatch(name)
        is_secret = long_enough if colon else len(account) >= MIN_TOKEN
        if (
            at
            and is_secret
            and "/" not in account
            and re.match(rf"{MASKED}.", secret)
            and not is_placeholder(secret, name)
        ):
            return "a password in a URL"
        for key, value in PARAMETER.findall(url):
            is_named = holds_credential(f"https://host/?{key}=x")
            if is_named and re.match(MASKED, value) and not is_placeholder(value, name):
                return "a signature in a URL"
    return None


def assigned_secret(name: str, line: str) -> str | None:
    """Return what a secret is called that a line assigns to a name without quotes."""
    for match in ASSIGNED.finditer(line):
        is_password, value = bool(match[1]), match[3]
        is_token = len(value) >= MIN_TOKEN and any(char.isdigit() for char in value)
        if (is_password or is_token) and not is_false_alarm(value, name, line):
            return "a password" if is_password else "a key"
    return None


def line_secret(name: str, line: str, candidates: list[Any]) -> str | None:
    """Return what the secret in a line is called; None where there is none."""
    if len(line) > MAX_LINE or ALLOWED.search(line):
        return None
    if match := SHAPE.search(line):
        return list(SHAPES)[(match.lastindex or 1) - 1]
    if "://" in line and (kind := url_secret(name, line)):
        return kind
    if not name.endswith(CODE) and (kind := assigned_secret(name, line)):
        return kind
    kinds = (library_secret(detector, name, line) for detector in candidates)
    return next((kind for kind in kinds if kind), None)


def find_secrets(name: str, text: str) -> list[str]:
    """Return a line for each secret in a file, which names the place and does not show the secret."""
    if "\0" in text:  # not text
        return []
    if name.endswith((".ipynb", ".json")):  # code and values within JSON's quotes
        text = text.replace('\\"', '"')
    candidates = [detector for detector in detectors() if has_candidate(detector, text)]
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        option = OPTIONS.match(line) if name == ".dvc/config" else None
        if option:
            message = f"the option {option[1]} belongs into .dvc/config.local"
            lines.append(
                f"{name}, line {number}: {message}: `dvc remote modify --local`, then delete it here"
            )
        elif kind := line_secret(name, line, candidates):
            lines.append(f"{name}, line {number}: {kind}; {REMEDY}")
    return lines
