"""Files in Git that should not be there: the rules of hygiene and secrets over the files that Git tracks."""

import re
from pathlib import Path

from lockstep.automation.hygiene import (
    LARGE,
    Output,
    dvc_file_outputs,
    find_large,
    find_private,
    misplaced_outputs,
    notebook_outputs,
    pipeline_outputs,
)
from lockstep.automation.secret_scan import find_secrets

# Files that are no text, by their names.
BINARY = re.compile(
    r"(?i).*\.(parquet|png|jpe?g|gif|ico|pdf|gz|bz2|xz|zst|zip|xlsx|woff2?|npy|cbm|skops)"
)
PIPELINES = re.compile(r"(.*/)?dvc\.(yaml|lock)|.*\.dvc")


def is_read(name: str) -> bool:
    """Whether the file's text is read: unless it is binary, a secret may stand in it."""
    return not BINARY.fullmatch(name)


def is_pipeline(name: str) -> bool:
    """Whether a file says which outputs there are: dvc.yaml, dvc.lock, .dvc files."""
    return bool(PIPELINES.fullmatch(name))


class PipelineFiles:
    """What the dvc.yaml, dvc.lock and .dvc files of a project say, added file by file."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self.ran: set[str] = set()  # stages that dvc.lock holds

    def add(self, name: str, text: str) -> list[str]:
        """Read one file; return a line if it is damaged."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            content = YAML(typ="safe").load(text) or {}
            if name.endswith("dvc.yaml"):
                self.outputs += pipeline_outputs(name, content)
            elif name.endswith("dvc.lock"):
                self.ran |= set(content.get("stages") or {})
            else:
                self.outputs += dvc_file_outputs(name, content)
        except (YAMLError, AttributeError, KeyError, TypeError) as error:
            message = " ".join(str(error).split())
            return [f"{name} is damaged: {message}; `git diff HEAD {name}` shows how"]
        return []


def findings(root: Path, sizes: dict[str, int]) -> list[str]:
    """Return a line for each finding.

    Parameters
    ----------
    root : Path
        Folder that holds the files to read; of one that is not in it only the name and size are checked.
    sizes : dict
        Size in bytes of each file that Git tracks, by its name.
    """
    lines = find_private(sizes) + find_large(sizes)
    pipeline = PipelineFiles()
    for name, size in sizes.items():
        if size > LARGE or not is_read(name) or not (root / name).is_file():
            continue
        text = (root / name).read_bytes().decode("utf-8", errors="replace")
        lines += find_secrets(name, text)
        if name.endswith(".ipynb"):
            lines += notebook_outputs(name, text)
        if is_pipeline(name):
            lines += pipeline.add(name, text)
    return lines + misplaced_outputs(pipeline.outputs, set(sizes), pipeline.ran)
