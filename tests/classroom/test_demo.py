"""A made-up class: the same for the same seed, graded as its truth says; else it is noticed."""

import sys

import pytest

from grader.classroom.commands import grade_command
from grader.classroom.demo import HOSTILE, disagreements, make_class, read_truth, truth_of
from grader.classroom.demo_command import check_command, demo_command
from grader.commands import BELOW, DONE, UsageError

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="confined on Linux only")


def rewrite(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@linux
def test_a_made_up_class_gets_what_it_deserves(project, tmp_path, capsys):
    folder, book = tmp_path / "class", tmp_path / "gradebook.db"
    assert demo_command(folder, 12, seed=3) == DONE
    truths = read_truth(truth_of(folder))
    assert len({one.kind for one in truths}) >= 4
    assert grade_command(folder, book, workers=2, quiet=True) == DONE
    capsys.readouterr()
    assert check_command(folder, book) == DONE
    assert capsys.readouterr().out.startswith("12 of 12 verdicts are")

    rewrite(truth_of(folder), ",full,", ",less,")
    assert check_command(folder, book) == BELOW
    assert "11 of 12 verdicts are" in capsys.readouterr().out


def test_the_same_seed_makes_the_same_class(project, tmp_path):
    one, other = (make_class(project, tmp_path / name, 8, seed=5) for name in ("one", "other"))
    assert one.read_text() == other.read_text()
    assert len(HOSTILE) > 1


def test_a_wrong_verdict_is_noticed(project, tmp_path):
    def question(name, score, full, *told):
        checks = [{"diagnosis": {"id": id} if id else None} for id in told]
        return {"questions": [{"name": name, "score": score, "max_score": full, "checks": checks}]}

    def complaints(truth, result):
        return disagreements(project, [truth], {truth.student: result}).get(truth.student, [])

    truths = read_truth(make_class(project, tmp_path / "class", 30, seed=5))
    wrong = next(t for t in truths if t.diagnosis)
    right = next(t for t in truths if t.kind == "solutions")
    assert complaints(right, question("adam", 15.0, 15.0)) == []
    assert len(complaints(right, question("adam", 0.0, 15.0))) == 1
    assert len(complaints(right, None)) == 1
    assert complaints(wrong, question(wrong.question, 1.0, 5.0, None, wrong.diagnosis)) == []
    assert len(complaints(wrong, question(wrong.question, 5.0, 5.0, wrong.diagnosis))) == 1
    assert len(complaints(wrong, question(wrong.question, 1.0, 5.0, "another"))) == 1


def test_wrong_usage_is_a_sentence(project, tmp_path):
    with pytest.raises(UsageError, match="there already"):
        demo_command(tmp_path, 3, seed=0)
    with pytest.raises(UsageError, match="was not made by"):
        check_command(tmp_path / "class", tmp_path / "gradebook.db")
    make_class(project, tmp_path / "class", 1, seed=0)
    with pytest.raises(UsageError, match="does not exist"):
        check_command(tmp_path / "class", tmp_path / "gradebook.db")
