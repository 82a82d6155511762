"""Map the recipe's clean() over the partitions, row-wise.

Reads data/validated/, writes data/preprocessed/ with the same partition names.
"""

from pathlib import Path

from pipeline.config import load
from pipeline.engine import executor
from pipeline.partitions import paths, read, write
from pipeline.recipe import apply
from pipeline.stage import run
from pipeline.stage.files import fresh

SOURCE, TARGET = Path("data/validated"), Path("data/preprocessed")


def one(path: Path, name: str) -> None:
    """Clean one partition."""
    write(apply(name, "clean", read(path), path), TARGET / path.name)


def main() -> None:
    """Clean every partition."""
    config = load()
    fresh(TARGET)
    with executor(config.engine) as pool:
        list(pool.map(one, sources := paths(SOURCE), [config.dataset.recipe] * len(sources)))


if __name__ == "__main__":
    run("preprocess", main)
