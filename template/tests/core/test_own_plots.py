"""A configuration's plots are files of components/plots/ with these settings."""

from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError
from lockstep.core.own_plots import check_plots
from lockstep.core.schema import Config, Dataset
from template.tests.support.extending import write_component


def test_a_plot_is_a_file_with_these_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_component(tmp_path, "plots", "score_histogram")
    check_plots(Config(dataset=Dataset(plots={"score_histogram": {"bins": 5}})))
    check_plots(Config(dataset=Dataset(plots={"score_histogram": None})))
    with pytest.raises(ConfigError, match=r"has 'bin'; allowed by .*: bins; did you mean bins\?"):
        check_plots(Config(dataset=Dataset(plots={"score_histogram": {"bin": 5}})))
    with pytest.raises(
        ConfigError, match=r"dataset\.plots has 'histogram'; allowed: score_histogram"
    ):
        check_plots(Config(dataset=Dataset(plots={"histogram": {}})))
    write_component(tmp_path, "plots", "roc", "def roc(y_true, y_prob): return []\n")
    with pytest.raises(ConfigError, match=r"roc is the name of a plot of Lockstep's own"):
        check_plots(Config())
