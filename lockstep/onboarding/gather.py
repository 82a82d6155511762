"""The source's files, brought into a raw folder, and which kind they are."""

import shutil
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.data.raw_files import FETCHED
from lockstep.onboarding.compression import compression, opened

KINDS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".dat": "csv", ".psv": "csv", "": "csv",
    ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
    ".xlsx": "excel", ".xlsm": "excel",
}  # fmt: skip
SUFFIX = {"csv": ".csv", "parquet": ".parquet", "jsonl": ".jsonl", "excel": ".xlsx"}
PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst")
READS = "CSV and its kin, Parquet, JSON Lines and Excel (.xlsx) are read, packed too"


def kind_of(path: Path) -> str:
    """csv, parquet, jsonl or excel. Raises DataError for what is none of them."""
    name = path.name.lower()
    packed = next((suffix for suffix in PACKED if name.endswith(suffix)), "")
    suffix = Path(name.removesuffix(packed)).suffix
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty")
    with path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            return "parquet"
    found = KINDS.get(suffix, "csv" if not suffix[1:].isalpha() else "")
    if not found:
        raise DataError(f"{path}: {suffix} is no format for a table here; {READS}")
    if found == "parquet":
        raise DataError(f"{path} is not a Parquet file: it does not begin as one")
    if found == "jsonl":
        with opened(path) as stream:
            first = stream.read(1 << 12).lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
        if first != b"{":
            raise DataError(f"{path}: expected JSON Lines, an object on each line, as {{...}}")
    return found


def listed(source: Path) -> list[Path]:
    """The file, or the files of a folder in name order; all must be of one kind and suffix."""
    if not source.exists():
        raise DataError(f"{source} is not there")
    if source.is_file():
        return [source]
    found = sorted(
        path
        for path in source.iterdir()
        if path.is_file() and not path.name.startswith((".", "_")) and path.name != FETCHED
    )
    if not found:
        raise DataError(f"{source} holds no file")
    suffixes = sorted({"".join(path.suffixes[-2:]) or path.name for path in found})
    if len({path.suffix.lower() for path in found}) > 1:
        raise DataError(
            f"{source} holds files of several kinds ({', '.join(suffixes)}), expected partitions of "
            "one table; give the file, or a folder with its partitions alone"
        )
    return found


def suffix_for(path: Path, kind: str) -> str:
    """What a raw file's name shall end with, so that pandas unpacks it by its name."""
    packed = "" if kind in ("excel", "parquet") else compression(path)
    return SUFFIX[kind] + ("" if packed == ".zst" else packed)


def gather(source: Path, raw: Path, name: str) -> tuple[str, str]:
    """Copy the source's files into an empty raw folder; their kind and suffix.

    A file's bytes stay as they are; one packed by zstd, which pandas reads with a package of its own
    only, is unpacked.
    """
    paths = listed(source)
    kinds = {path: kind_of(path) for path in paths}
    kind = kinds[paths[0]]
    strange = next((path for path in paths if kinds[path] != kind), None)
    if strange is not None:
        raise DataError(f"{strange} is {kinds[strange]}, while {paths[0].name} is {kind}")
    suffix = suffix_for(paths[0], kind)
    raw.mkdir(parents=True)
    for path in paths:
        bare = path.name
        for one in (*PACKED, *KINDS):
            bare = bare.removesuffix(one) if one else bare
        to = (
            raw
            / f"{name if source.is_file() else bare.lstrip('.') or name}{suffix_for(path, kind)}"
        )
        if not to.name.endswith(suffix) or to.exists():
            raise DataError(
                f"{path}: {to.name} stands there twice, or is packed otherwise than others"
            )
        if compression(path) == ".zst" and kind != "parquet":
            with opened(path) as stream, to.open("wb") as target:
                shutil.copyfileobj(stream, target)
        else:
            shutil.copyfile(path, to)
    return kind, suffix


def held(raw: Path) -> tuple[str, str]:
    """Kind and suffix of the files in a folder that stay as they are, since they are fetched anew by name."""
    paths = listed(raw)
    kind, name = kind_of(paths[0]), paths[0].name
    packed = "" if kind in ("excel", "parquet") else compression(paths[0])
    suffix = Path(name.removesuffix(packed)).suffix + packed
    if packed == ".zst" or not name.endswith(suffix) or not suffix:
        raise DataError(f"{name} is not named as it is packed, or by zstd; unpack it at the source")
    if FETCHED.endswith(suffix):  # the recipe would take the record of the fetch for rows
        raise DataError(f"{name}: name JSON Lines .jsonl at the source")
    return kind, suffix
