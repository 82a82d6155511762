"""A change makes dvc.lock stale for exactly the stages that DVC would run, with the data and without."""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lockstep.automation.check import check_commit, check_index, check_working_tree
from lockstep.composition.compose import digest
from lockstep.core.errors import LockstepError
from template.tests.support.workspace import attempt, built_copy, replace, shell, started

CHECK = (sys.executable, "-m", "lockstep", "check")

Edit = Callable[[Path], None]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built once."""
    return built_copy(tmp_path_factory, "check")


@pytest.fixture(autouse=True)
def unchanged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts from the commit that was built, in its folder."""
    built = shell(root, "git", "rev-list", "-1", "--grep=^Built$", "HEAD").strip()
    shell(root, "git", "reset", "-q", "--hard", built)
    shell(root, "git", "clean", "-qfd")
    monkeypatch.chdir(root)


def comment(name: str) -> Edit:
    """Append a comment: the file's hash changes, what it does not."""
    return lambda root: (
        (root / name).write_bytes((root / name).read_bytes() + b"# a comment\n") and None
    )


def swap(name: str, old: str, new: str) -> Edit:
    """Replace a text in a file."""
    return lambda root: replace(root / name, old, new)


def within(stage: str, path: str, digit: str = "a") -> Edit:
    """Change the hash of a path that a stage has in dvc.lock, as a merge gone wrong does."""

    def edit(root: Path) -> None:
        text = (root / "dvc.lock").read_text(encoding="utf-8")
        at = text.index(f"    - path: {path}\n", text.index(f"\n  {stage}:\n"))
        at = text.index("md5: ", text.index("hash: md5\n", at) + 9) + 5
        new = text[:at] + digit * 32 + text[at + 32 :]
        (root / "dvc.lock").write_text(new, encoding="utf-8", newline="\n")

    return edit


def changed(path: str, *stages: str) -> list[str]:
    """The lines on stages of which a dependency changed."""
    return [f"{stage}: dependency {path} changed" for stage in stages]


