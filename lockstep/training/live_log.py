"""Values of a stage while it works, as files that `dvc plots` and editors follow.

The layout is DVCLive's: FOLDER/plots/metrics/NAME.tsv with a row a step, and the last values in
FOLDER/metrics.json.
"""

from pathlib import Path
from typing import Any

from lockstep.core.files import fresh, write_text


class LiveLog:
    """Rows of values by name; each is in its file as soon as it is logged."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self.folder = fresh(folder)
        self.last_values: dict[str, float] = {}

    def write(self, name: str, value: float, **columns: str | int) -> None:
        """Append a row to the file of a name such as train/loss, whose last part heads its column.

        Parameters
        ----------
        name : str
            Path of the file below plots/metrics/, without its suffix.
        value : float
            Of the row.
        **columns : str or int
            Put before the value: the step, a time.
        """
        path = self.folder / "plots/metrics" / f"{name}.tsv"
        row = {**columns, path.stem: value}
        is_new = name not in self.last_values
        if is_new:
            path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            if is_new:
                stream.write("\t".join(row) + "\n")
            stream.write("\t".join(map(str, row.values())) + "\n")
        self.last_values[name] = value

    def summarize(self, step: int) -> None:
        """Write metrics.json: the last value of each name, nested at its slashes, and the step."""
        import json

        summary: dict[str, Any] = {}
        for name, value in self.last_values.items():
            *groups, column = name.split("/")
            place = summary
            for group in groups:
                place = place.setdefault(group, {})
            place[column] = value
        text = json.dumps({**summary, "step": step}, indent=4) + "\n"
        write_text(self.folder / "metrics.json", text)
