"""Map the recipe's featurize() over the partitions, row-wise.

Reads data/preprocessed/, writes data/features/ with the same partition names.
"""

from pathlib import Path

from lockstep.core.config import load_config
from lockstep.core.engine import executor
from lockstep.core.files import fresh
from lockstep.core.partitions import partition_paths, read_partition, write_partition
from lockstep.core.schema import Dataset
from lockstep.core.stage import run
from lockstep.data.partition_cache import Made, Task, map_partitions
from lockstep.data.recipe import apply
from lockstep.data.roles import keep_roles

SOURCE, TARGET = Path("data/preprocessed"), Path("data/features")


def featurize_partition(path: Path, dataset: Dataset) -> Made:
    """Features of one partition, and the columns that later stages need beside them."""
    frame = apply(dataset.recipe, "featurize", read_partition(path), path)
    write_partition(keep_roles(frame, dataset), TARGET / path.name)
    return {"files": [(TARGET / path.name).as_posix()]}


def main() -> None:
    """Featurize every partition."""
    config = load_config()
    fresh(TARGET)
    dataset = config.dataset
    roles = [dataset.key, dataset.target, dataset.time, dataset.period, dataset.group]
    meaning = [dataset.recipe, roles, dataset.numeric, dataset.categorical]
    tasks = [Task([path], (path, dataset)) for path in partition_paths(SOURCE)]
    with executor(config.engine) as pool:
        map_partitions(pool, "featurize", featurize_partition, tasks, meaning)


if __name__ == "__main__":
    run("featurize", main)