LEFT = "`dvc repro` leaves it there, delete it"
OTHERWISE = "is in dvc.lock otherwise than {} wrote it"
MORE_DEPS = "      - lockstep/report\n      - lockstep/automation/push.py\n"
REPORT = "    cmd: python -m stages.report\n"
ADDED = "  added:\n    cmd: python -m stages.report\n    deps: [recipes]\n  report:\n"
CHANGES: dict[str, tuple[Edit, list[str]]] = {
    "nothing": (lambda root: None, []),
    "what no stage reads": (comment("README.md"), []),
    "an engine setting": (
        swap("conf/engine/inline.yaml", "threads: 2", "threads: 1"),
        [
            "compose: dependency conf changed",
            "params.yaml was not composed from conf/ as it is; `dvc repro`, then commit params.yaml too",
        ],
    ),
    "a recipe": (
        comment("recipes/penguins.py"),
        changed("recipes", "ingest", "preprocess", "featurize", "train", "register"),
    ),
    "a room": (
        comment("lockstep/evaluation/slices.py"),
        changed("lockstep/evaluation", "evaluate", "validate_model"),
    ),
    "a stage's script": (
        comment("stages/report.py"),
        [*changed("stages", "register"), *changed("stages/report.py", "report")],
    ),
    "a comment in the lock": (comment("requirements.lock"), changed("requirements.lock", "compose")),
    "the raw data": (
        lambda root: (root / "data/raw/penguins/penguins.csv").unlink(),
        changed("data/raw", "ingest"),
    ),
    "params.yaml by hand": (
        swap("params.yaml", "C: 1.0", "C: 0.4"),
        [
            "compose: output params.yaml is not as the stage wrote it",
            "train: param model.params.C is 0.4 in params.yaml and 1.0 in dvc.lock",
            "params.yaml differs from what conf/ composes to (model.params.C 0.4); "
            "`python -m lockstep save-params` writes it into conf/, `git checkout HEAD params.yaml` drops it",
        ],
    ),
    "a parameter taken out of params.yaml": (
        swap("params.yaml", "  slices:\n  - sex\n", ""),
        [
            "compose: output params.yaml is not as the stage wrote it",
            "evaluate: param dataset.slices is not in params.yaml",
            "params.yaml differs from what conf/ composes to (dataset.slices absent); "
            "`python -m lockstep save-params` writes it into conf/, `git checkout HEAD params.yaml` drops it",
        ],
    ),
    "metrics by hand": (
        lambda root: (root / "metrics/test.json").write_text("{}\n", encoding="utf-8") and None,
        [
            "evaluate: output metrics/test.json is not as the stage wrote it",
            *changed("metrics/test.json", "validate_model", "register"),
            *changed("metrics", "report"),
        ],
    ),
    "metrics lost": (
        lambda root: (root / "metrics/gate.json").unlink(),
        [
            "validate_model: output metrics/gate.json is absent",
            "register: dependency metrics/gate.json is absent",
            "report: dependency metrics changed",
            "metrics/gate.json: a metrics file of validate_model that Git lacks; `git add -f "
            "metrics/gate.json`, after `dvc repro` where it is absent",
        ],
    ),
    "a plot by hand": (
        lambda root: (root / "metrics/plots/importance.json").write_text("[]\n", encoding="utf-8") and None,
        [
            "evaluate: output metrics/plots/importance.json is not as the stage wrote it",
            "report: dependency metrics changed",
        ],
    ),
    "a command": (
        swap("dvc.yaml", REPORT, REPORT.replace("python", "python -X dev")),
        [
            'report: the command is "python -X dev -m stages.report" in dvc.yaml and '
            '"python -m stages.report" in dvc.lock'
        ],
    ),
    "a stage more": (swap("dvc.yaml", "  report:\n", ADDED), ["added: it is not in dvc.lock"]),
    "a dependency more": (
        swap("dvc.yaml", "      - lockstep/report\n", MORE_DEPS),
        ["report: dependency lockstep/automation/push.py is in dvc.yaml and not in dvc.lock"],
    ),
    "a parameter more": (
        swap("dvc.yaml", "      - gate.drift.psi\n", "      - gate.drift.psi\n      - split.kind\n"),
        ["evaluate: param split.kind is in dvc.yaml and not in dvc.lock"],
    ),
    "an output more": (
        swap("dvc.yaml", "      - reports/report.html\n", "      - reports/report.html\n      - data/more\n"),
        ["report: output data/more is in dvc.yaml and not in dvc.lock"],
    ),
}  # fmt: skip
# What DVC does not see, or sees elsewhere.
UNSEEN: dict[str, tuple[Edit, list[str]]] = {
    "a stage less": (
        lambda root: remove_stage(root, "report"),
        [f"report: it is in dvc.lock and not in dvc.yaml; {LEFT}"],
    ),
    "a dependency less": (
        swap("dvc.yaml", "      - stages/log_metadata.py\n", ""),
        [f"log_metadata: dependency stages/log_metadata.py is in dvc.lock and not in dvc.yaml; {LEFT}"],
    ),
    "an output less": (
        swap("dvc.yaml", "      - data/quarantine\n", ""),
        [f"validate_data: output data/quarantine is in dvc.lock and not in dvc.yaml; {LEFT}"],
    ),
    "a parameter less": (
        swap("dvc.yaml", "      - gate.drift.psi\n", ""),
        [f"evaluate: param gate.drift.psi is in dvc.lock and not in dvc.yaml; {LEFT}"],
    ),
    "another hash of an output in dvc.lock": (
        within("featurize", "data/features"),
        [f"split: dependency data/features {OTHERWISE.format('featurize')}"],
    ),
    "another hash of a dependency in dvc.lock": (
        within("split", "data/features"),
        [f"split: dependency data/features {OTHERWISE.format('featurize')}"],
    ),
}  # fmt: skip


