"""The text of recipes/NAME.py: how this source is read, and a start for its features."""

from lockstep.onboarding.literals import comment, python
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.recipe_fixes import constants, mending

HEAD = '''"""{what}"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING{any}

if TYPE_CHECKING:
    import pandas as pd
'''
READERS = {
    "csv": "with pd.read_csv(path, chunksize=ROWS, **READ) as reader:",
    "jsonl": "with pd.read_json(path, lines=True, chunksize=ROWS, dtype=False) as reader:",
    "parquet": "with pq.ParquetFile(path) as reader:",
    "excel": "frame = pd.read_excel(path)  # its first sheet, whole",
}


def load(plan: Plan) -> list[str]:
    """load() and mended()."""
    kind = plan.files.kind
    chunked = kind != "excel"
    steps = mending(plan)
    counts = plan.row_id
    stem = "path.name.removesuffix(FILES[1:])"
    call = f"mended(frame{', start' if counts else ''})" if steps else "frame"
    lines = [
        'def load(raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:',
        '    """Partitions, file by file in the order of their names; rows to predict are read so too."""',
        "    import pyarrow.parquet as pq" if kind == "parquet" else "    import pandas as pd",
        "",
        "    paths = sorted(raw.glob(FILES))",
        "    if not paths:",
        '        raise FileNotFoundError(f"{raw} holds no {FILES}")',
    ]
    lines += ["    start = 0"] * counts
    lines.append("    for path in paths:")
    lines.append(f"        {READERS[kind]}")
    inner = " " * (16 if chunked else 8)
    if kind == "parquet":
        lines.append("            for number, batch in enumerate(reader.iter_batches(ROWS)):")
        lines.append(f"{inner}frame = batch.to_pandas()")
    elif chunked:
        lines.append("            for number, frame in enumerate(reader):")
    name = f'f"{{{stem}}}-{{number:05d}}"' if chunked else stem
    lines.append(f"{inner}yield {name}, {call}")
    lines += [f"{inner}start += len(frame)"] * counts
    if steps:
        given = ", start: int" * counts
        lines += ["", "", f'def mended(frame: "pd.DataFrame"{given}) -> "pd.DataFrame":']
        what = "; the first is row `start` of the source" * counts
        lines.append(f'    """The rows as dataset.checks.columns declares them{what}."""')
        if any("pd." in step for step in steps):
            lines += ["    import pandas as pd", ""]
        lines += [f"    {step}" for step in steps] + ["    return frame"]
    return lines


def featurize(plan: Plan) -> list[str]:
    """clean() and featurize()."""
    lines = [
        'def clean(frame: "pd.DataFrame") -> "pd.DataFrame":',
        '    """Nothing to mend. Row-wise: what one row gets may not depend on another."""',
        "    return frame",
        "", "",
        'def featurize(frame: "pd.DataFrame") -> "pd.DataFrame":',
        '    """The columns are the features, and the parts of times. Row-wise, as clean() is."""',
    ]  # fmt: skip
    plain = [name for name in plan.numeric if name not in plan.made]
    example = [f"frame[{python(name)}]" for name in plain[:2]]
    ratio = f"    # e.g. a ratio: frame.assign(ratio={' / '.join(example)}), and `ratio` in dataset.numeric"
    lines += [ratio] * (len(example) == 2 and len(ratio) <= 105)
    if not plan.made:
        return [*lines, "    return frame"]
    lines.append("    made = {new: getattr(frame[name].dt, part) for new, name, part in MADE}")
    lines.append(
        '    return frame.assign(**pd.DataFrame(made, index=frame.index).astype("float64"))'
    )
    lines.insert(-2, "    import pandas as pd\n")
    return lines


def recipe(plan: Plan) -> str:
    """recipes/NAME.py."""
    what = f"{plan.name}: {comment(plan.target)}, {plan.task}. Written by lockstep.onboarding.new_dataset, now yours."
    what = what.replace("\\", "\\\\").replace('"', "'")
    head = HEAD.format(what=what, any=", Any" * bool(plan.files.dialect))
    body = ["\n".join(constants(plan)), "\n".join(load(plan)), "\n".join(featurize(plan))]
    return head + "\n" + "\n\n\n".join(body) + "\n"
