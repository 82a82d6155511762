"""A change reruns exactly the stages that depend on it: real runs of DVC, on penguins.

A stage reruns when its own dependencies changed; where its outputs come out the same, nothing after it
reruns. So a comment in a module reruns the stages that import it and no more.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lockstep.data.partition_cache import STORE
from template.tests.support.workspace import built_copy, replace, restore, shell, started

DATA = ["ingest", "validate_data", "preprocess", "featurize", "split"]
MODEL = ["train", "evaluate", "validate_model", "register", "log_metadata", "report"]
ALL = ["compose", *DATA, *MODEL]
KEEPING = ["register", "log_metadata", "report"]  # they note the hash of the code up to train
# By room of lockstep/, the stages that an edit in it reruns.
ROOMS = {
    "core": ALL,
    "repository": ["validate_model", "log_metadata"],
    "data": [*DATA, "train", "validate_model", *KEEPING],
    "models": ["compose", "train", "evaluate", "validate_model", *KEEPING],
    "composition": ["compose"],
    "training": ["train", "evaluate", "validate_model", *KEEPING],
    "evaluation": ["evaluate", "validate_model"],
    "registry": ["validate_model", "register"],
    "report": ["report"],
    "sources": [],
    "onboarding": [],
    "experiments": [],
    "search": [],
    "prediction": [],
    "review": [],
    "automation": [],
    "cli": [],
}

# By folder of components/, the stages that a change in it reruns: those that can use what lies there.
COMPONENTS = {
    "models": ["compose", "train", "register"],
    "metrics": ["compose", "train", "evaluate", "validate_model", "register", "report"],
    "plots": ["compose", "evaluate"],
}

Edit = Callable[[Path], None]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built once."""
    return built_copy(tmp_path_factory, "rebuild")


@pytest.fixture(autouse=True)
def unchanged(root: Path) -> None:
    """Every test starts from the last commit."""
    restore(root)


def comment(name: str) -> Edit:
    """Append a comment: the file's hash changes, what it does not."""

    def edit(root: Path) -> None:
        with (root / name).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write("# a comment\n")

    return edit


def swap(name: str, old: str, new: str) -> Edit:
    """Replace a text in a file."""
    return lambda root: replace(root / name, old, new)


def bump(library: str) -> Edit:
    """Lock another version of a library; what is installed stays as it is."""

    def edit(root: Path) -> None:
        lock = root / "requirements.lock"
        text, n_changed = re.subn(
            rf"(?m)^({library}==\S+)", f"{library}==99.0", lock.read_text("utf-8")
        )
        assert n_changed == 1
        lock.write_text(text, encoding="utf-8", newline="\n")

    return edit


def drop_row(root: Path) -> None:
    """Take the last row from the raw file."""
    file = root / "data/raw/penguins/penguins.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8", newline="\n")


def delete_output(root: Path) -> None:
    """Lose an output that the cache still has."""
    (root / "data/features/penguins.parquet").unlink()


