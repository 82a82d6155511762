"""Measure 16 trials of a small CatBoost (50 trees, 50,000 flights) by six ways of running them, in one run.

Usage: python -m template.benchmarks.search

Prints a table: seconds, seconds a trial, and times those of a bare Optuna study in one process. All ways
train on the same rows and the same grid of depth and learning rate, on two cores, in a clean clone of the
last commit. Import and start-up count. The first two run in turn, --repeats times, and their medians are
shown. The launcher of Hydra is installed beside, into the temporary folder.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEPTHS, RATES = [4, 5, 6, 7], [0.05, 0.1, 0.15, 0.2]
TRIALS = len(DEPTHS) * len(RATES)
FEW = ["split.train_until=2013-02", "split.valid_until=2013-03", "split.test_until=2013-04"]
SMALL = [*FEW, "model.params.iterations=50"]
# What the three scripts share: the rows in memory.
ROWS = f"""
from pathlib import Path
from lockstep.core.config import load_config
from lockstep.core.partitions import read_all

dataset = load_config().dataset
names = dataset.numeric + dataset.categorical
train, valid = (read_all(Path("data/splits") / side) for side in ("train", "valid"))
depths, rates = {DEPTHS}, {RATES}
fixed = dict(iterations=50, max_ctr_complexity=1, random_seed=42, logging_level="Silent",
             allow_writing_files=False, loss_function="Logloss")
"""
OPTUNA = (
    ROWS
    + """
import optuna
from catboost import CatBoostClassifier, Pool
from sklearn.metrics import log_loss

optuna.logging.set_verbosity(optuna.logging.WARNING)
pools = [Pool(side[names], side[dataset.target], cat_features=dataset.categorical)
         for side in (train, valid)]

def objective(trial):
    params = {"depth": trial.suggest_categorical("depth", depths),
              "learning_rate": trial.suggest_categorical("learning_rate", rates)}
    model = CatBoostClassifier(**fixed, **params, thread_count=2).fit(pools[0], eval_set=pools[1],
                                                                      use_best_model=False)
    return log_loss(valid[dataset.target], model.predict_proba(pools[1])[:, 1])

sampler = optuna.samplers.GridSampler({"depth": depths, "learning_rate": rates})
study = optuna.create_study(sampler=sampler)
study.optimize(objective, n_trials=16)
print(study.best_value)
"""
)
GRID = (
    ROWS
    + """
import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.model_selection import GridSearchCV, PredefinedSplit

both = pd.concat([train, valid], ignore_index=True)
fold = np.repeat([-1, 0], [len(train), len(valid)])
search = GridSearchCV(CatBoostClassifier(**fixed, thread_count=1),
                      {"depth": depths, "learning_rate": rates}, scoring="neg_log_loss",
                      cv=PredefinedSplit(fold), n_jobs=2, refit=False)
search.fit(both[names], both[dataset.target], cat_features=dataset.categorical)
print(-search.best_score_)
"""
)
MULTIRUN = (
    "import hydra\n\n@hydra.main(version_base=None, config_path=None)\ndef main(config):\n"
    + "\n".join(
        "    " + line
        for line in (
            ROWS.replace("load_config()", "load_config(Path({root!r}) / 'params.yaml')").replace(
                'Path("data/splits")', "Path({root!r}) / 'data/splits'"
            )
            + """
from catboost import CatBoostClassifier
from sklearn.metrics import log_loss

model = CatBoostClassifier(**fixed, depth=config.depth, learning_rate=config.rate, thread_count=1)
model.fit(train[names], train[dataset.target], cat_features=dataset.categorical)
return log_loss(valid[dataset.target], model.predict_proba(valid[names])[:, 1])
"""
        ).splitlines()
    )
    + "\n\nmain()\n"
)


def timed(folder: Path, *command: str, **variables: str) -> float:
    """Wall time of a command that must succeed, in seconds."""
    start = time.perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **variables},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def queue(clone: Path, depths: str, rates: str, *target: str) -> float:
    """Seconds until DVC's queue has run the grid with two workers, each trial up to a stage."""
    start = time.perf_counter()
    sets = [*SMALL, f"model.params.depth={depths}", f"model.params.learning_rate={rates}"]
    words = [word for one in sets for word in ("-S", one)]
    timed(clone, "dvc", "exp", "run", "--queue", *words, *target)
    shut = subprocess.DEVNULL  # the workers inherit it and outlive the command
    subprocess.run(
        ["dvc", "queue", "start", "-j", "2"], cwd=clone, check=True, stdout=shut, stderr=shut
    )
    while True:
        done = subprocess.run(
            ["dvc", "queue", "status"], cwd=clone, check=True, capture_output=True, text=True
        ).stdout
        if "Queued" not in done and "Running" not in done:
            if "Failed" in done:
                sys.exit(f"a queued trial failed:\n{done}")
            return time.perf_counter() - start
        time.sleep(0.5)


def measured(clone: Path, launcher: Path, repeats: int) -> dict[str, float]:
    """Seconds of each way."""
    depths, rates = (",".join(map(str, values)) for values in (DEPTHS, RATES))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(launcher),
         "hydra-joblib-launcher"],
        check=True,
    )  # fmt: skip
    (clone / "multirun.py").write_text(MULTIRUN.replace("{root!r}", repr(str(clone))), "utf-8")
    space = "pruner: none\nsampler: grid\nspace:\n"
    space += f"  depth: {{choices: {DEPTHS}, first: 6}}\n  learning_rate: {{choices: {RATES}}}\n"
    (clone / "conf/search/small.yaml").write_text(space, encoding="utf-8")
    search = [sys.executable, "-m", "lockstep", "search", "search=small", "--trials", str(TRIALS)]
    multirun = [sys.executable, "multirun.py", "-m", "hydra/launcher=joblib"]
    multirun += ["hydra.launcher.n_jobs=2", f"+depth={depths}", f"+rate={rates}"]
    path = os.pathsep.join([str(clone), str(launcher)])
    bare, ours = [], []
    for number in range(repeats):
        bare.append(timed(clone, sys.executable, "-c", OPTUNA))
        ours.append(timed(clone, *search, *SMALL, "--name", f"study-{number}"))
    return {
        "a bare Optuna study, data in memory": statistics.median(bare),
        "python -m lockstep search": statistics.median(ours),
        "GridSearchCV(n_jobs=2)": timed(clone, sys.executable, "-c", GRID),
        "Hydra multirun, joblib launcher, 2 jobs": timed(clone, *multirun, PYTHONPATH=path),
        "dvc exp run --queue ... train, 2 workers": queue(clone, depths, rates, "train"),
        "dvc exp run --queue, 2 workers": queue(clone, depths, rates),
    }


def main() -> None:
    """Clone, prepare the few rows, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", ".", str(clone)], check=True)
        sets = [word for one in FEW for word in ("-S", one)]
        timed(clone, "dvc", "exp", "run", *sets)
        subprocess.run(["git", "commit", "-qam", "Few rows"], cwd=clone, check=True)
        found = measured(clone, Path(folder) / "launcher", repeats)
    bare = next(iter(found.values()))
    print(f"| {TRIALS} trials | s | s a trial | s a trial above the bare study | ratio |")
    print("|---|---|---|---|---|")
    for name, seconds in found.items():
        above = (seconds - bare) / TRIALS
        cells = [f"{seconds:.1f}", f"{seconds / TRIALS:.2f}", f"{above:.2f}"]
        print(f"| {name} | {' | '.join(cells)} | {seconds / bare:.2f} |")


if __name__ == "__main__":
    main()