def remove_stage(root: Path, name: str) -> None:
    """Take a stage, the last, out of dvc.yaml."""
    text = (root / "dvc.yaml").read_text(encoding="utf-8")
    less = re.sub(rf"(?ms)^  {name}:\n.*?(?=^\S|^  #|\Z)", "", text)
    assert less != text
    (root / "dvc.yaml").write_text(less, encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def elsewhere(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what was built: nothing in DVC's cache, no data."""
    return in_a_clone(root, tmp_path_factory.mktemp("elsewhere"))


def in_a_clone(root: Path, folder: Path) -> Path:
    """A clone of the root as it stands, committed: nothing in the cache, no data."""
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-q", "--allow-empty", "-m", "A change")
    shell(folder, "git", "clone", "-q", "--shared", str(root), "clone")
    return folder / "clone"


def of_dvc(root: Path) -> dict[str, set[str]]:
    """What DVC says of each stage: the paths and parameters that changed, and `command`."""
    from dvc.repo import Repo

    changes_by_stage: dict[str, set[str]] = {}
    with Repo(str(root)) as repo:
        for stage, entries in repo.status().items():
            names = changes_by_stage.setdefault(stage, set())
            for entry in entries:
                if isinstance(entry, str):  # "changed command"
                    names.add("command")
                    continue
                for part in entry.values():
                    for where, what in part.items():
                        names |= set(what) if isinstance(what, dict) else {where}
    return changes_by_stage


@pytest.mark.parametrize("change", [*CHANGES, *UNSEEN])
def test_the_stages_and_reasons_are_those_of_the_change_and_a_clone_without_data_says_the_same(
    root: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    edit, expected = (CHANGES | UNSEEN)[change]
    edit(root)
    lines, notes, _ = check_working_tree(root)
    assert (lines, notes) == (expected, [])
    if change in CHANGES:
        of_stages = [line for line in lines if re.match(r"\w+: ", line)]
        status = of_dvc(root)
        assert {line.split(":")[0] for line in of_stages} == set(status)
        for stage, names in status.items():
            told = " ".join(line for line in of_stages if line.startswith(f"{stage}:"))
            assert "not in dvc.lock" in told or [n for n in names if n not in told] == []
    shell(elsewhere, "git", "reset", "-q", "--hard")
    edit(elsewhere)
    monkeypatch.chdir(elsewhere)
    cached = [path for path in (elsewhere / ".dvc/cache").rglob("*") if path.is_file()]
    assert not cached and not (elsewhere / "data/features").exists()
    assert check_working_tree(elsewhere).findings == expected


def test_a_clean_repository_is_one_line_and_a_clone_without_data_says_what_it_cannot_tell(
    root: Path, tmp_path: Path
) -> None:
    assert re.fullmatch(
        r"dvc\.lock is current \(12 stages\), \d+ files in Git are in order\n", shell(root, *CHECK)
    )
    first, *notes = shell(in_a_clone(root, tmp_path), *CHECK).splitlines()[::-1]
    assert first.startswith("dvc.lock is current (12 stages)") and len(notes) == 1
    assert "data/splits/test (evaluate, validate_model)" in notes[0]
    assert "data/ingested/manifest.json (register)" in notes[0] and "`dvc pull`" in notes[0]


@pytest.mark.parametrize(
    ("stage", "path"),
    [("register", "data/ingested/manifest.json"), ("train", "data/splits/train")],
)
def test_what_lies_inside_a_folder_is_looked_up_in_dvcs_list_of_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, path: str
) -> None:
    within(stage, path)(root)
    assert check_working_tree(root).findings == changed(path, stage)
    clone = in_a_clone(root, tmp_path)
    monkeypatch.chdir(clone)
    lines, notes, _ = check_working_tree(clone)
    assert lines == [] and len(notes) == 1 and f"{path} ({stage}" in notes[0]
    (clone / ".dvc/config.local").write_text(
        f"[cache]\n    dir = {root / '.dvc/cache'}\n", encoding="utf-8"
    )
    assert check_working_tree(clone)[:2] == (changed(path, stage), [])


def test_a_champion_that_moved_is_a_note_until_the_next_repro(root: Path) -> None:
    comment("models/champion.yaml")(root)
    lines, notes, _ = check_working_tree(root)
    assert lines == []
    assert notes == [
        "validate_model: models/champion.yaml changed since it ran; the next `dvc repro` runs it"
    ]
    assert list(of_dvc(root)) == ["validate_model"]
    comment("stages/validate_model.py")(root)
    stale = [*changed("stages/validate_model.py", "validate_model"), *changed("stages", "register")]
    assert check_working_tree(root)[:2] == (stale, notes)


def test_a_dependency_that_git_does_not_track_is_named_as_a_clone_lacks_it(root: Path) -> None:
    (root / "recipes/scratch.py").write_text("", encoding="utf-8")
    ignored = root / "data/raw/penguins/dvc_plots/x"  # Git ignores it, DVC does not
    ignored.parent.mkdir()
    ignored.touch()
    (root / "data/raw/penguins/left.part").touch()  # of a write that was stopped: both ignore it
    (root / "recipes/__pycache__").mkdir(exist_ok=True)
    (root / "recipes/__pycache__/x.pyc").touch()  # DVC ignores it
    lines = [line for line in check_working_tree(root).findings if "Git does not track" in line]
    shutil.rmtree(ignored.parent)
    assert [line.split(":")[0] for line in lines] == [
        "data/raw/penguins/dvc_plots/x",
        "recipes/scratch.py",
    ]
    assert "a dependency of ingest that Git does not track, so a clone lacks it" in lines[0]


def test_what_repro_leaves_in_the_lock_is_mended_by_deleting_it(root: Path) -> None:
    remove_stage(root, "report")
    assert started(shell(root, "dvc", "repro")) == [] and check_working_tree(root).findings != []
    text = (root / "dvc.lock").read_text(encoding="utf-8")
    (root / "dvc.lock").write_text(re.sub(r"(?ms)^  report:\n.*", "", text), encoding="utf-8")
    assert check_working_tree(root).findings == []


def test_what_changed_is_mended_by_repro_and_a_commit(root: Path) -> None:
    comment("lockstep/report/page.py")(root)
    done = attempt(root, *CHECK)
    assert done.returncode == 1
    assert done.stdout.splitlines() == changed("lockstep/report", "report")
    assert done.stderr == "check: 1 finding; docs/check.md says what to do for each\n"
    assert started(shell(root, "dvc", "repro")) == ["report"]
    shell(root, *CHECK)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda root: (root / "dvc.lock").unlink(), "dvc.lock is absent or empty: no stage ran"),
        (swap("dvc.lock", "  report:\n", "<<<<<<< ours\n  report:\n"), "dvc.lock"),
        (swap("dvc.lock", "schema: '2.0'", "schema: '2.0'\nmore: 1"), "dvc.lock"),
        (swap("dvc.yaml", "    cmd: python -m stages.report\n", ""), "dvc.yaml"),
        (swap("conf/model/linear.yaml", "C: 1.0", "C: -1.0"), "params.yaml was not composed"),
        (swap("params.yaml", "seed: 42", "seed: [42"), "params.yaml"),
        (
            lambda root: (root / "params.yaml").unlink(),
            "params.yaml is absent; `dvc repro compose`",
        ),
    ],
)
def test_a_file_that_is_absent_or_damaged_is_named(root: Path, edit: Edit, words: str) -> None:
    edit(root)
    done = attempt(root, *CHECK)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert words in done.stdout + done.stderr and len(done.stderr.splitlines()) == 1