PENGUINS, LINEAR = "conf/dataset/penguins.yaml", "conf/model/linear.yaml"
GATE, SPLIT = "conf/gate/default.yaml", "conf/split/stratified.yaml"
CHANGES: dict[str, tuple[Edit, list[str]]] = {
    "nothing": (lambda root: None, []),
    "a README": (comment("README.md"), []),
    "a test": (comment("tests/closure.py"), []),
    "an output lost, still in the cache": (delete_output, []),
    **{
        f"the room {room}": (comment(f"lockstep/{room}/__init__.py"), stages)
        for room, stages in ROOMS.items()
    },
    **{
        f"a file in components/{folder}": (comment(f"components/{folder}/__init__.py"), stages)
        for folder, stages in COMPONENTS.items()
    },
    "a parameter of an owner's stages": (
        swap("conf/config.yaml", "own: {}", "own: {review: {share: 0.1}}"),
        ["compose"],
    ),
    "a comment in conf": (comment(LINEAR), ["compose"]),
    "an engine setting": (swap("conf/engine/inline.yaml", "threads: 2", "threads: 1"), ["compose"]),
    "the seed": (swap("conf/config.yaml", "seed: 42", "seed: 7"), ["compose", "split", *MODEL]),
    "a check of the data": (
        swap(PENGUINS, "max: 10000", "max: 9999"),
        # The registered bundle carries the checks of the columns, so that it alone can judge new rows.
        ["compose", "validate_data", *KEEPING],
    ),
    "the list of slices": (
        swap(PENGUINS, "slices: [sex]", "slices: [island]"),
        ["compose", "evaluate", "validate_model", "register", "log_metadata", "report"],
    ),
    "a feature left out": (
        swap(PENGUINS, "flipper_length_mm, body_mass_g]", "flipper_length_mm]"),
        ["compose", "featurize", "split", *MODEL],
    ),
    "the leakage limit": (
        swap(PENGUINS, "leakage_limit: 1.0", "leakage_limit: 0.9999"),
        ["compose", "train", "validate_model", *KEEPING],
    ),
    "a split's share": (
        swap(SPLIT, "test_share: 0.2 ", "test_share: 0.25 "),
        ["compose", "split", *MODEL],
    ),
    "a hyperparameter": (swap(LINEAR, "C: 1.0", "C: 0.5"), ["compose", *MODEL]),
    "a gate's threshold": (
        swap(GATE, "max_train_test_gap: 0.15", "max_train_test_gap: 0.16"),
        ["compose", "validate_model", "register", "log_metadata", "report"],
    ),
    "the smallest slice": (
        swap(GATE, "min_slice_rows: 20", "min_slice_rows: 60"),
        ["compose", "evaluate", "validate_model", "register", "log_metadata", "report"],
    ),
    "when a column has drifted": (
        swap(GATE, "psi: 0.1 ", "psi: 0.0 "),
        ["compose", "evaluate", "validate_model", "register", "log_metadata", "report"],
    ),
    "how many columns may have drifted": (
        swap(GATE, "max_share: 0.3", "max_share: 0.4"),
        ["compose", "validate_model", "register", "log_metadata", "report"],
    ),
    "params.yaml by hand": (
        swap("params.yaml", "C: 1.0", "C: 0.4"),
        ["compose", *MODEL],
    ),
    "a raw row": (drop_row, DATA + MODEL),
    "a comment in the recipe": (
        comment("recipes/penguins.py"),
        ["ingest", "preprocess", "featurize", *MODEL],
    ),
    "what the recipe computes": (
        swap("recipes/penguins.py", "return frame", "return frame.assign(body_mass_g=1.0)"),
        ["ingest", "preprocess", "featurize", "split", *MODEL],
    ),
    "the schema": (comment("lockstep/core/schema.py"), ALL),
    # register depends on all scripts, because it notes a hash of those up to train.
    "a stage's script": (comment("stages/report.py"), ["register", "report"]),
    "a comment in the lock": (comment("requirements.lock"), ["compose"]),
    "a library of the tests": (comment("requirements-dev.lock"), []),
    "the version of a library of all": (bump("pandas"), ["compose", *DATA, *MODEL]),
    "the version of a library of the model": (
        bump("catboost"),
        ["compose", "train", "evaluate", "validate_model", *KEEPING],
    ),
    "the version of a library of the report": (
        bump("vl-convert-python"),
        ["compose", "evaluate", "report"],
    ),
    "the version of a library that no stage lists": (bump("tqdm"), ["compose"]),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_reruns_exactly_the_stages_that_depend_on_it(root: Path, change: str) -> None:
    edit, expected = CHANGES[change]
    edit(root)
    assert started(shell(root, "dvc", "repro")) == expected
    assert started(shell(root, "dvc", "repro")) == [], "a second run found something to do"


def test_an_override_runs_what_depends_on_it_and_survives_the_next_repro(root: Path) -> None:
    ran = started(shell(root, "dvc", "exp", "run", "-S", "model.params.C=0.3"))
    assert ran == ["compose", *MODEL]
    assert started(shell(root, "dvc", "repro")) == []
    assert "C: 0.3" in (root / "params.yaml").read_text(encoding="utf-8")


def test_a_group_swap_runs_what_depends_on_the_group(root: Path) -> None:
    ran = started(shell(root, "dvc", "exp", "run", "-S", "model=dummy"))
    assert ran == ["compose", *MODEL]
    assert started(shell(root, "dvc", "repro")) == []


def test_a_later_edit_of_conf_takes_the_place_of_an_override(root: Path) -> None:
    shell(root, "dvc", "exp", "run", "-S", "model.params.C=0.3")
    replace(root / LINEAR, "C: 1.0", "C: 0.25")
    assert started(shell(root, "dvc", "repro")) == ["compose", *MODEL]
    assert "C: 0.25" in (root / "params.yaml").read_text(encoding="utf-8")


def test_a_queued_experiment_leaves_the_workspace_alone_until_it_is_applied(root: Path) -> None:
    before = (root / "params.yaml").read_bytes()
    shell(root, "dvc", "exp", "run", "--queue", "--name", "queued", "-S", "model.params.C=0.125")
    shell(root, "dvc", "exp", "run", "--run-all")
    assert (root / "params.yaml").read_bytes() == before
    assert started(shell(root, "dvc", "repro")) == []
    shell(root, "dvc", "exp", "apply", "queued")
    assert "C: 0.125" in (root / "params.yaml").read_text(encoding="utf-8")
    assert started(shell(root, "dvc", "repro")) == []


def test_every_room_is_in_the_table(root: Path) -> None:
    rooms = {path.parent.name for path in (root / "lockstep").glob("*/__init__.py")}
    assert rooms == set(ROOMS)


def test_forced_twice_the_lock_stays_the_same(root: Path) -> None:
    before = (root / "dvc.lock").read_bytes()
    shutil.rmtree(root / STORE)  # or nothing of the data phase would be made again
    assert started(shell(root, "dvc", "repro", "--force")) == ALL
    assert (root / "dvc.lock").read_bytes() == before
