"""Vega-Embed as one script, which a page carries: bundled once a version, which takes a second."""

from importlib.metadata import version
from pathlib import Path

from lockstep.core.files import write_text

FOLDER = Path(".cache/vega")


def script() -> str:
    """Return the JavaScript that defines window.vegaEmbed; the same from the same version of vl-convert."""
    path = FOLDER / f"{version('vl-convert-python')}.js"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    import vl_convert

    text: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    write_text(path, text)
    return text
