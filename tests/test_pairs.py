"""Pairs of known wrong answers: made from two changes of one solution."""

import numpy as np
import pytest

from grader.answers import load_wrong_answers
from grader.manifest import load_manifest
from grader.pairs import pairs_of
from grader.recordings import pairs_path_of, path_of, read, read_pairs
from grader.reference import load_solutions

TWO_LINES = """
import numpy as np

def double(x):
    doubled = 2 * x
    return doubled

def halve(x, state):
    state["count"] = state.get("count", 0) + 1
    return x / 2, ("halved", x)
"""

WRONG = '''
import numpy as np

FOUR = 4

def double_four_times(x):
    """four takes the place of two.

    Count to two.

    Seen: here.
    """
    doubled = FOUR * x
    return doubled

def double_and_one(x):
    """one is added.

    Try it with 0.

    Seen: here.
    """
    doubled = 2 * x
    return doubled + 1

def double_negative(x):
    """the sign is lost.

    Try it with 1.

    Seen: here.
    """
    doubled = -x
    return doubled

def _made(factor):
    def double_made(x):
        """it is made.

        Look at it.

        Seen: here.
        """
        return factor * x
    return double_made

def halve_by_three(x, state):
    """three takes the place of two.

    Count to two.

    Seen: here.
    """
    state["count"] = state.get("count", 0) + 1
    return x / 3, ("halved", x)

WRONG_ANSWERS = {
    "double": [double_four_times, double_and_one, double_negative, _made(5)],
    "halve": [halve_by_three],
}
'''


@pytest.fixture
def made(toy, toy_files):
    files = {**toy_files, "arithmetic.py": TWO_LINES}
    return toy(recorded=False, solutions=files, wrong_answers=WRONG)


@pytest.fixture
def pairs(made):
    manifest = load_manifest(made.manifest)
    wrong = load_wrong_answers(made, manifest)
    return pairs_of(load_solutions(made, manifest), wrong)


def test_two_that_can_be_merged_make_a_pair_in_their_order(pairs):
    assert [each.pair.id for each in pairs] == [
        "double-four-times+double-and-one",
        "double-and-one+double-negative",
    ]


def test_a_pair_makes_both_mistakes_with_the_names_of_its_module(pairs):
    first, second = (each.run(np.array([3.0, 5.0])) for each in pairs)
    assert first.tolist() == [13.0, 21.0]
    assert second.tolist() == [-2.0, -4.0]


def test_a_pair_is_of_one_function_and_has_nothing_to_show_yet(pairs):
    assert {each.pair.function for each in pairs} == {"double"}
    assert all(each.pair.witnesses == {} for each in pairs)


def test_solutions_without_source_have_no_pairs(made):
    manifest = load_manifest(made.manifest)
    assert pairs_of({"double": lambda x: x, "halve": len}, load_wrong_answers(made, manifest)) == []


# The real ones.


def test_most_real_wrong_answers_can_be_put_together(project, manifest, solution_functions):
    wrong = load_wrong_answers(project, manifest)
    found = pairs_of(solution_functions, wrong)
    paired = {mistake.id for each in found for mistake in (each.pair.first, each.pair.second)}
    assert len(found) > 400
    # Random masks have no outputs to compare; they are written shorter.
    alone = {each.mistake.id for each in wrong} - paired
    assert len(alone) < 15
    assert all(id.startswith("dropout-") for id in alone - {"batchnorm-scales-and-shifts-only"})


def test_every_recorded_pair_has_news(recorded_project, manifest):
    """In some check it gives what neither of the two gives alone."""
    count = 0
    for question in manifest.questions:
        mistakes = read(path_of(recorded_project.expected, question.name)).mistakes
        found = read_pairs(pairs_path_of(recorded_project.expected, question.name), mistakes)
        count += len(found)
        for pair in found:
            alone = [*pair.first.witnesses.values(), *pair.second.witnesses.values()]
            assert any(all(w is not other for other in alone) for w in pair.witnesses.values())
    assert count > 150
