"""A URL with a credential is refused wherever it stands in it, and a shown URL has none."""

import pytest

from lockstep.core.errors import ConfigError
from lockstep.core.urls import (
    check_url,
    check_urls_in,
    hide_urls,
    holds_credential,
    scheme,
    show_url,
)

SHOWN = {
    "data/a.csv": "data/a.csv",
    "file:///data/a.csv": "file:///data/a.csv",
    "https://host/a.csv?signature=secret#x": "https://host/a.csv",
    "https://me:secret@host:81/a.csv": "https://host:81/a.csv",
    "http://[::1]:8000/a.csv": "http://[::1]:8000/a.csv",
    "simplecache::s3://me:secret@bucket/a.csv": "simplecache::s3://bucket/a.csv",
    "simplecache::HTTPS://secret@host/a.csv": "simplecache::https://host/a.csv",
    "zip://a.csv::https://me:pw@host/b.zip?signed": "zip://a.csv::https://host/b.zip",
    "https://me:se/secret@host/a.csv": "https://(no URL)",  # pragma: allowlist secret
    "abfs://container@account.dfs.core.windows.net/a": "abfs://container@account.dfs.core.windows.net/a",
    "ssh://me:secret@host/a": "ssh://host/a",
}
WITH_CREDENTIAL = [
    "https://host/a.csv?sig=abc",
    "https://host/a?api_key=x",
    "https://host/a?apikey=x",
    "https://host/a?subscription-key=x",
    "https://host/a?authToken=x",
    "https://host/a?a=1;token=x",
    "https://host/a?sv=2022-11-02&se=2030&sig=%2Fx",
    "https://host/a?X-Amz-Credential=x&X-Amz-Signature=y",
    "https://host/a?AWSAccessKeyId=x",
    "https://host/a#access_token=x",
    "https://host/a?url=https%3A%2F%2Fme%3Apw%40other%2F",
    "https://TOKEN@host/a",
    "HTTPS://TOKEN@host/a",
    "https://me:pw@host/a",
    "https://me:p/w@host/a",
    "s3://key:secret@bucket/a",
    "ssh://me:pw@host/a",
    "ssh://me%3Apw@host/a",
    "blockcache::http://user:pw@host/a",
    "zip://a.csv::https://host/a.zip?token=x",
    "simplecache::filecache::https://TOKEN@host/a",
]
WITHOUT = [
    "data/a.csv",
    "file:///data/a.csv",
    "https://host/a.csv?download=1",
    "https://host/a?$limit=50&id=3&keyword=x&sort=date&country_code=FR",
    "https://host/a?token=",
    "http://[::1]:8000/a",
    "https://host:8080/a@b.csv",
    "s3://bucket/a/*.csv",
    "ssh://me@host/a",
    "abfs://container@account.dfs.core.windows.net/a",
    "zip://*.csv::https://host/a.zip",
]


@pytest.mark.parametrize("url", WITH_CREDENTIAL)
def test_a_url_with_a_credential_is_refused_and_not_shown(url: str) -> None:
    assert holds_credential(url)
    with pytest.raises(
        ConfigError, match=r"^dataset\.source\.url is '\(hidden\)'; allowed: a URL wi"
    ):
        check_url("dataset.source.url", url)


@pytest.mark.parametrize("url", WITHOUT)
def test_a_url_without_one_passes(url: str) -> None:
    check_url("dataset.source.url", url)


@pytest.mark.parametrize("url", SHOWN)
def test_a_shown_url_has_no_secret(url: str) -> None:
    assert show_url(url) == SHOWN[url]


def test_urls_within_a_query_are_checked() -> None:
    check_urls_in("query", "SELECT * FROM 'https://host/a.parquet' WHERE mail LIKE '%@%'")
    with pytest.raises(ConfigError, match="query is"):
        check_urls_in("query", "SELECT * FROM read_csv('https://host/a.csv?sig=x')")


def test_a_message_shows_its_urls_without_secrets() -> None:
    message = (
        "fatal: unable to access 'https://me:hunter2@host/r.git/': no https://host/a?sig=hunter2"
    )
    assert hide_urls(message) == "fatal: unable to access 'https://host/r.git/': no https://host/a"


def test_a_scheme_is_that_of_the_first_link() -> None:
    schemes = [scheme(url) for url in ("a.csv", "S3://bucket", "zip://a::https://host/b")]
    assert schemes == [None, "s3", "zip"]
