"""Histogram boosting stops early on valid, and its bundle holds no thread count."""

from template.tests.support.models import configured, trained


def test_it_stops_early_where_the_configuration_says_so() -> None:
    config = configured("hist_gradient_boosting", "binary")
    config.model.params |= {"max_iter": 500, "learning_rate": 0.5}
    early = trained(config, "").model[-1].n_iter_
    config.model.early_stopping_rounds = 0
    config.model.params["max_iter"] = 60
    assert early < 60 and trained(config, "").model[-1].n_iter_ == 60


def test_a_fitted_model_holds_no_thread_count() -> None:
    fitted = trained(configured("hist_gradient_boosting", "binary", threads=2), "")
    assert fitted.model[-1]._bin_mapper.n_threads is None
