"""Lineage, model card and run record.

Reads the manifest, metrics/ and models/, writes metrics/lineage.json, reports/model_card.md, and the
volatile reports/run.json, which nothing depends on. Depends on every group but engine.
"""

import dataclasses
import datetime
import hashlib
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from pipeline.config import load
from pipeline.config.schema import Config
from pipeline.stage import COSTS, run
from pipeline.stage.files import read_json, write_json, write_text


def params_digest(config: Config) -> str:
    """SHA-256 of the parameters that can change a result; the engine's cannot."""
    groups = (config.dataset, config.split, config.model, config.gate)
    few = [config.seed, *(dataclasses.asdict(group) for group in groups)]
    return hashlib.sha256(json.dumps(few, sort_keys=True).encode()).hexdigest()


def lineage(config: Config, gate: Any, test: Any) -> dict[str, Any]:
    """Hashes of what the model came from and of what it is."""

    def hashed(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    return {
        "dataset": config.dataset.name,
        "model": config.model.kind,
        "params": params_digest(config),
        "raw": read_json(Path("data/ingested/manifest.json"))["files"],
        "bundle": {path.name: hashed(path) for path in sorted(Path("models/candidate").iterdir())},
        "verdict": gate["verdict"],
        "metrics": test["metrics"],
    }


def card(config: Config, gate: Any, test: Any, split: Any) -> str:
    """A model card in Markdown."""
    rows = [
        f"| {name} | {value:.4f} | {test['intervals'][name][0]:.4f} to "
        f"{test['intervals'][name][1]:.4f} | {test['baseline'][name]:.4f} |"
        for name, value in test["metrics"].items()
    ]
    sizes = ", ".join(f"{name} {rows}" for name, rows in split["sizes"].items())
    reasons = [f"- {check['reason']}" for check in gate["checks"]]
    return "\n".join(
        [
            f"# {config.dataset.name}, {config.model.kind}",
            "",
            f"Task: {config.dataset.task}; target: {config.dataset.target}; verdict: "
            f"{gate['verdict']}. Rows: {sizes} ({split['kind']} split).",
            "",
            "| metric on test | value | 95 % interval | dummy |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Gates",
            "",
            *reasons,
            "",
        ]
    )


def git(*words: str) -> str | None:
    """What a Git command prints; None where there is no repository or no Git."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def volatile(config: Config) -> dict[str, Any]:
    """What differs between two runs of the same thing: when, where, at which cost."""
    return {
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "HEAD"),
        "uncommitted": (git("status", "--porcelain", "--untracked-files=no") or "").splitlines(),
        "host": platform.node(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "engine": dataclasses.asdict(config.engine),
        "stages": {  # each as it last ran here
            path.stem: read_json(path) for path in sorted(COSTS.glob("*.json"))
        },
    }


def main() -> None:
    """Write the three."""
    config = load()
    gate, test, split = (read_json(Path(f"metrics/{n}.json")) for n in ("gate", "test", "split"))
    write_json(Path("metrics/lineage.json"), lineage(config, gate, test))
    write_text(Path("reports/model_card.md"), card(config, gate, test, split))
    write_json(Path("reports/run.json"), volatile(config))


if __name__ == "__main__":
    run("log_metadata", main)
