"""Where raw files come from: a folder of them is refreshed whole from a file, a folder or a query."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.config.schema import Source


@dataclass(frozen=True)
class Fetched:
    """What a fetch left in the raw folder; all names are of files, from that folder."""

    files: int
    rows: int | None  # of all files; None where one of them is of a format that is not counted
    new: list[str] = field(default_factory=list)  # written or replaced
    gone: list[str] = field(default_factory=list)  # there before, no longer at the source
    kept: list[str] = field(default_factory=list)  # put there by somebody else, and left alone


def fetch(source: Source, raw: Path, full: bool = False) -> Fetched:
    """Bring the raw folder up to date; on any failure it is left as it was.

    full takes the source as it is now, whatever was fetched before. Raises LockstepError in one line.
    """
    raise NotImplementedError
