"""What lies in Git and should not: the rules of hygiene and secrets over the files that Git tracks."""

import re
from pathlib import Path

from lockstep.automation.hygiene import (
    LARGE,
    Output,
    added,
    large,
    misplaced,
    notebook,
    outputs,
    private,
)
from lockstep.automation.secret_scan import PLACES, secrets

PIPELINES = re.compile(r"(.*/)?dvc\.(yaml|lock)|.*\.dvc")


def is_read(name: str) -> bool:
    """Whether a rule asks for the file's text; the others are known by name and size."""
    return bool(PLACES.fullmatch(name)) or name.endswith(".ipynb")


def findings(root: Path, sizes: dict[str, int]) -> list[str]:
    """A line for each thing; sizes by name are of what Git tracks, root holds the files that are read."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    found = private(sizes) + large(sizes)
    written: list[Output] = []
    ran: set[str] = set()
    for name in (name for name, size in sizes.items() if size <= LARGE and is_read(name)):
        text = (root / name).read_bytes().decode("utf-8", errors="replace")
        found += secrets(name, text)
        if name.endswith(".ipynb"):
            found += notebook(name, text)
        if not PIPELINES.fullmatch(name):
            continue
        try:
            content = YAML(typ="safe").load(text) or {}
            if name.endswith("dvc.yaml"):
                written += outputs(name, content)
            elif name.endswith("dvc.lock"):
                ran |= set(content.get("stages") or {})
            else:
                written += added(name, content)
        except (YAMLError, AttributeError, KeyError, TypeError) as error:
            said = " ".join(str(error).split())
            found.append(f"{name} is damaged: {said}; `git diff HEAD {name}` shows how")
    return found + misplaced(written, set(sizes), ran)
