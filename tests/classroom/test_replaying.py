"""A verdict is reached again from what the gradebook keeps."""

import sys

import pytest

from grader.classroom import review_commands
from grader.classroom.grading import grade_all, take_in
from grader.classroom.layouts import find_submissions
from grader.classroom.policies import Policies
from grader.classroom.records import Delivery, Scope
from grader.classroom.regrading import regrade
from grader.classroom.replaying import find_attempt, replay
from grader.commands import BELOW, DONE, UsageError
from tests.classroom.conftest import WRONG

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="confined on Linux only"
)
RULES = Policies()


@pytest.fixture
def graded(toy, write_class, book, monkeypatch):
    """Two students, one of whom doubles wrongly, and one whose archive cannot be read."""
    project = toy()
    folder = write_class(ann={}, bob=WRONG, cy=b"no zip at all")
    take_in(book, find_submissions(folder).found)
    grade_all(project, book, seed=20, workers=1)
    monkeypatch.chdir(project.root)
    return project


def digits(book, student):
    return book.deliveries(student)[0].submission.removeprefix("sha256:")


def test_the_verdict_is_the_same_check_by_check(graded, book):
    for student in ("bob", "cy"):
        found = replay(graded, book, RULES, find_attempt(book, RULES, student))
        assert found.different == []
        assert len(found.checks) == 7
        assert (found.counts, found.runs) == (True, [1])
        assert found.environment == found.parts[0].environment
        assert found.grader == found.parts[0].run.grader


def test_each_question_is_replayed_with_the_seed_it_was_graded_with(graded, book):
    regrade(graded, book, Scope(questions=("double",)), reason="r", seed=30, workers=1)
    found = replay(graded, book, RULES, find_attempt(book, RULES, "bob"))
    assert [(part.run.seed, part.questions) for part in found.parts] == [
        (30, ("double",)),
        (20, ("halve", "unhalve", "together", "triple")),
    ]
    assert found.different == []
    # The messages hold what was measured on those inputs, so that another seed would show.
    (then,) = [check for check in found.checks if check.name == "doubles"]
    assert then.then["message"] == then.now["message"]
    assert find_attempt(book, RULES, "bob:1").run == 1


def test_a_changed_check_is_seen_and_named(toy, toy_checks, graded, book, capsys):
    toy(checks=toy_checks.replace("reference.double(x)", "3 * x"), recorded=False)
    assert review_commands.replay_command(book.path, "bob") == BELOW
    told = capsys.readouterr().out
    assert "of 7 checks DIFFER. What has changed since: the grader." in " ".join(told.split())
    assert "NOW: passed, 24/24" in told
    assert max(map(len, told.splitlines())) <= 80


def test_the_sheet_is_printed_and_written(graded, book, capsys, tmp_path):
    page = tmp_path / "sheet.html"
    assert review_commands.replay_command(book.path, "ann", html=page) == DONE
    told = capsys.readouterr().out
    assert "all 7 checks say the same" in told
    assert "seed          20" in told
    assert digits(book, "ann") in told
    assert "Final score: 100" in told
    assert "all 7 checks say the same" in page.read_text()


def test_an_attempt_is_found_by_student_run_and_digest(graded, book):
    digest = digits(book, "bob")
    for id in ("bob", "bob:1", digest, digest[:8], f"sha256:{digest[:12]}", digest[:6].upper()):
        attempt = find_attempt(book, RULES, id)
        assert (attempt.student, attempt.run) == ("bob", 1)


def test_what_is_unknown_or_ambiguous_is_told(graded, book):
    digest = digits(book, "bob")
    for id, why in (
        ("dee", "no student and no submission dee"),
        (digest[:3], "no student and no submission"),
        ("bob:7", "run 7. It was graded in: 1"),
    ):
        with pytest.raises(UsageError, match=why):
            find_attempt(book, RULES, id)
    book.add_delivery(Delivery("eve", f"sha256:{digest}", "eve"), b"")
    with pytest.raises(UsageError, match="bob, eve have handed in"):
        find_attempt(book, RULES, digest[:8])
    with pytest.raises(UsageError, match="Nothing of eve"):
        find_attempt(book, RULES, "eve")
    book.add_delivery(Delivery("eve", f"sha256:{digest[:8]}{'0' * 56}", "eve"), b"")
    with pytest.raises(UsageError, match="3 submissions begin"):
        find_attempt(book, RULES, digest[:8])
