"""Map the recipe's clean() over the partitions, row-wise.

Reads data/validated/, writes data/preprocessed/ with the same partition names.
"""

from pathlib import Path

from lockstep.core.config import load_config
from lockstep.core.engine import executor
from lockstep.core.files import fresh
from lockstep.core.partitions import partition_paths, read_partition, write_partition
from lockstep.core.stage import run
from lockstep.data.partition_cache import Made, Task, map_partitions
from lockstep.data.recipe import apply

SOURCE, TARGET = Path("data/validated"), Path("data/preprocessed")


def clean_partition(path: Path, name: str) -> Made:
    """Clean one partition."""
    write_partition(apply(name, "clean", read_partition(path), path), TARGET / path.name)
    return {"files": [(TARGET / path.name).as_posix()]}


def main() -> None:
    """Clean every partition."""
    config = load_config()
    fresh(TARGET)
    recipe = config.dataset.recipe
    tasks = [Task([path], (path, recipe)) for path in partition_paths(SOURCE)]
    with executor(config.engine) as pool:
        map_partitions(pool, "preprocess", clean_partition, tasks, recipe)


if __name__ == "__main__":
    run("preprocess", main)
