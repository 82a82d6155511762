"""An option that names no column is refused, with the columns that are like it."""

import pytest

from lockstep.core.errors import ConfigError
from lockstep.onboarding.column_options import check_column_option


def test_a_column_that_is_there_is_accepted() -> None:
    check_column_option("--time", "sold", ["price", "sold"])


def test_a_similar_column_is_suggested_whatever_its_case() -> None:
    with pytest.raises(ConfigError, match=r"--time 'solD_' is no column; did you mean Sold\?"):
        check_column_option("--time", "solD_", ["price", "Sold"])


def test_only_some_of_many_columns_are_listed() -> None:
    columns = [f"feature{n}" for n in range(500)]
    with pytest.raises(ConfigError, match=r"there are feature0, .*feature19 and 480 more$"):
        check_column_option("--time", "zzz", columns)
