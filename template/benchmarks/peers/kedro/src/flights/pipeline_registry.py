"""The project's pipelines."""

from flights.pipeline import create_pipeline


def register_pipelines():
    """The one pipeline."""
    return {"__default__": create_pipeline()}
