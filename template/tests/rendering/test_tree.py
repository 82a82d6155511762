"""A rendered project holds its owner's files and one folder of machinery, and nothing else."""

from pathlib import Path

import pytest

from template.tests.support.rendering import VARIANTS, committed_files
from template.tests.support.workspace import shell


def listed(text: str) -> list[str]:
    """Return the names in a text."""
    return text.split()


COMMON = listed("""
.dvc/.gitignore .dvc/config .dvcignore .gitattributes .gitignore .pre-commit-config.yaml
LICENSE Makefile NOTICE README.md dvc.yaml pyproject.toml requirements-dev.lock requirements.lock
components/README.md components/__init__.py components/metrics/__init__.py components/models/__init__.py
components/plots/__init__.py
conf/config.yaml conf/engine/dask.yaml conf/engine/inline.yaml conf/engine/processes.yaml
conf/experiment/compare_models.yaml conf/gate/default.yaml
conf/model/catboost.yaml conf/model/dummy.yaml conf/model/extra_trees.yaml
conf/model/hist_gradient_boosting.yaml conf/model/lightgbm.yaml conf/model/linear.yaml
conf/model/random_forest.yaml conf/model/xgboost.yaml conf/retrain/default.yaml conf/search/default.yaml
conf/split/grouped.yaml conf/split/random.yaml conf/split/stratified.yaml
docs/README.md docs/automation.md docs/champion.md docs/check.md docs/compare.md docs/drift.md
docs/experiments.md docs/extending.md docs/prediction.md docs/remotes.md docs/review.md docs/rules.md
docs/scale.md docs/sources.md docs/update.md docs/your-data.md
models/champion.yaml recipes/__init__.py
stages/__init__.py stages/compose.py stages/evaluate.py stages/featurize.py stages/ingest.py
stages/log_metadata.py stages/preprocess.py stages/register.py stages/report.py stages/split.py
stages/train.py stages/validate_data.py stages/validate_model.py
tests/__init__.py tests/closure.py tests/conftest.py tests/sample.py tests/test_components.py
tests/test_conf.py tests/test_dvc_yaml.py tests/test_pipeline.py tests/test_recipes.py
""")
FLIGHTS = [
    *("conf/dataset/flights.yaml", "conf/model/catboost_own.yaml", "conf/split/temporal.yaml"),
    *("data/raw/PROVENANCE.yaml", "data/raw/flights/planes.parquet", "recipes/flights.py"),
    *(
        f"data/raw/flights/{kind}-2013-{month:02}.parquet"
        for kind in ("flights", "weather")
        for month in range(1, 13)
    ),
]
PENGUINS = listed("""
conf/dataset/penguins.yaml data/raw/PROVENANCE.yaml data/raw/penguins/penguins.csv recipes/penguins.py
""")
GITHUB, GITLAB = ["docs/ci-github.md"], ["docs/ci-gitlab.md", ".gitlab-ci.yml"]
BEYOND = {
    "defaults": [*FLIGHTS, *GITHUB, ".github/workflows/ci.yml"],
    "flights-all-gitlab": [*FLIGHTS, *GITLAB],
    "penguins": [
        *PENGUINS,
        *GITHUB,
        *(f".github/workflows/{name}.yml" for name in ("ci", "experiment", "retrain")),
    ],
    "penguins-proprietary": PENGUINS,
    "own": [*GITHUB, ".github/workflows/ci.yml"],
    "own-later": GITLAB,
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_tree_is_this_list_and_the_machinery(
    rendered: dict[str, Path], source: Path, variant: str
) -> None:
    machinery = {name for name in committed_files(source) if name.startswith("lockstep/")}
    files = committed_files(rendered[variant])
    assert files == {*COMMON, *BEYOND[variant], *machinery, "lockstep/ORIGIN.json"}


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_link_no_empty_folder_and_no_uncommitted_file_is_left(
    rendered: dict[str, Path], variant: str
) -> None:
    root = rendered[variant]
    assert not [path for path in root.rglob("*") if path.is_symlink()]
    folders = [path for path in root.rglob("*") if path.is_dir() and ".git" not in path.parts]
    assert [path for path in folders if not any(path.iterdir())] == []
    assert shell(root, "git", "status", "--porcelain") == ""


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_of_the_template_is_left_in_the_owners_files(
    rendered: dict[str, Path], variant: str
) -> None:
    root = rendered[variant]
    for name in sorted(committed_files(root)):
        text = (root / name).read_bytes()
        if name.startswith("lockstep/") or name.endswith((".parquet", ".lock")):
            continue
        for word in (b"cookiecutter", b"{" + b"% ", b"template/", b"benchmark"):
            assert word not in text, (name, word)
        if not name.startswith(".github/"):
            assert b"{" + b"{" not in text, name


OTHERS = {
    "penguins": ("flights", "2013-", "air_time"),
    "own": ("flights", "penguin", "2013-", "air_time"),
    "defaults": ("penguin", "experiment=air_time"),
}


@pytest.mark.parametrize("variant", OTHERS)
def test_an_owners_file_says_nothing_of_other_data(rendered: dict[str, Path], variant: str) -> None:
    root = rendered[variant]
    for name in sorted(committed_files(root)):
        if name.startswith("lockstep/") or name.endswith((".parquet", ".lock", ".csv")):
            continue
        text = (root / name).read_text(encoding="utf-8").lower()
        assert [word for word in OTHERS[variant] if word in text] == [], name


def test_a_projects_files_are_the_roots_byte_for_byte_but_for_its_identity(
    rendered: dict[str, Path], source: Path
) -> None:
    root = rendered["defaults"]
    differing = {
        name
        for name in committed_files(root)
        if not (source / name).is_file()
        or (root / name).read_bytes() != (source / name).read_bytes()
    }
    own = {"README.md", "pyproject.toml", "LICENSE", "NOTICE", "lockstep/ORIGIN.json"}
    chosen = {".github/workflows/ci.yml", "docs/README.md", "docs/ci-github.md", "conf/config.yaml"}
    assert differing == {*own, *chosen, ".dvcignore", "Makefile", "data/raw/PROVENANCE.yaml"}
