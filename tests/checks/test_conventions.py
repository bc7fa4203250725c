"""A course where p is the probability to drop a unit: three lines change, and everything holds."""

import shutil

import pytest

from grader.laws.answers import wrong_answers_are_caught
from grader.laws.basic import solutions_get_full_marks
from grader.manifest import load_manifest
from grader.project import Project
from grader.record import record
from grader.recordings import pack, pack_pairs, pairs_path_of, path_of
from grader.reference import OracleError

# What the manifest's comment asks for, the docstring apart.
CHANGES = {
    "assignment/questions.toml": ('p_means = "keep"', 'p_means = "drop"'),
    "solutions/dropout.py": (
        'p, mode = dropout_param["p"], dropout_param["mode"]',
        'p, mode = 1 - dropout_param["p"], dropout_param["mode"]',
    ),
    "solutions/wrong_answers/dropout.py": (
        'return dropout_param["p"]  # 1 -',
        'return 1 - dropout_param["p"]  #',
    ),
}


@pytest.fixture(scope="module")
def copied(project, tmp_path_factory):
    """Copies the project and makes some of the changes."""

    def make(*changed):
        copy = Project(tmp_path_factory.mktemp("drop"))
        skipped = shutil.ignore_patterns("__pycache__")
        for folder in ("assignment", "solutions", "grader/checks"):
            shutil.copytree(project.root / folder, copy.root / folder, ignore=skipped)
        for path in (copy.solutions / "wrong_answers").iterdir():
            if path.name != "dropout.py":  # all others are tried where p has its usual meaning
                path.unlink()
        for name in changed:
            old, new = CHANGES[name]
            path = copy.root / name
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1, old
            path.write_text(text.replace(old, new), encoding="utf-8")
        return copy

    return make


@pytest.fixture(scope="module")
def converted(copied):
    """The project with p read the other way, and recorded anew."""
    copy = copied(*CHANGES)
    copy.expected.mkdir()
    for question, recording in record(copy, load_manifest(copy.manifest)).items():
        path_of(copy.expected, question).write_bytes(pack(recording))
        pairs_path_of(copy.expected, question).write_bytes(pack_pairs(recording))
    return copy


def test_the_solutions_get_full_marks(converted):
    assert load_manifest(converted.manifest).conventions == {"p_means": "drop"}
    assert solutions_get_full_marks(converted) == []


def test_wrong_answers_are_caught_and_told(converted):
    assert wrong_answers_are_caught(converted) == []


@pytest.mark.parametrize("name", ["assignment/questions.toml", "solutions/dropout.py"])
def test_half_of_the_change_is_noticed(copied, name):
    copy = copied(name)
    with pytest.raises(OracleError, match="the solution fails its own check: dropout_forward"):
        record(copy, load_manifest(copy.manifest))
