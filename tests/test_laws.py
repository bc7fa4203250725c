"""The laws hold of this project, and each of them can be broken."""

import re

import pytest

from grader import release
from grader.build import build
from grader.laws import LAWS, basic

STALE, SOLUTIONS, STARTER, ARCHIVE = (LAWS[number] for number in (1, 2, 3, 6))
UNMARKED = """
def triple(x):
    y = 3 * x
    if y is None:
        # BEGIN SOLUTION
        y = 0
        # END SOLUTION
    return y
"""


@pytest.fixture
def made(toy, built_toy, marked_files):
    """Makes a small assignment with everything derived; with other files or more checks."""

    def make(*, files=(), more_checks=""):
        if not files and not more_checks:
            return built_toy
        project = toy(recorded=False, solutions={**marked_files, **dict(files)})
        append(project, "grader/checks/test_toy.py", more_checks)
        build(project)
        return project

    return make


def edit(project, name, old, new):
    path = project.root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(project, name, text):
    with (project.root / name).open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.mark.parametrize("number", LAWS)
def test_the_law_holds(copied_project, number, request):
    if number == 6:
        request.getfixturevalue("up_to_date")
    assert LAWS[number](copied_project) == []


def test_every_law_has_a_sentence_to_be_shown():
    for law in LAWS.values():
        assert re.fullmatch(r"[A-Z][^\n]*[^.\n]", law.__doc__.partition("\n\n")[0])


# Law 1: nothing derived is stale.


def test_law_1_is_broken_by_another_solution(made):
    project = made()
    edit(project, "solutions/more.py", "3 * x", "3.000001 * x")
    (complaint,) = STALE(project)
    assert complaint.startswith("grader/expected/triple.frame: changed at /tapes/triples/1/0")


def test_law_1_is_broken_by_a_remark_in_a_solution(made):
    project = made()
    append(project, "solutions/more.py", "# The end.\n")
    assert sorted(STALE(project)) == [
        "grader/expected/starter.json: changed",
        "starter_code/more.py: changed",
    ]


# Law 2: the solutions get full marks.


def test_law_2_is_broken_where_practice_expects_something_else(made):
    project = made()
    edit(project, "solutions/more.py", "3 * x", "4 * x")
    first, second = SOLUTIONS(project)
    assert first.startswith("practice: triple: triples: ")
    assert second == "practice: 100.0 + 0.0"


def test_law_2_is_broken_by_a_check_that_fails_on_some_seeds(made, monkeypatch):
    project = made(
        more_checks='''

@check("triple", edge=True)
def test_is_lucky(rng):
    """Luck is on your side."""
    assert rng.integers(4) < 3
'''
    )
    monkeypatch.setattr(basic, "SEEDS", range(6))
    found = SOLUTIONS(project)
    seeds = {re.match(r"official, seed (\d+): ", line)[1] for line in found}
    assert 0 < len(seeds) < 6
    for seed in seeds:
        told = f"official, seed {seed}: triple: is_lucky: "
        assert any(line.startswith(told) for line in found)
        assert f"official, seed {seed}: 100.0 + 3.5" in found


# Law 3: the starter files get nothing.


def test_law_3_is_broken_by_a_check_that_asks_for_nothing(made):
    project = made(
        more_checks='''

@check("triple", edge=True)
def test_is_a_gift(student):
    """This one is free."""
'''
    )
    assert SOLUTIONS(project) == []
    assert STARTER(project) == ["triple: is_a_gift is passed: "]


def test_law_3_is_broken_by_a_solution_outside_its_markers(made):
    project = made(files={"more.py": UNMARKED})
    assert STALE(project) == SOLUTIONS(project) == []
    assert STARTER(project) == ["triple: triples is passed: ", "it scores 0.0 + 7.0"]


# Law 6: the students' archive is clean.


@pytest.fixture
def up_to_date(monkeypatch):
    """That nothing is stale, which is law 1, takes seconds to see."""
    monkeypatch.setattr(release.build, "check", lambda project: [])


@pytest.mark.usefixtures("up_to_date")
def test_law_6_is_broken_by_a_line_of_a_solution(copied_project):
    (line,) = (
        text.strip()
        for text in (copied_project.solutions / "optim.py").read_text().splitlines()
        if "v_max / (1 - beta2**t)" in text
    )
    append(copied_project, "assignment/layers.py", f'\n"""\n    {line}\n"""\n')
    append(copied_project, "assignment/README.md", f"\n    {line}\n")
    found = ARCHIVE(copied_project)
    for packed in ("assignment/layers.py", "README.md"):
        complaint = rf"descent/{packed} holds line \d+ of optim\.py: {re.escape(line)}"
        assert any(re.fullmatch(complaint, line) for line in found)


@pytest.mark.usefixtures("up_to_date")
@pytest.mark.parametrize("lost", ["grader/history.py", "assignment/solver.py"])
def test_law_6_is_broken_by_a_file_that_is_not_packed(copied_project, monkeypatch, lost):
    files = [name for name in release.STUDENT_FILES if name != lost]
    monkeypatch.setattr(release, "STUDENT_FILES", files)
    (complaint,) = ARCHIVE(copied_project)
    assert complaint.startswith("`grader grade` fails in it")


@pytest.mark.usefixtures("up_to_date")
def test_law_6_is_broken_by_a_solution_on_the_list(copied_project, monkeypatch):
    added = "solutions/wrong_answers/adam.py"
    monkeypatch.setattr(release, "STUDENT_FILES", (*release.STUDENT_FILES, added))
    assert any(f"descent/{added} holds line" in found for found in ARCHIVE(copied_project))


@pytest.mark.usefixtures("up_to_date")
def test_law_6_is_broken_by_an_instructors_file_on_the_list(copied_project, monkeypatch):
    added = "grader/markers.py"
    monkeypatch.setattr(release, "STUDENT_FILES", (*release.STUDENT_FILES, added))
    assert any(added in found for found in ARCHIVE(copied_project))


def test_law_6_is_broken_by_what_cannot_be_released(made):
    project = made()
    (project.expected / "old.frame").write_bytes(b"stray")
    assert any("old.frame" in complaint for complaint in ARCHIVE(project))
