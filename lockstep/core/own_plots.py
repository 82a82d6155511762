"""The owner's plots in components/plots/: their contract."""

from pathlib import Path

from lockstep.core.components import (
    FunctionContract,
    check_settings,
    read_function,
    refuse_builtin_names,
    require_component,
)
from lockstep.core.schema import Config

FOLDER = Path("components/plots")
BUILTIN = ("roc", "pr", "calibration", "residuals", "confusion", "importance", "learning_curve")


def plot_contract(name: str) -> FunctionContract:
    """Return the contract of components/plots/NAME.py, without importing it. Raises ConfigError."""
    return read_function(FOLDER, name, third="optional")


def check_plots(config: Config) -> None:
    """Raise ConfigError for the first of dataset.plots that is no plot with these settings."""
    refuse_builtin_names(FOLDER, BUILTIN, "plot")
    for name, settings in config.dataset.plots.items():
        require_component("dataset.plots", FOLDER, name)
        check_settings(f"dataset.plots.{name}", settings, plot_contract(name))
