"""URLs, fsspec's chained ones too: what a link of them is, whether it holds a credential, how it is shown."""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from lockstep.core.errors import ConfigError

CHAIN = re.compile(r"::(?![^\[\]/]*\])")  # not within the brackets of an IPv6 address
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# In any text: up to what cannot stand in a URL as a person writes it.
IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>`]+")
# Schemes whose name before @ is an account or a container, and no secret.
NAMED = ("ssh", "sftp", "abfs", "abfss", "wasb", "wasbs", "az", "azure", "hdfs", "hf")
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Words of a parameter's name that stand for a credential; a whole name; the end of one without separators.
SECRET_WORDS = {
    "apikey", "auth", "authorization", "bearer", "credential", "credentials", "jwt", "key", "passphrase",
    "passwd", "password", "pwd", "sas", "secret", "session", "sig", "signature", "token",
}  # fmt: skip
SECRET_NAMES = {"code", "cred", "pass", "pat", "sid"}
SECRET_ENDINGS = (
    "token", "secret", "password", "passwd", "apikey", "accesskey", "accesskeyid", "signature", "sessionid",
)  # fmt: skip
UNREADABLE = "(no URL)"
WITHOUT = "a URL without credentials, which the environment holds"


def links(url: str) -> list[str]:
    """Return the links of a chained URL, of fsspec's `zip://a.csv::https://host/b.zip`; one of any other."""
    return CHAIN.split(url)


def split_link(link: str) -> SplitResult | None:
    """Return the parts of a link; None where it cannot be read."""
    try:
        parts = urlsplit(link)
        _ = parts.port
    except ValueError:  # what should be a port may be a password
        return None
    return parts


def scheme(url: str) -> str | None:
    """Return the scheme of a URL's first link, in small letters; None for a path."""
    match = SCHEME.match(url)
    return match[1].lower() if match else None


def is_secret_name(name: str) -> bool:
    """Return whether a parameter of this name holds a credential: sig, api_key, X-Amz-Signature."""
    words = [word.lower() for word in WORD.findall(name)]
    joined = "".join(words)
    is_secret = not SECRET_WORDS.isdisjoint(words) or joined in SECRET_NAMES
    return is_secret or joined.endswith(SECRET_ENDINGS)


def holds_credential(url: str) -> bool:
    """Return whether a link has a user or password, or a query or fragment that names a credential.

    A link that cannot be read counts as one that does.
    """
    for link in links(url):
        if not SCHEME.match(link):
            continue
        parts = split_link(link)
        if parts is None:
            return True
        user, at, _ = parts.netloc.rpartition("@")
        if at and (":" in unquote(user) or parts.scheme not in NAMED):
            return True
        for text in (parts.query, parts.fragment):
            pairs = parse_qsl(text.replace(";", "&"), keep_blank_values=True)
            if any(is_secret_name(name) and value for name, value in pairs):
                return True
            if any(holds_credential(value) for _, value in pairs):
                return True
    return False


def check_url(key: str, url: str) -> None:
    """Raise ConfigError that names the key, and shows nothing of the URL, where it holds a credential."""
    if holds_credential(url):
        raise ConfigError(f"{key} is '(hidden)'; allowed: {WITHOUT}")


def check_urls_in(key: str, text: str) -> None:
    """Raise ConfigError where a URL within a text, such as a query, holds a credential."""
    for match in IN_TEXT.finditer(text):
        check_url(key, match[0])


def show_url(url: str) -> str:
    """Return a URL without password, query and fragment; of a user only what names an account."""
    shown = []
    for link in links(url):
        parts = split_link(link) if SCHEME.match(link) else None
        if SCHEME.match(link) is None:
            shown.append(link)
        elif parts is None:
            shown.append(f"{link.partition('://')[0]}://{UNREADABLE}")
        else:
            user, at, host = parts.netloc.rpartition("@")
            is_name = at and parts.scheme in NAMED and ":" not in unquote(user)
            netloc = parts.netloc if is_name else host
            shown.append(parts._replace(netloc=netloc, query="", fragment="").geturl())
    return "::".join(shown)


def hide_urls(text: str) -> str:
    """Return a text, such as a library's message, with every URL in it as show_url gives it."""
    return IN_TEXT.sub(lambda match: show_url(match[0]), text)
