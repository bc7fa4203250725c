"""What makes a test function a check, and what its author is told when it is not one."""

import pytest

from grader.grading import grade, make_judge
from grader.manifest import load_manifest
from grader.outcomes import UnknownCheck
from grader.running import GradingError, run_checks

HEAD = "from grader.plugin import check\nimport pytest\n"
REST = """
@check("halve")
def test_rest_halve(): "x"
@check("unhalve")
def test_rest_unhalve(): "x"
@check("together")
def test_rest_together(): "x"
@check("triple")
def test_rest_triple(): "x"
"""


@pytest.fixture
def collect(toy):
    """The specs of some checks, in the order in which they would run."""

    def specs(checks, **options):
        project = toy(checks=HEAD + checks, recorded=False)
        judge = make_judge(project, load_manifest(project.manifest), **options)
        run_checks(project, judge, lambda rerun: None)
        return list(judge.specs.values())

    return specs


def test_a_check_is_what_its_mark_and_docstring_say(collect):
    spec, *_ = collect(
        '''
@check("double", weight=3, needs=("halve",))
def test_some_thing(student):
    """The first sentence
    goes on here.

    This is for colleagues.
    """
'''
        + REST
    )
    assert (spec.name, spec.question, spec.weight) == ("some_thing", "double", 3)
    assert spec.title == "The first sentence goes on here"
    assert (spec.edge, spec.after_main, spec.needs) == (False, False, ("halve",))


def test_checks_run_in_the_manifests_order_edge_checks_last(collect):
    found = collect(
        REST
        + """
@check("double", edge=True)
def test_a(): "x"
@check("halve", edge=True)
def test_b(): "x"
@check("double")
def test_c(): "x"
@check("double")
def test_d(): "x"
"""
    )
    assert [spec.name for spec in found] == [
        *("c", "d", "a", "rest_halve", "b", "rest_unhalve", "rest_together", "rest_triple")
    ]


def test_checks_that_count_after_the_main_one_run_after_it_edge_checks_last(collect):
    found = collect(
        REST
        + """
@check("double", edge=True)
def test_a(): "x"
@check("double", after_main=True)
def test_b(): "x"
@check("double", after_main=True, edge=True)
def test_c(): "x"
@check("double")
def test_d(): "x"
"""
    )
    order = [(spec.name, spec.after_main, spec.edge) for spec in found[:4]]
    assert order == [
        ("d", False, False),
        ("b", True, False),
        ("a", True, True),  # an edge check is always one that comes after the main one
        ("c", True, True),
    ]


def test_a_single_check_can_be_asked_for(collect):
    checks = (
        REST
        + """
@check("double")
def test_a(): "x"
@check("double", edge=True)
def test_b(): "x"
"""
    )

    def asked(*questions):
        return [(spec.question, spec.name) for spec in collect(checks, questions=questions)]

    assert asked("double:b") == [("double", "b")]
    assert asked("double:a", "double:b") == [("double", "a"), ("double", "b")]
    assert asked("double:b", "triple") == [("double", "b"), ("triple", "rest_triple")]
    # What it builds on is judged as a whole.
    assert asked("together:rest_together") == [
        ("double", "a"),
        ("double", "b"),
        ("halve", "rest_halve"),
        ("together", "rest_together"),
    ]


def test_a_single_check_that_is_not_there_is_told_with_those_that_are(collect):
    with pytest.raises(UnknownCheck, match=r"halve has no check 'c'. There are: rest_halve\.$"):
        collect(REST + '@check("double")\ndef test_a(): "x"', questions=("halve:c", "double:a"))


def test_checks_are_given_what_the_course_has_chosen(toy, toy_questions, submission, toy_files):
    chosen = toy_questions.replace("[limits]", '[conventions]\np_means = "drop"\n\n[limits]')
    checks = (
        HEAD
        + REST
        + """
@check("double")
def test_a(conventions):
    "x"
    assert dict(conventions) == {"p_means": "drop"}
"""
    )
    project = toy(questions=chosen, checks=checks, recorded=False)
    (graded,) = grade(project, [submission(toy_files)], official=True, questions=("double",))
    assert graded.result.score == 40.0


def test_one_function_may_check_several_questions(collect):
    found = collect(
        """
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=check(name)) for name in ("double", "halve", "triple")]
)
def test_each(name): "x"
@check("unhalve")
def test_other(): "x"
@check("together")
def test_other_too(): "x"
"""
    )
    assert [(spec.question, spec.name) for spec in found if spec.name == "each"] == [
        ("double", "each"),
        ("halve", "each"),
        ("triple", "each"),
    ]


def test_checks_may_be_methods(collect):
    spec, *_ = collect(
        'class TestDouble:\n    @check("double")\n    def test_it(self, student):\n        "x"\n'
        + REST
    )
    assert spec.name == "it"


def test_only_the_questions_asked_for_and_what_they_use(collect):
    first = '@check("double")\ndef test_double(): "x"\n'
    for asked, expected in (
        (("unhalve",), ["halve", "unhalve"]),
        (("together",), ["double", "halve", "together"]),
        (("triple",), ["triple"]),
    ):
        assert [spec.question for spec in collect(first + REST, questions=asked)] == expected


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ('def test_unmarked(): "x"', "test_unmarked.*no @check"),
        ('@check("quadruple")\ndef test_a(): "x"', "no question 'quadruple'"),
        ('@check("double", needs=("quadruple",))\ndef test_a(): "x"', "no question 'quadruple'"),
        ('@check("double", weight=0)\ndef test_a(): "x"', "weight"),
        ('@check("double", weight=0.5)\ndef test_a(): "x"', "weight"),
        ('@check("double")\ndef test_a(): pass', "test_a.*docstring"),
        ('@check("double")\nasync def test_a(): "x"', "test_a.*no plain function"),
        ('@check("double")\ndef test_a():\n    "x"\n    yield', "test_a"),
        ('@check("double", edge=True)\ndef test_a(): "x"', "double has no main check"),
        ("", "double has no main check"),
        (
            '@pytest.mark.parametrize("n", [1, 2])\n@check("double")\ndef test_a(n): "x"',
            "two checks named a",
        ),
        ("import no_such_module", "no_such_module"),
        ("def test_a(:", "SyntaxError|invalid syntax"),
        ('@pytest.mark.check("double")\ndef test_a(): "x"', "test_a"),
    ],
)
def test_a_mistake_in_a_check_is_told_to_its_author(collect, checks, told):
    with pytest.raises(GradingError, match=told):
        collect(checks + "\n" + REST)


def test_no_checks_at_all_is_told(toy, submission):
    project = toy(recorded=False)
    (project.checks / "test_toy.py").unlink()
    with pytest.raises(GradingError):
        list(grade(project, [submission({})]))
