"""The project files that a script imports, closed over imports, as dvc.yaml must list them."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Stages that hash the code of every stage up to train, so that it must rerun them as well.
HASHING = ("register",)
HASHED = ("compose", "ingest", "validate_data", "preprocess", "featurize", "split", "train")
PACKAGES = ("pipeline", "stages", "recipes", "commands", "hydra_plugins")


def module_file(name: str) -> Path | None:
    """The file of a module of this project; None for a library's."""
    if name.split(".")[0] not in PACKAGES:
        return None
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


def imports(path: Path) -> set[Path]:
    """Files that one file imports, at its top or within functions, type annotations' aside."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    # Importing a.b.c runs a/__init__ and a/b/__init__ first.
    names |= {part.rsplit(".", depth)[0] for part in names for depth in range(part.count(".") + 1)}
    found = {file for name in names if (file := module_file(name))}
    return {file for file in found if file.stat().st_size > 0}


def closure(script: Path) -> list[str]:
    """The script, all it imports and all whose hash it notes, as sorted paths from the root."""
    seen: set[Path] = set()
    todo = [script]
    if script.stem in HASHING and script.parent.name == "stages":
        todo += [script.with_name(f"{name}.py") for name in HASHED]
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo.extend(imports(path))
    return sorted(path.relative_to(ROOT).as_posix() for path in seen)


def listed(deps: list[str]) -> list[str]:
    """The code among a stage's deps, sorted; a folder of pipeline/ stands for each module in it."""
    found: list[Path] = []
    for dep in deps:
        path = ROOT / dep
        if path.suffix == ".py":
            found.append(path)
        elif path.parent == ROOT / "pipeline":
            found += [file for file in path.rglob("*.py") if file.stat().st_size > 0]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)
