"""The model card, README.md of a bundle: Hugging Face's layout, a YAML header and what a user must know.

The header follows https://huggingface.co/docs/hub/model-cards#evaluation-results (`model-index`), the
sections Mitchell et al., Model Cards for Model Reporting, 2019.
"""

import io
from collections.abc import Iterable
from typing import Any

from lockstep.core.escaping import SENTENCE_LENGTH, visible
from lockstep.core.escaping import markdown_code as code
from lockstep.core.own_metrics import better_direction, is_lower_better
from lockstep.core.schema import Config
from lockstep.models.kinds import model_kind

Facts = dict[str, Any]
SLICES = 10  # shown, the worst first
RESULT = {
    "binary": "the probability that {target} is {last}",
    "multiclass": "the probability of each {target} ({classes})",
    "regression": "{target}",
}


def format_number(value: float | None) -> str:
    """Return a number with four decimals, or `not known`."""
    return "not known" if value is None else f"{value:.4f}"


def prose(text: str) -> str:
    """Return the owner's own Markdown without characters that cannot be seen; its lines stay."""
    return "\n".join(map(visible, text.splitlines()))


def table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    """Return a Markdown table as lines."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def header(config: Config, test: Facts) -> dict[str, Any]:
    """Return the YAML header: license, library, tags and results."""
    dataset, kind = config.dataset, config.model.kind
    task = "tabular-regression" if dataset.task == "regression" else "tabular-classification"
    values = {name: value for name, value in test["metrics"].items() if value is not None}
    results = {
        "task": {"type": task, "name": dataset.task},
        "dataset": {"type": dataset.name, "name": dataset.name, "split": "test"},
        "metrics": [
            {"type": n, "value": v, "name": n.replace("_", " ")} for n, v in values.items()
        ],
    }
    license = {"license": dataset.card.license} if dataset.card.license else {}
    return {
        **license,
        "library_name": model_kind(kind).library,
        "pipeline_tag": task,
        "tags": [task, dataset.task, kind, dataset.name],
        "metrics": list(values),
        "model-index": [{"name": f"{dataset.name}-{kind}", "results": [results]}],
    }


def data(config: Config, facts: Facts) -> list[str]:
    """Return the section on the data: the source of the rows, their time, and the size of each split."""
    split, quality, dataset = facts["split"], facts["data"], config.dataset
    rows = []
    for name, size in split["sizes"].items():
        span = split["span"][name]
        rate = split["target_rate"][name]
        rates = rate if isinstance(rate, dict) else {"": rate}
        target = ", ".join(
            f"{code(k) if k else ''} {format_number(v)}".strip() for k, v in rates.items()
        )
        times = [f"{code(span[0])} to {code(span[1])}"] if span else []
        rows.append([name, f"{size:,}", *times, target])
    measure = {"binary": "rate", "multiclass": "share of classes", "regression": "mean"}[
        dataset.task
    ]
    head = ["split", "rows", *([code(dataset.time)] if dataset.time else [])]
    share = quality["quarantined"] / max(quality["ingested"], 1)
    return [
        f"Data set {code(dataset.name)}, from {code(dataset.raw)}: the {len(facts['raw'])} raw files are in "
        f"`lineage.json` with their hashes. Of {quality['ingested']:,} rows, "
        f"{quality['quarantined']:,} ({share:.2%}) broke a check and were left out. "
        f"Kind of split: {split['kind']}.",
        "",
        *table([*head, f"{code(dataset.target)}, {measure}"], rows),
    ]


def training(config: Config, train: Facts) -> list[str]:
    """Return the section on the training: the model, its parameters and its inputs."""
    model, dataset = config.model, config.dataset
    params = ", ".join(f"{name} {value}" for name, value in model.params.items()) or "defaults"
    lines = [
        f"{code(model.kind)} ({code(params, SENTENCE_LENGTH)}), seed {config.seed}, "
        f"class weights {model.class_weights}, "
        + (f"stopped early after {model.early_stopping_rounds} rounds without a better loss on "
           f"valid; best iteration {train['best_iteration']}."
           if model.early_stopping_rounds else "no early stopping."),
        f"Numeric inputs: {', '.join(map(code, dataset.numeric)) or 'none'}.",
        f"Categorical inputs: {', '.join(map(code, dataset.categorical)) or 'none'}.",
    ]  # fmt: skip
    if "sample" in train:
        sample = train["sample"]
        lines.append(
            f"Learned from {sample['rows']:,} of the {sample['of']:,} rows of train, drawn by a hash of "
            f"their keys ({', '.join(map(code, dataset.key))}) and the seed."
        )
    if dataset.target_transform:
        lines.append(
            f"Fitted on {dataset.target_transform} of the target and turned back: a prediction is nearer to "
            "the median of such rows than to their mean. Metrics are in the target's own unit."
        )
    if dataset.task == "binary":
        lines.append(
            f"A row is called positive from {format_number(train['threshold'])}, chosen on valid by "
            f"{model.threshold}."
        )
    return "\n\n".join(lines).split("\n")


def results(test: Facts) -> list[str]:
    """Return the table of metrics on test with their intervals, beside the dummy's."""
    rows = []
    for name, value in test["metrics"].items():
        low, high = test["intervals"][name]
        better = better_direction(name)
        interval = f"{format_number(low)} to {format_number(high)}"
        rows.append(
            [name, format_number(value), interval, format_number(test["baseline"][name]), better]
        )
    return table(["metric on test", "value", "95 % interval", "dummy", "better"], rows)


