"""Vega-Embed as one script, which a page carries: bundled once a version, which takes a second."""

from importlib.metadata import version
from pathlib import Path

from lockstep.core.files import write_text

FOLDER = Path(".cache/vega")


def script() -> str:
    """The JavaScript that defines window.vegaEmbed; the same bytes from the same version of vl-convert."""
    kept = FOLDER / f"{version('vl-convert-python')}.js"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    import vl_convert

    made: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    write_text(kept, made)
    return made
