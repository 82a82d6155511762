"""The code that a stage's script can run, closed over imports, as dvc.yaml must list it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Stages that note a hash of the code up to train, so that they depend on all of it.
HASHING = ("register",)
MODEL_STAGES = ("ingest", "validate_data", "preprocess", "featurize", "split", "train")


def module_file(name: str) -> Path | None:
    """Return the file of a module of this project; None for a library's."""
    if name.split(".")[0] not in ("lockstep", "stages", "components"):
        return None
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.exists():
            return path
    return None


def imports(path: Path) -> set[Path]:
    """Return the project's files that one file imports, at its top or within functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    # Importing a.b.c runs a/__init__ and a/b/__init__ first.
    names |= {name.rsplit(".", depth)[0] for name in names for depth in range(name.count(".") + 1)}
    files = {file for name in names if (file := module_file(name))}
    return {file for file in files if file.stat().st_size > 0}


def component_folders(path: Path) -> set[str]:
    """Return the folders of components/ from which a file loads by name.

    Components are never imported by an import statement: the configuration names them. A module that loads
    them says from which folder, in a text such as "components/models"; that text in its code, comments and
    docstrings aside, makes the folder a dependency of every stage whose script imports the module.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    folders = {f"components/{folder.name}" for folder in (ROOT / "components").glob("[a-z]*/")}
    return folders & {text for text in texts if isinstance(text, str)}


def place(path: Path) -> str:
    """Return what dvc.yaml lists for a file: its room, or the file itself outside lockstep/."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "lockstep" else "/".join(parts)


def code_places(stage: str) -> set[str]:
    """Return the code that a stage's result depends on: its script, rooms of lockstep/, components."""
    if stage in HASHING:
        places = {place for name in (*MODEL_STAGES, stage) for place in code_places_of_script(name)}
        return {place for place in places if not place.startswith("stages/")} | {"stages"}
    return code_places_of_script(stage)


def code_places_of_script(stage: str) -> set[str]:
    """Return the script of a stage, the rooms that it imports and the folders that these load from."""
    seen: set[Path] = set()
    todo = [ROOT / "stages" / f"{stage}.py"]
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo.extend(imports(path))
    return {place(path) for path in seen}.union(*map(component_folders, seen))


def listed_code(deps: list[str]) -> set[str]:
    """Return the code among a stage's deps."""
    return {dep for dep in deps if dep.split("/")[0] in ("stages", "lockstep", "components")}
