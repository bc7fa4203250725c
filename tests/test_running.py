"""The checks under pytest: collected once, run as often as is asked, errors passed on."""

import os
import sys

import pytest

from grader.grading import make_judge
from grader.manifest import load_manifest
from grader.reference import load_solutions
from grader.running import GradingError, run_checks
from grader.student.local import LocalRunner

ALL = ["double", "double", "double", "halve", "unhalve", "together", "triple"]


class Unforeseen(Exception):
    pass


@pytest.fixture
def run(toy):
    """Calls `body(judge, rerun)` while the toy's checks are collected."""

    def made(body, **parts):
        project = toy(recorded=False, **parts)
        manifest = load_manifest(project.manifest)
        judge = make_judge(project, manifest, official=True)
        runner = LocalRunner(load_solutions(project, manifest))

        def begun(rerun):
            judge.begin(runner)
            body(judge, rerun)

        run_checks(project, judge, begun)
        return judge

    return made


def questions_run(judge):
    return [question for question, _ in judge.outcomes]


def test_every_run_runs_every_check(run):
    seen = []

    def body(judge, rerun):
        for _ in range(2):
            judge.outcomes.clear()
            rerun()
            seen.append(questions_run(judge))

    run(body)
    assert seen == [ALL, ALL]


OWN_FIXTURES = """
import pytest
from grader.plugin import check

seen = []

@pytest.fixture(autouse=True)
def each_time():
    seen.append("set up")
    yield
    seen.append("torn down")

@pytest.fixture
def rng():
    return 7

class TestHalf:
    @check("halve")
    def test_in_a_class(self, student, tmp_path):
        "x"
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "file").touch()

@check("unhalve")
def test_with_a_fixture_of_its_own(rng):
    "x"
    assert rng == 7

@pytest.mark.skip
@check("together")
def test_skipped():
    "x"

EACH = [pytest.param(1, marks=check("double")), pytest.param(2, marks=check("triple"))]

@pytest.mark.parametrize("n", EACH)
def test_parameters(n, request):
    "x"
    assert request.node.name == f"test_parameters[{n}]"
    if n == 2:
        assert seen == ["set up", "torn down"] * (len(seen) // 2) + ["set up"]
"""


ONLY_PYTEST_KNOWS = """
import pytest
from grader.plugin import check

seen = []

@pytest.fixture
def noted():
    seen.append("noted")

@pytest.fixture
def doubled(request):
    return 2 * request.param

@pytest.fixture(params=[3])
def three(request):
    return request.param + 1

@pytest.mark.usefixtures("noted")
@check("double")
def test_a_fixture_it_does_not_name(times=3):
    "x"
    assert (seen.pop(), times) == ("noted", 3)

@check("halve")
@pytest.mark.parametrize("doubled", [1], indirect=True)
def test_a_parameter_for_a_fixture(doubled):
    "x"
    assert doubled == 2

@check("unhalve")
@pytest.mark.parametrize("rng", [1])
def test_a_parameter_in_place_of_a_fixture(rng):
    "x"
    assert rng == 1

@check("together")
def test_a_fixture_with_parameters(three):
    "x"
    assert three == 4

@check("triple")
def test_what_a_hook_gives(given, times=3):
    "x"
    assert (given, times) == ("by the hook", 3)

def pytest_generate_tests(metafunc):
    if "given" in metafunc.fixturenames:
        metafunc.parametrize("given", ["by the hook"])
"""


def test_a_check_gets_what_pytest_would_give_it_every_time(run):
    statuses = []

    def body(judge, rerun):
        for _ in range(2):
            rerun()
            statuses.append(
                {question: str(o.status) for (question, _), o in judge.outcomes.items()}
            )

    run(body, checks=ONLY_PYTEST_KNOWS)
    assert statuses == [dict.fromkeys(ALL, "passed")] * 2


def test_a_check_may_use_whatever_pytest_has_every_time(run):
    statuses = []

    def body(judge, rerun):
        for _ in range(3):
            rerun()
            statuses.append({key: str(o.status) for key, o in judge.outcomes.items()})

    run(body, checks=OWN_FIXTURES)
    assert statuses[0] == statuses[1] == statuses[2]
    assert set(statuses[0].values()) == {"passed", "error"}  # what is skipped is the grader's fault


PLAIN_AND_NOT = """
import pytest
from grader.plugin import check

made = []

@pytest.fixture(scope="module")
def shared():
    made.append("set up")
    yield made
    made.clear()

@pytest.mark.parametrize("name", [pytest.param(name, marks=check(name)) for name in OWN])
def test_plain(name, student, rng):
    "x"
    assert name in OWN

@check("LAST", after_main=True)
def test_shared(shared):
    "x"
    assert shared == ["set up"]
"""


