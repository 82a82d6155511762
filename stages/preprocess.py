"""Map the recipe's clean() over the partitions, row-wise.

Reads data/validated/, writes data/preprocessed/ with the same partition names.
"""

from pathlib import Path

from pipeline.config import load
from pipeline.engine import executor
from pipeline.partitions import paths, read, write
from pipeline.recipe import apply
from pipeline.reuse import Made, Task, mapped
from pipeline.stage import run
from pipeline.stage.files import fresh

SOURCE, TARGET = Path("data/validated"), Path("data/preprocessed")


def one(path: Path, name: str) -> Made:
    """Clean one partition."""
    write(apply(name, "clean", read(path), path), TARGET / path.name)
    return {"files": [(TARGET / path.name).as_posix()]}


def main() -> None:
    """Clean every partition."""
    config = load()
    fresh(TARGET)
    recipe = config.dataset.recipe
    tasks = [Task([path], (path, recipe)) for path in paths(SOURCE)]
    with executor(config.engine) as pool:
        mapped(pool, "preprocess", one, tasks, recipe)


if __name__ == "__main__":
    run("preprocess", main)
