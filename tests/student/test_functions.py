"""What a check holds of a submission, over a runner that is played by the test."""

import numpy as np
import pytest

from grader.manifest import load_manifest
from grader.student.calls import Call, Returned
from grader.student.faults import BadOutput
from grader.student.functions import Student
from grader.student.wire import Handle, Ref


class Scripted:
    """A runner that gives prepared answers and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.forgotten = 0

    def run(self, calls):
        self.asked.append(calls)
        return [self.answers.pop(0) for _ in calls]

    def start_check(self):
        self.forgotten += 1

    def take_output(self):
        return ""


@pytest.fixture
def student(toy):
    """A Student of the toy assignment: `student(answer, ...)`."""
    manifest = load_manifest(toy(recorded=False).manifest)
    return lambda *answers: Student(Scripted(*answers), manifest)


def answer(*items, changed=None, modified=(), aliased=(), found_in="arithmetic.py"):
    return Returned(items, changed or {}, modified, aliased, found_in)


def test_a_function_with_one_result_gives_it(student):
    held = student(answer(5))
    assert held.double(2) == 5
    assert held.runner.asked == [[Call("arithmetic.py", "double", (2,))]]


def test_a_function_with_several_results_gives_a_tuple(student):
    held = student(answer(5, Handle(1)))
    assert held.halve(10, None) == (5, Handle(1))


def test_functions_are_there_by_name_as_well(student):
    assert student(answer(5))["double"](2) == 5


@pytest.mark.parametrize("name", ["absent", "__wrapped__"])
def test_only_declared_functions_are_there(student, name):
    with pytest.raises(AttributeError, match=name):
        getattr(student(), name)


def test_the_manifest_says_what_stays_and_what_may_change(student):
    asked = student().halve.call(1, {})
    assert (asked.returns, asked.keep, asked.may_change) == (2, (1,), (1,))


def test_a_check_may_keep_more(student):
    assert student().halve.call(1, {}, keep=("y",)).keep == (0, 1)


def test_a_dict_is_updated_as_the_function_left_it(student):
    state = {"old": 1, "kept": 2}
    student(answer(5, Handle(1), changed={1: {"kept": 3, "new": 4}})).halve(10, state)
    assert state == {"kept": 3, "new": 4}


@pytest.mark.parametrize("content", [None, [], 3])
def test_a_dict_that_comes_back_as_something_else_is_bad_output(student, content):
    state = {"old": 1}
    with pytest.raises(BadOutput) as caught:
        student(answer(5, Handle(1), changed={1: content})).halve(10, state)
    assert caught.value.function == "halve"
    assert state == {"old": 1}


def test_what_was_modified_against_the_rules_is_remembered_until_the_next_check(student):
    held = student(answer(1, modified=(0,)), answer(2))
    held.double(np.zeros(1))
    held.double(np.zeros(1))
    assert held.modified == {("double", "x")}
    held.start_check()
    assert held.modified == set()
    assert held.runner.forgotten == 1


def test_an_update_in_place_is_no_offence_where_it_is_allowed(student):
    held = student(answer(1, Handle(1), modified=(0, 1)))
    held.halve(np.zeros(1), {"v": np.zeros(1)})
    assert held.modified == {("halve", "x")}
    assert held.updated == {("halve", "state")}
    assert held.halve.modified == ["x"]
    assert held.double.modified == []
    held.start_check()
    assert held.updated == set()


def test_what_was_kept_without_a_copy_is_remembered_until_the_next_check(student):
    held = student(answer(1, Handle(1), aliased=(0,)), answer(1))
    held.halve(np.zeros(1), {})
    held.double(np.zeros(1))
    assert held.aliased == {("halve", "x")}
    assert (held.halve.aliased, held.double.aliased) == (["x"], [])
    held.start_check()
    assert held.aliased == set()


def test_an_argument_too_many_has_no_name(student):
    held = student(answer(1, modified=(5,), aliased=(-1,)))
    held.double(1)
    assert (held.modified, held.aliased) == ({("double", "?")}, {("double", "?")})


def test_functions_found_in_another_file_are_remembered_for_good(student):
    held = student(answer(1), answer(2, found_in="other.py"))
    held.double(1)
    assert held.elsewhere == {}
    held.double(1)
    held.start_check()
    assert held.elsewhere == {"double": "other.py"}


def test_many_calls_go_in_one_message(student):
    held = student(answer(1), answer(2))
    results = held.run([held.double.call(1), held.double.call(Ref(0, 0))])
    assert [returned.items for returned in results] == [(1,), (2,)]
    assert len(held.runner.asked) == 1
