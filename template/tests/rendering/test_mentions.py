"""Whatever a rendered project's text names is there: files, modules, commands, presets, make targets."""

import re
from pathlib import Path

import pytest

from lockstep.cli.commands import COMMANDS
from lockstep.core.schema import Config
from template.tests.support.rendering import VARIANTS, committed_files
from tests.closure import ROOT

PAGES = re.compile(
    r"README\.md|Makefile|docs/.*\.md|components/README\.md|lockstep/README\.md|\.github/.*|\.gitlab-ci\.yml"
    r"|\.pre-commit-config\.yaml|conf/.*\.yaml|dvc\.yaml|NOTICE|pyproject\.toml"
)
# Written by stages, by commands or by their owner: no file of a new project.
MADE_LATER = re.compile(
    r"(data|metrics|reports|models/(candidate|registered)|\.dvc|\.cache|\.venv|dvc_plots)(/.*)?"
    r"|conf/dataset/|params\.yaml|libraries\.yaml|dvc\.lock|.*(NAME|churn|my_|own_|late_cost|score_histogram|review_queue).*"
)
PATH = re.compile(
    r"(?<![\w./-])((?:conf|recipes|components|stages|tests|docs|lockstep|template|hooks|\.github)/[\w./-]*\w/?"
    r"|[A-Z]+\.md|[\w-]+\.(?:toml|lock|cff))(?![\w(<*{])"
)
LINK = re.compile(r"\]\(([\w./-]+\.md)[)#]")
COMMAND = re.compile(r"python -m lockstep ([a-z][\w-]*)")
MODULE = re.compile(r"python -m ((?:stages|template|tests)\.[\w.]+)")
TARGET = re.compile(r"(?:`|^ {4}|^ +- (?:run: )?)make ([a-z][a-z-]*)", re.MULTILINE)
CHOICE = re.compile(r"(?<![\w.])(dataset|split|model|gate|engine|experiment|debug)=([a-z]\w*)")


def texts(root: Path) -> dict[str, str]:
    """Return the text of each page by its name."""
    names = sorted(name for name in committed_files(root) if PAGES.fullmatch(name))
    return {name: (root / name).read_text(encoding="utf-8") for name in names}


def targets(root: Path) -> set[str]:
    """Return the targets of the Makefile."""
    return set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.M))


def absent_files(root: Path, name: str, text: str) -> list[str]:
    """Return the paths that a page names and that are not there; a page of docs/ may name its neighbour."""
    paths = [path.rstrip(".") for path in PATH.findall(text)]
    paths += [f"docs/{path}" for path in LINK.findall(text) if name.startswith("docs/")]
    return [
        path
        for path in paths
        if not MADE_LATER.fullmatch(path)
        and not any((folder / path).exists() for folder in (root, root / "docs"))
    ]


def absent_choices(root: Path, text: str) -> list[str]:
    """Return the options that a page names and that conf/ does not have."""
    return [
        f"{group}={option}"
        for group, option in CHOICE.findall(text)
        if not (root / "conf" / group / f"{option}.yaml").exists()
        and not MADE_LATER.fullmatch(option)
    ]


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_file_that_is_named_is_there(rendered: dict[str, Path], variant: str) -> None:
    root = rendered[variant]
    absent = {name: absent_files(root, name, text) for name, text in texts(root).items()}
    assert {name: paths for name, paths in absent.items() if paths} == {}


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_command_module_and_target_that_is_named_is_there(
    rendered: dict[str, Path], variant: str
) -> None:
    root = rendered[variant]
    assert len(targets(root)) > 10
    for name, text in texts(root).items():
        assert set(COMMAND.findall(text)) - {"COMMAND"} <= set(COMMANDS), name
        for module in MODULE.findall(text):
            assert (root / f"{module.replace('.', '/')}.py").exists() or MADE_LATER.fullmatch(
                module
            ), name
        if name.endswith(".md") or name.startswith(".git"):
            assert set(TARGET.findall(text)) <= targets(root), name


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_option_and_preset_that_is_named_is_there(
    rendered: dict[str, Path], variant: str
) -> None:
    root = rendered[variant]
    absent = {name: absent_choices(root, text) for name, text in texts(root).items()}
    assert {name: options for name, options in absent.items() if options} == {}


def test_a_name_that_is_not_there_is_reported() -> None:
    """The patterns see what they are for."""
    text = "see `docs/nowhere.md`, lockstep/none.py and [this](gone.md); -S model=forest9"
    absent = ["docs/nowhere.md", "lockstep/none.py", "docs/gone.md"]
    assert absent_files(ROOT, "docs/a.md", text) == absent
    assert absent_choices(ROOT, text) == ["model=forest9"]
    assert TARGET.findall("`make nothing` and\n    make test-all ARGS=1") == ["nothing", "test-all"]


def test_each_group_of_the_schema_is_one_that_the_pattern_knows() -> None:
    groups = {
        name for name in Config.__dataclass_fields__ if name not in ("conf_digest", "seed", "own")
    }
    assert all(CHOICE.search(f"-S {group}=x") for group in groups)