def test_plain_checks_of_two_modules_with_others_between_them(toy):
    """The judge mixes modules, question by question, and pytest does not see every check."""
    one = PLAIN_AND_NOT.replace("OWN", "('double', 'unhalve', 'together')").replace(
        "LAST", "triple"
    )
    other = PLAIN_AND_NOT.replace("OWN", "('halve', 'triple')").replace("LAST", "double")
    project = toy(recorded=False, checks=one)
    (project.checks / "test_others.py").write_text(other, encoding="utf-8")
    manifest = load_manifest(project.manifest)
    judge = make_judge(project, manifest, official=True)
    runner = LocalRunner(load_solutions(project, manifest))
    seen = []

    def body(rerun):
        for _ in range(3):
            judge.begin(runner)
            rerun()
            seen.append({key: str(outcome.status) for key, outcome in judge.outcomes.items()})

    run_checks(project, judge, body)
    assert [question for question, _ in seen[0]] == sorted(
        ["double", "double", "halve", "unhalve", "together", "triple", "triple"],
        key=[question.name for question in manifest.questions].index,
    )
    assert set(seen[0].values()) == {"passed"}
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["double"], ["double"] * 3),
        ({"triple", "halve"}, ["halve", "triple"]),
        ([], []),
        (None, ALL),
        (["nothing of ours"], []),
    ],
)
def test_a_run_may_be_of_some_questions(run, questions, expected):
    assert questions_run(run(lambda judge, rerun: rerun(questions))) == expected


def test_nothing_runs_unless_it_is_asked_for(run):
    judge = run(lambda judge, rerun: None)
    assert judge.outcomes == {}
    assert len(judge.specs) == len(ALL)


def test_what_the_body_raises_is_passed_on(run):
    def body(judge, rerun):
        rerun(["triple"])
        raise Unforeseen("no more")

    with pytest.raises(Unforeseen, match="no more"):
        run(body)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_passed_on(run, error):
    def body(judge, rerun):
        raise error

    with pytest.raises(error):
        run(body)


def test_what_the_judge_raises_ends_the_run(run, monkeypatch):
    seen = []

    def body(judge, rerun):
        def broken(item, function, arguments):
            seen.append(item.name)
            raise Unforeseen("the judge")

        monkeypatch.setattr(judge, "judge", broken)
        rerun()

    with pytest.raises(Unforeseen, match="the judge"):
        run(body)
    assert seen == ["test_doubles"]


@pytest.mark.parametrize("checks", ["import no_such_module", "def test_a(:", "1 / 0", "x = 1"])
def test_checks_that_cannot_be_collected_are_the_graders_fault(run, checks):
    def body(judge, rerun):
        pytest.fail("nothing can be run")

    with pytest.raises(GradingError):
        run(body, checks=checks)


def test_every_file_that_cannot_be_collected_is_told(toy):
    project = toy(recorded=False)
    (project.checks / "test_a.py").write_text("import no_such_module")
    (project.checks / "test_b.py").write_text("1 / 0")
    judge = make_judge(project, load_manifest(project.manifest), official=True)
    with pytest.raises(GradingError, match=r"test_a\.py.*no_such_module.*; .*test_b\.py.*Zero"):
        run_checks(project, judge, lambda rerun: None)


def test_the_environment_is_as_it_was(run, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    before = dict(os.environ), list(sys.path)
    seen = []

    def body(judge, rerun):
        seen.append(os.environ.get("PYTEST_ADDOPTS"))
        os.environ["LEFT_BEHIND"] = "1"
        sys.path.append("/left/behind")
        rerun()

    assert questions_run(run(body)) == ALL
    assert seen == [None]
    assert (dict(os.environ), list(sys.path)) == before
    with pytest.raises(Unforeseen):
        run(lambda judge, rerun: (_ for _ in ()).throw(Unforeseen))
    assert (dict(os.environ), list(sys.path)) == before


def test_a_run_inside_a_run(run):
    """The laws try submissions while others are graded."""
    inner = []

    def body(judge, rerun):
        rerun(["halve"])
        inner.append(run(lambda judge, rerun: rerun(["double"])))
        rerun(["triple"])

    outer = run(body)
    assert questions_run(outer) == ["halve", "triple"]
    assert questions_run(inner[0]) == ["double"] * 3
