"""libraries.yaml has the version of each locked library for this Python and platform, and no more."""

import sys

import yaml

from lockstep.composition.libraries import LIBRARIES, LOCK, libraries_yaml, locked_versions
from tests.closure import ROOT

LOCKED = """
# a comment
Ruamel.YAML==0.19.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
numpy==2.4 ; python_full_version < '3.0' \\
    --hash=sha256:cc
numpy==2.5 ; python_full_version >= '3.0' \\
    --hash=sha256:dd
pywin32==1 ; sys_platform == 'nowhere' \\
    --hash=sha256:ee
"""


def test_versions_are_those_for_this_python_by_normalised_name() -> None:
    assert sys.version_info >= (3, 0)
    assert locked_versions(LOCKED) == {"numpy": "2.5", "ruamel-yaml": "0.19.1"}


def test_hashes_and_comments_change_nothing() -> None:
    assert libraries_yaml(LOCKED) == libraries_yaml(LOCKED.replace("aa", "ff") + "# more\n")


def test_the_committed_file_is_that_of_the_lock() -> None:
    lock = (ROOT / LOCK).read_text(encoding="utf-8")
    assert yaml.safe_load((ROOT / LIBRARIES).read_text(encoding="utf-8")) == locked_versions(lock)
