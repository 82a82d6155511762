"""The encoding of a text is detected; where it is a guess, that is an assumption."""

from pathlib import Path

import pytest

from lockstep.core.errors import DataError
from lockstep.onboarding.encoding import detect_encoding

GERMAN = "Straße,Größe\nKöln,„3 €“\n" * 50
JAPANESE = "名前,都市,備考\n花子,東京,これは長い文章です\n太郎,大阪,それも長い文章です\n" * 50
ENCODINGS = {
    "utf-8": (GERMAN, False),
    "utf-8-sig": (GERMAN, False),
    "utf-16": (GERMAN, False),
    "utf-16-le": (GERMAN, False),
    "utf-16-be": (GERMAN, False),
    "cp1252": (GERMAN, True),
    "shift_jis": (JAPANESE, True),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_text_comes_back(tmp_path: Path, encoding: str) -> None:
    text, is_guess = ENCODINGS[encoding]
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    detected, assumptions = detect_encoding(path)
    assert path.read_text(encoding=detected) == text
    assert bool(assumptions) == is_guess


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (bytes(99), "is no table")])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        detect_encoding(tmp_path / "t.csv")
