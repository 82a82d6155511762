"""Mutate the model's file of a bundle, again and again, and load and predict each; for a process of its own.

    python -m template.tests.support.mutations BUNDLE FIRST_SEED COUNT

Prints each seed before it is tried, so that of a crash or a hang the last one is known, and then what became
of it: refused, failed (predict raised, which a command shows as a line) or predicted. Exits 1 otherwise.
"""

import json
import random
import shutil
import sys
import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from lockstep.core.errors import DataError
from lockstep.models.kinds import KINDS
from lockstep.training import bundle
from template.tests.support.models import table

EXTREME = [b"\x00", b"\xff", b"\x7f", b"\x80", b"\x01"]


def mutated(content: bytes, draw: random.Random) -> bytes:
    """One to three changes of a file: a byte, four bytes, a copied piece, a digit; sometimes a cut."""
    result = bytearray(content)
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(result))
        choice = draw.randrange(6)
        if choice <= 1:
            result[at] = draw.randrange(256)
        elif choice == 2:
            result[at : at + 4] = draw.choice(EXTREME) * 4
        elif choice == 3:
            result[at : at + 4] = draw.randbytes(4)
        elif choice == 4:
            start, size = draw.randrange(len(result)), draw.randrange(1, 64)
            result[at : at + size] = result[start : start + size]
        else:
            digits = [place for place, byte in enumerate(result) if chr(byte) in "0123456789"]
            if digits:
                result[draw.choice(digits)] = ord(draw.choice("0123456789-"))
    if draw.random() < 0.03:
        del result[draw.randrange(1, len(result)) :]
    return bytes(result) or b"\x00"


def mutate_file(path: Path, draw: random.Random) -> None:
    """Mutate a file in place; of an archive one member, under a checksum that is right."""
    if path.suffix != ".skops":
        path.write_bytes(mutated(path.read_bytes(), draw))
        return
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    name = "schema.json" if draw.random() < 0.5 else draw.choice(sorted(members))
    members[name] = mutated(members[name], draw)
    with zipfile.ZipFile(path, "w") as target:
        for member, content in members.items():
            target.writestr(member, content)


def attempt(folder: Path) -> str:
    """Load a bundle and predict with it; say what became of it."""
    frame = table(60, 5)
    try:
        loaded = bundle.load(folder)
    except DataError as error:
        assert str(error).isprintable(), ascii(str(error))
        return "refused"
    try:
        predictions = loaded.predict(frame)
    except Exception:
        return "failed"
    classes = loaded.signature.get("classes")
    expected = (60, len(classes)) if loaded.signature["task"] == "multiclass" else (60,)
    assert predictions.shape == expected, predictions.shape
    return "predicted"


def main() -> None:
    """Try the seeds; print how often each came out."""
    original, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    signature = json.loads((original / "signature.json").read_text(encoding="utf-8"))
    file_name, outcomes = KINDS[signature["kind"]].file_name, Counter[str]()
    with TemporaryDirectory() as place:
        for seed in range(first, first + count):
            print(seed, end=" ", flush=True)
            folder = Path(place) / "bundle"
            shutil.copytree(original, folder)
            mutate_file(folder / file_name, random.Random(seed))
            bundle.seal(folder)
            outcome = attempt(folder)
            print(outcome, flush=True)
            outcomes[outcome] += 1
            shutil.rmtree(folder)
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
