"""The hashes in a dvc.lock, by path."""

from lockstep.repository.dvc_lock import outputs, recorded

LOCK = """
schema: '2.0'
stages:
  one:
    cmd: one
    deps: [{path: raw, hash: md5, md5: aa.dir, size: 1}]
    outs:
    - {path: data/one, hash: md5, md5: bb.dir, size: 1}
    - {path: "s3://elsewhere", etag: cc}
  two:
    cmd: two
"""


def test_outputs_with_a_hash_of_dvcs_are_listed_by_path() -> None:
    assert outputs(LOCK) == {"data/one": "bb.dir"}


def test_dependencies_are_listed_alike() -> None:
    stages = {"one": {"deps": [{"path": "raw", "md5": "aa.dir"}]}, "two": {}}
    assert recorded(stages, "deps") == {"raw": "aa.dir"}
