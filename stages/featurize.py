"""Map the recipe's featurize() over the partitions, row-wise.

Reads data/preprocessed/, writes data/features/ with the same partition names.
"""

from pathlib import Path

from pipeline.config import load
from pipeline.config.schema import Dataset
from pipeline.engine import executor
from pipeline.partitions import paths, read, write
from pipeline.recipe import apply
from pipeline.reuse import Made, Task, mapped
from pipeline.roles import keep_roles
from pipeline.stage import run
from pipeline.stage.files import fresh

SOURCE, TARGET = Path("data/preprocessed"), Path("data/features")


def one(path: Path, dataset: Dataset) -> Made:
    """Features of one partition, and the columns that later stages need beside them."""
    frame = apply(dataset.recipe, "featurize", read(path), path)
    write(keep_roles(frame, dataset), TARGET / path.name)
    return {"files": [(TARGET / path.name).as_posix()]}


def main() -> None:
    """Featurize every partition."""
    config = load()
    fresh(TARGET)
    dataset = config.dataset
    roles = [dataset.key, dataset.target, dataset.time, dataset.period, dataset.group]
    meaning = [dataset.recipe, roles, dataset.numeric, dataset.categorical]
    tasks = [Task([path], (path, dataset)) for path in paths(SOURCE)]
    with executor(config.engine) as pool:
        mapped(pool, "featurize", one, tasks, meaning)


if __name__ == "__main__":
    run("featurize", main)
