"""Gather a source's files in a raw folder, and find out which format they have."""

import shutil
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.data.raw_files import FETCHED
from lockstep.onboarding.compression import detect_compression, open_decompressed

KINDS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".dat": "csv", ".psv": "csv", "": "csv",
    ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".xlsx": "excel", ".xlsm": "excel",
}  # fmt: skip
SUFFIX = {"csv": ".csv", "parquet": ".parquet", "jsonl": ".jsonl", "excel": ".xlsx"}
PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst")
READABLE = "CSV and its kin, Parquet, JSON Lines and Excel (.xlsx) are read, compressed too"


def detect_kind(path: Path) -> str:
    """Return csv, parquet, jsonl or excel. Raises DataError for a file that is none of them."""
    name = path.name.lower()
    packed = next((suffix for suffix in PACKED if name.endswith(suffix)), "")
    suffix = Path(name.removesuffix(packed)).suffix
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty")
    with path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            return "parquet"
    kind = KINDS.get(suffix, "csv" if not suffix[1:].isalpha() else "")
    if not kind:
        raise DataError(f"{path}: {suffix} is no format for a table here; {READABLE}")
    if kind == "parquet":
        raise DataError(f"{path} is not a Parquet file: it does not begin as one")
    if kind == "jsonl":
        with open_decompressed(path) as stream:
            first = stream.read(1 << 12).lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
        if first != b"{":
            raise DataError(f"{path}: expected JSON Lines, an object on each line, as {{...}}")
    return kind


def list_source(source: Path) -> list[Path]:
    """Return the file, or a folder's files in name order. Raises DataError where their suffixes differ."""
    if not source.exists():
        raise DataError(f"{source} is not there")
    if source.is_file():
        return [source]
    paths = sorted(
        path
        for path in source.iterdir()
        if path.is_file() and not path.name.startswith((".", "_")) and path.name != FETCHED
    )
    if not paths:
        raise DataError(f"{source} holds no file")
    suffixes = sorted({"".join(path.suffixes[-2:]) or path.name for path in paths})
    if len({path.suffix.lower() for path in paths}) > 1:
        raise DataError(
            f"{source} holds files of several kinds ({', '.join(suffixes)}), expected partitions of "
            "one table; give the file, or a folder with its partitions only"
        )
    return paths


def raw_suffix(path: Path, kind: str) -> str:
    """Return what the name of a raw file shall end with, so that pandas decompresses it by its name."""
    packed = "" if kind in ("excel", "parquet") else detect_compression(path)
    return SUFFIX[kind] + ("" if packed == ".zst" else packed)


def raw_stem(path: Path) -> str:
    """Return a file's name without the suffixes of formats and compression."""
    stem = path.name
    for suffix in (*PACKED, *KINDS):
        stem = stem.removesuffix(suffix) if suffix else stem
    return stem.lstrip(".")


def gather_files(source: Path, raw: Path, name: str) -> tuple[str, str]:
    """Copy the source's files into a new raw folder.

    A file's bytes stay as they are. Only one that zstd compressed is decompressed, because pandas would
    need a further package to read it.

    Parameters
    ----------
    source : Path
        A file, or a folder of partitions.
    raw : Path
        The folder to make.
    name : str
        What a single file is called there, without its suffix.

    Returns
    -------
    kind, suffix : str
        csv, parquet, jsonl or excel, and what all names end with.

    Raises
    ------
    DataError
        If a file is no table, or the files are not partitions of one.
    """
    paths = list_source(source)
    kinds = {path: detect_kind(path) for path in paths}
    kind = kinds[paths[0]]
    for path in paths:
        if kinds[path] != kind:
            raise DataError(f"{path} is {kinds[path]}, while {paths[0].name} is {kind}")
    suffix = raw_suffix(paths[0], kind)
    raw.mkdir(parents=True)
    for path in paths:
        stem = name if source.is_file() else raw_stem(path) or name
        copy = raw / f"{stem}{raw_suffix(path, kind)}"
        if not copy.name.endswith(suffix) or copy.exists():
            raise DataError(f"{path}: {copy.name} is there twice, or compressed unlike the others")
        if detect_compression(path) == ".zst" and kind != "parquet":
            with open_decompressed(path) as stream, copy.open("wb") as target:
                shutil.copyfileobj(stream, target)
        else:
            shutil.copyfile(path, copy)
    return kind, suffix


def fetched_format(raw: Path) -> tuple[str, str]:
    """Return kind and suffix of fetched files, which must not be renamed: a fetch replaces them by name.

    Raises DataError where the recipe could not find or read them by their names.
    """
    paths = list_source(raw)
    kind, name = detect_kind(paths[0]), paths[0].name
    packed = "" if kind in ("excel", "parquet") else detect_compression(paths[0])
    suffix = Path(name.removesuffix(packed)).suffix + packed
    if suffix.removesuffix(packed).lower() not in KINDS:  # it goes into the recipe
        raise DataError(f"{name}: name a table {SUFFIX[kind]} at the source; {READABLE}")
    if packed == ".zst" or not name.endswith(suffix) or not suffix:
        raise DataError(
            f"{name} is compressed by zstd, or not named as it is compressed; decompress it at the source"
        )
    if FETCHED.endswith(suffix):  # the recipe would read the record of the fetch as rows
        raise DataError(f"{name}: name JSON Lines .jsonl at the source")
    return kind, suffix
