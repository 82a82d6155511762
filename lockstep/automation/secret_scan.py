"""Secrets in the text of files that Git keeps: passwords in URLs, keys and tokens of the usual shapes."""

import re

# The configuration and the files that are written from it; code is for reviewers to read.
PLACES = re.compile(
    r"\.dvc/config|(.*/)?dvc\.(yaml|lock)|params\.yaml|.*\.dvc|(conf|metrics|reports|models)/.*"
    r"|data/raw/.*\.(yaml|json|txt)"
)
# A value that stands for a secret: a variable, a mask, a placeholder.
MASKED = r"(?![$<{*])"
SHAPES = {
    # A port is no password: https://host:8080/a@b
    "a password in a URL": rf"[a-zA-Z][\w+.-]*://[^\s/:@\"'<>]*:(?!\d+[/?#]){MASKED}[^\s@\"'<>]+@",
    "a signature in a URL": rf"[?&](?:X-Amz-Signature|X-Goog-Signature|sig|sas|access_token|token)={MASKED}"
    r"[\w%+/=-]{8,}",
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "an Azure key": r"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/=]{20,}",
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY",
    "a Google key": r"\bAIza[\w-]{35}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})",
    "a GitLab token": r"\bgl(?:pat|ptt|dt|rt)-[\w-]{20,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "a Slack token": r"\bxox[abeoprs]-[\w-]{10,}",
    "a PyPI token": r"\bpypi-[\w-]{50,}",
    "an API key": r"\bsk-(?:[a-z0-9]+-)*\w{20,}",
    "a web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.",
}
SHAPE = re.compile("|".join(f"({shape})" for shape in SHAPES.values()))
# DVC's options that hold a secret, in .dvc/config.
OPTIONS = re.compile(
    r"\s*(password|passphrase|token|secret_access_key|access_key_id|session_token|sas_token|account_key"
    r"|connection_string|client_secret|gdrive_client_secret|oss_key_id|oss_key_secret|webdav_token"
    rf"|custom_auth_header|key_password)\s*=\s*{MASKED}\S"
)


def find_secrets(name: str, text: str) -> list[str]:
    """Return a line for each secret in a file, which names the place and does not show the secret."""
    if not PLACES.fullmatch(name) or "\0" in text:  # not text
        return []
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        option = OPTIONS.match(line) if name == ".dvc/config" else None
        shape = None if option else SHAPE.search(line)
        if option:
            message = f"the option {option[1]} belongs into .dvc/config.local"
            lines.append(
                f"{name}, line {number}: {message}: `dvc remote modify --local`, then delete it here"
            )
        elif shape:
            kind = list(SHAPES)[(shape.lastindex or 1) - 1]
            lines.append(
                f"{name}, line {number}: {kind}; name the environment variable that holds it, and "
                "revoke the secret if it was ever pushed"
            )
    return lines