def put(name: str, text: str) -> Edit:
    """Write a file."""

    def edit(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")

    return edit


def remote(root: Path) -> None:
    """A DVC remote with its password where everybody reads it."""
    with (root / ".dvc/config").open("a", encoding="utf-8") as stream:
        stream.write("['remote \"x\"']\n    url = ssh://host/x\n    password = hunter2\n")


def refused_by_the_schema(root: Path) -> None:
    """An edit of conf/ that the schema refuses, with the digest of conf/ in params.yaml."""
    before = digest(root)
    replace(root / "conf/model/linear.yaml", "C: 1.0", "C: -1.0")
    replace(root / "params.yaml", before, digest(root))


def unlist(root: Path) -> None:
    """Take a file out of Git."""
    shell(root, "git", "rm", "-q", "--cached", "metrics/gate.json")


RUN = '{"cells": [{"cell_type": "code", "outputs": [], "execution_count": 1}]}'
# The edit, what is staged of it, and how the finding begins.
STAGED: dict[str, tuple[Edit, str, str]] = {
    "DVC's own": (put(".dvc/tmp/x", ""), ".dvc/tmp/x", ".dvc/tmp: private to a machine (1 file in Git)"),
    "a secret": (
        put("models/source.yaml", "a: 1\nurl: tls://me:hunter2@host:8786\n"),
        "models/source.yaml",
        "models/source.yaml, line 2: a password in a URL",
    ),
    "an option of DVC": (remote, ".dvc/config", ".dvc/config, line 11: the option password belongs into"),
    "a notebook that was run": (put("notes.ipynb", RUN), "notes.ipynb", "notes.ipynb: outputs or execution"),
    "a large file": (put("notes.txt", "x" * 11 * 1024**2), "notes.txt", "notes.txt: 11 MB in Git, more than"),
    "metrics in the cache": (
        swap("dvc.yaml", "metrics/gate.json: {cache: false}", "metrics/gate.json"),
        "dvc.yaml",
        "metrics/gate.json: a metrics file of validate_model in DVC's cache",
    ),
    "metrics that Git lacks": (
        unlist,
        "",
        "metrics/gate.json: a metrics file of validate_model that Git lacks",
    ),
    "an output of DVC": (
        put("data/features/x.txt", ""),
        "data/features/x.txt",
        "data/features: in Git (1 file) and in DVC's cache, by featurize; `git rm -r --cached",
    ),
    "conf/ alone": (
        swap("conf/model/linear.yaml", "C: 1.0", "C: 0.5"),
        "conf",
        "params.yaml was not composed from conf/ as it is",
    ),
    "params.yaml alone": (
        swap("params.yaml", "C: 1.0", "C: 0.5"),
        "params.yaml",
        "params.yaml differs from what conf/ composes to (model.params.C 0.5); "
            "`python -m lockstep save-params`",
    ),
    "conf/ that does not compose": (
        refused_by_the_schema,
        "conf params.yaml",
        "conf/ does not compose: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STAGED)
def test_what_should_not_be_committed_is_refused_once_it_is_staged(root: Path, what: str) -> None:
    edit, path, words = STAGED[what]
    edit(root)
    if path:
        assert check_index(root).findings == [], "of what is not staged the index knows nothing"
        shell(root, "git", "add", "--force", "--", *path.split())
    lines, _, _ = check_index(root)
    assert len(lines) == 1 and lines[0].startswith(words), lines
    assert "hunter2" not in lines[0]
    (root / "data/features/x.txt").unlink(missing_ok=True)


def test_a_commit_is_judged_as_it_is_and_not_as_the_working_tree_is_now(root: Path) -> None:
    comment("recipes/penguins.py")(root)
    assert "dvc.lock is current" in shell(root, *CHECK, "--commit", "HEAD")
    shell(root, "git", "commit", "-qam", "A recipe")
    shell(root, "git", "checkout", "-q", "HEAD~1", "--", "recipes")
    assert check_working_tree(root).findings == []
    done = attempt(root, *CHECK, "--commit", "HEAD")
    assert done.returncode == 1 and "train: dependency recipes changed\n" in done.stdout
    assert "cannot be told" not in done.stdout, "the clone has DVC's cache of the root"
    with pytest.raises(LockstepError, match="nowhere"):
        check_commit(root, "nowhere")


def test_hooks_refuse_a_commit_and_a_push_and_let_pass_what_is_in_order(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = in_a_clone(root, tmp_path)
    shell(tmp_path, "git", "init", "-q", "--bare", "bare")
    (clone / ".venv").symlink_to(sys.prefix)
    (clone / ".git/info/exclude").write_text("/.venv\n", encoding="utf-8")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "store"))
    shell(clone, "pre-commit", "install")

    put("recipes/bad.py", "import os\n")(clone)
    comment("conf/model/linear.yaml")(clone)
    put("notes.md", "not staged\n")(clone)
    shell(clone, "git", "add", "recipes", "conf")
    done = attempt(clone, "git", "commit", "-m", "Bad")
    assert done.returncode == 1
    assert "F401" in done.stderr and "params.yaml was not composed from conf/" in done.stderr
    shell(clone, "git", "reset", "-q", "--hard")
    assert (clone / "notes.md").exists()

    comment("requirements.lock")(clone)
    shell(clone, "git", "commit", "-qam", "Stale")
    push = ("git", "push", "-q", str(tmp_path / "bare"), "HEAD:refs/heads/main")
    done = attempt(clone, *push)
    assert done.returncode == 1 and "compose: dependency requirements.lock changed" in done.stdout
    shell(clone, "git", "reset", "-q", "--hard", "HEAD~1")
    shell(clone, *push)
    assert shell(tmp_path / "bare", "git", "log", "--format=%s", "-1", "main") == "A change\n"