def slices(metric: str, test: Facts) -> list[str]:
    """Return the worst slices by the metric that the gate compares with the dummy's."""

    def loss(record: Facts) -> float:
        value = record["metrics"][metric]
        if value is None:
            return float("-inf")
        return float(value if is_lower_better(metric) else -value)

    result = sorted(test["slices"], key=loss, reverse=True)
    rows = [
        [f"{code(record['column'])} = {code(record['value'])}", f"{record['rows']:,}",
         format_number(record["metrics"][metric])]
        for record in result[:SLICES]
    ]  # fmt: skip
    if not rows:
        return ["No slice was asked for, or none has rows enough."]
    summary = f"{len(rows)} of {len(result)}, worst first; on all of test {metric} is "
    whole = format_number(test["metrics"][metric])
    return [f"{summary}{whole}.", "", *table(["slice", "rows", metric], rows)]


def calibration(config: Config, facts: Facts) -> list[str]:
    """Return the section on calibration: predicted and observed frequencies."""
    if not facts["calibration"]:
        return [f"Not measured for a {config.dataset.task} model."]
    error = format_number(facts["test"]["metrics"]["calibration_error"])
    rows = [
        [
            format_number(record["predicted"]),
            format_number(record["observed"]),
            f"{record['rows']:,}",
        ]
        for record in facts["calibration"]
    ]
    summary = f"Expected calibration error {error} (20 bins of equal width; Naeini et al., 2015)."
    return [summary, "", *table(["mean prediction", "observed", "rows of test"], rows)]


def card(config: Config, facts: Facts) -> str:
    """Return the whole card as Markdown; the same text for the same model, on any machine.

    facts: metrics/data, split, train, test and gate.json by name, calibration and raw (`gather_facts`),
    and the bundle's signature.
    """
    from ruamel.yaml import YAML

    dataset, kind, test, gate = config.dataset, config.model.kind, facts["test"], facts["gate"]
    text, yaml = io.StringIO(), YAML()
    yaml.default_flow_style = False
    yaml.width = 100
    yaml.dump(header(config, test), text)
    classes = facts["signature"]["classes"]
    predicts = RESULT[dataset.task].format(
        target=code(dataset.target),
        classes=", ".join(map(code, classes)),
        last=code((classes or [""])[-1]),
    )
    own = dataset.card
    unseen = "Categories that training did not see are taken for a rare or unknown one."
    sections = {
        f"{code(dataset.name)}, {code(kind)}": [
            f"Predicts {predicts}, for a row of {code(dataset.name)}. Verdict of its gates: "
            f"**{gate['verdict']}**."
        ],
        "Intended use": [prose(own.intended_use or "")
                         or f"To predict {predicts} for rows like those of test."],
        "Out of scope": [prose(own.out_of_scope or "")
                         or "Rows of another source or period than those below, and decisions about "
                         "single people without a person's judgement."],
        "Data": data(config, facts),
        "Training": training(config, facts["train"]),
        "Metrics": results(test),
        "Slices": slices(config.gate.baseline_metric[dataset.task], test),
        "Calibration": calibration(config, facts),
        # Not against the champion: the bundle stays the same bytes when another one is promoted.
        "Gates": [
            f"- {code(check['reason'], SENTENCE_LENGTH)}"
            for check in gate["checks"] if check["name"] != "champion"
        ],
        "Limits": [
            *([prose(own.limits), ""] if own.limits else []),
            f"The intervals are of the test rows' sampling alone: another period may differ by more. "
            f"{unseen} Slices of fewer than {config.gate.min_slice_rows} rows were not judged.",
        ],
        "How to load": [
            "In a checkout of the repository that made it, with its locked libraries. The files are "
            "as they were sealed, or loading refuses them by name; nothing in the model's file is "
            "executed. The recipe is code: look at it before you trust a bundle from elsewhere.",
            "",
            "    python -m lockstep predict NEW_ROWS PREDICTIONS --bundle THIS_FOLDER",
        ],
    }  # fmt: skip
    lines = ["---", text.getvalue().rstrip(), "---", ""]
    for number, (title, body) in enumerate(sections.items()):
        lines += [f"#{'#' if number else ''} {title}", "", *body, ""]
    return "\n".join(lines)
