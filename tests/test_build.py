"""Build: everything derived is written once, told when stale, and never over someone's work."""

import json
import shutil
import sys

import numpy as np
import pytest

from grader import recordings
from grader.build import DIGESTS, BuildError, build, check, starter_digests
from grader.markers import MarkerError
from grader.project import ProjectError

QUESTIONS = ("double", "halve", "unhalve", "together", "triple")
SOLUTION = "solutions/arithmetic.py"
STARTER = "starter_code/arithmetic.py"
RECORDING = "grader/expected/double.frame"


@pytest.fixture
def made(built_toy):
    """A small assignment with everything derived."""
    return built_toy


def snapshot(project):
    """Every file's content and the moment of its last change."""
    return {
        path.relative_to(project.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in project.root.rglob("*")
        if path.is_file()
    }


def edit(project, name, old, new):
    path = project.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_first_build_writes_everything(toy, marked_files):
    project = toy(solutions=marked_files, recorded=False)
    written = build(project)
    derived = {
        *(f"starter_code/{name}" for name in marked_files),
        *(f"grader/expected/{question}.frame" for question in QUESTIONS),
        *(f"grader/expected/{question}.pairs.frame" for question in QUESTIONS),
        f"grader/expected/{DIGESTS}",
    }
    assert sorted(written) == sorted(f"{name}: new" for name in derived)
    assert all((project.root / name).is_file() for name in derived)
    assert "2 * x" not in (project.root / STARTER).read_text()


def test_a_second_build_writes_nothing(made):
    before = snapshot(made)
    assert build(made) == []
    assert snapshot(made) == before


def test_the_real_project_builds_twice_alike(copied_project):
    before = snapshot(copied_project)
    assert build(copied_project) == []
    assert snapshot(copied_project) == before


def test_everything_derived_from_nothing_is_the_same_again(made):
    before = {name: content for name, (content, _) in snapshot(made).items()}
    shutil.rmtree(made.expected)
    shutil.rmtree(made.starter)
    build(made)
    assert {name: content for name, (content, _) in snapshot(made).items()} == before


def change_of_solution(project):
    edit(project, SOLUTION, "# BEGIN", "# A remark.\n    # BEGIN")


def change_of_value(project):
    edit(project, "solutions/more.py", "3 * x", "4 * x")


def change_of_wrong_answer(project):
    edit(project, "solutions/wrong_answers/arithmetic.py", "Try it with 3.", "Try it with 4.")


def change_of_checks(project):
    edit(project, "grader/checks/test_toy.py", "uniform(2.5, 4.0, 5)", "uniform(2.5, 4.0, 6)")
    for name in [name for name in sys.modules if name.startswith("grader.checks.test_")]:
        del sys.modules[name]  # a build is a process of its own


def change_of_starter(project):
    edit(project, STARTER, "your code goes here", "your code went here")


def loss_of_starter(project):
    (project.root / STARTER).unlink()


def loss_of_recording(project):
    (project.root / RECORDING).unlink()


def damage_of_recording(project):
    path = project.root / RECORDING
    path.write_bytes(path.read_bytes()[:-5])


def change_of_digests(project):
    edit(project, f"grader/expected/{DIGESTS}", "{", "{ ")


def stray_file(project):
    (project.expected / "quadruple.frame").write_bytes(b"old")


STALE = [
    (change_of_solution, {STARTER: "changed", f"grader/expected/{DIGESTS}": "changed"}),
    (change_of_value, {"grader/expected/triple.frame": "changed at /tapes/triples/1/0"}),
    (change_of_wrong_answer, {RECORDING: "changed at /mistakes/0/advice"}),
    (change_of_checks, {RECORDING: "changed at /tapes/doubles/0/0"}),
    (change_of_starter, {STARTER: "changed"}),
    (loss_of_starter, {STARTER: "new"}),
    (loss_of_recording, {RECORDING: "new"}),
    (damage_of_recording, {RECORDING: "damaged"}),
    (change_of_digests, {f"grader/expected/{DIGESTS}": "changed"}),
    (stray_file, {"grader/expected/quadruple.frame": "belongs to no question"}),
]


@pytest.mark.parametrize(("change", "told"), STALE, ids=[change.__name__ for change, _ in STALE])
def test_checking_tells_what_is_stale_and_changes_nothing(made, change, told):
    change(made)
    before = snapshot(made)
    lines = check(made)
    assert snapshot(made) == before
    found = dict(line.split(": ", 1) for line in lines)
    assert found.keys() == told.keys()
    for name, difference in told.items():
        assert found[name].startswith(difference)


@pytest.mark.parametrize(
    ("change", "told"),
    [(change, told) for change, told in STALE if change is not change_of_starter],
    ids=[change.__name__ for change, _ in STALE if change is not change_of_starter],
)
def test_building_mends_what_is_stale_and_writes_nothing_else(made, change, told):
    change(made)
    before = snapshot(made)
    assert len(build(made)) == len(told)
    assert check(made) == []
    after = snapshot(made)
    assert {n for n in before.keys() | after.keys() if before.get(n) != after.get(n)} == set(told)


def test_a_last_bit_is_no_difference_but_a_tenth_digit_is(made):
    """Another machine's matrix products differ in the last bits."""
    path = made.root / RECORDING
    recording = recordings.read(path)
    draws = recording.tapes["doubles"].draws
    draws[0] = draws[0] * (1 + 1e-15)
    path.write_bytes(recordings.pack(recording))
    before = path.read_bytes()
    assert build(made) == []
    assert path.read_bytes() == before

    draws[0] = draws[0] * (1 + 1e-9)
    path.write_bytes(recordings.pack(recording))
    assert check(made) == [f"{RECORDING}: changed at /tapes/doubles/0/0"]
    build(made)
    restored = recordings.read(path).tapes["doubles"].draws[0]
    assert not np.array_equal(restored, draws[0])


def test_a_filled_in_starter_file_is_not_overwritten(made):
    edit(made, STARTER, 'raise NotImplementedError("double: your code goes here")', "return x + x")
    change_of_solution(made)  # these, too, would be written
    loss_of_recording(made)
    stray_file(made)
    before = snapshot(made)
    with pytest.raises(BuildError, match=r"starter_code/arithmetic.py has been filled in"):
        build(made)
    assert snapshot(made) == before


def test_a_starter_file_of_unknown_origin_counts_as_filled_in(made):
    (made.expected / DIGESTS).write_text("[damaged")
    assert starter_digests(made) == {}
    change_of_solution(made)
    with pytest.raises(BuildError, match="has been filled in"):
        build(made)


def test_a_filled_in_starter_file_that_is_moved_away_is_made_anew(made):
    edit(made, STARTER, 'raise NotImplementedError("double: your code goes here")', "return x + x")
    (made.root / STARTER).rename(made.root / "mine.py")
    assert build(made) == [f"{STARTER}: new"]
    assert check(made) == []


def test_digests_are_those_of_the_starter_files(made, marked_files):
    assert starter_digests(made).keys() == marked_files.keys()
    assert len(set(starter_digests(made).values())) == len(marked_files)
    assert json.loads((made.expected / DIGESTS).read_text()) == starter_digests(made)


def test_a_students_copy_cannot_build(made):
    shutil.rmtree(made.solutions)
    before = snapshot(made)
    for command in (build, check):
        with pytest.raises(ProjectError, match=r"needs the solutions.*a student's copy"):
            command(made)
    assert snapshot(made) == before


@pytest.mark.parametrize(
    ("damage", "error", "told"),
    [
        (lambda path: path.unlink(), BuildError, "cannot be read"),
        (lambda path: path.write_bytes(b"# \xff\n"), BuildError, "cannot be read"),
        (lambda path: path.write_text("def double(x:"), MarkerError, "cannot be read as Python"),
        (lambda path: path.write_text("# BEGIN SOLUTION"), MarkerError, "never closed"),
    ],
    ids=["missing", "not UTF-8", "not Python", "malformed markers"],
)
def test_a_solution_that_cannot_be_used_is_named(made, damage, error, told):
    damage(made.root / SOLUTION)
    before = snapshot(made)
    with pytest.raises(error, match=rf"arithmetic.py.*{told}"):
        build(made)
    assert snapshot(made) == before


def test_a_stray_folder_is_told_and_does_not_stop_the_build(made):
    (made.expected / "old").mkdir()
    (made.expected / "old" / "double.frame").write_bytes(b"old")
    assert check(made) == ["grader/expected/old: belongs to no question"]
    build(made)
    assert check(made) == []


LAB = """
# %% [markdown]
# # Tiny

# %% [markdown] name="why" tags=["question"]
# Why?

# %% [markdown] name="why-answer" tags=["answer"]
# *Your answer:*
"""
ENTRY = '[[manual]]\nname = "why"\ntitle = "Why"\nlab = "tiny"\npoints = 2\n'


@pytest.fixture
def with_lab(made):
    """The small assignment with a lab that asks one question, and this in its manifest."""

    def make(entries):
        labs = made.assignment / "labs"
        labs.mkdir(exist_ok=True)
        (labs / "tiny.py").write_text(LAB, encoding="utf-8")
        set_up = '# %% name="set-up"\nimport numpy\n'
        (labs / "first_cell.py").write_text(set_up, encoding="utf-8")
        edit(made, "assignment/questions.toml", "[limits]", f"{entries}\n[limits]")
        return made

    return make


def test_a_labs_questions_are_those_with_points(with_lab):
    assert "starter_code/tiny.ipynb: new" in check(with_lab(ENTRY))


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ("", r"The lab tiny asks 'why', which has no \[\[manual\]\] entry"),
        (
            ENTRY + ENTRY.replace('"why"', '"how"'),
            r"has a \[\[manual\]\] entry 'how', and the lab tiny asks no such question",
        ),
    ],
)
def test_a_question_without_points_and_points_without_a_question(with_lab, entries, told):
    made = with_lab(entries)
    before = snapshot(made)
    for run in (build, check):
        with pytest.raises(BuildError, match=told):
            run(made)
    assert snapshot(made) == before
