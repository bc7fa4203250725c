"""What may have been copied: the same files, the same odd comments, the same rare mistakes."""

import sys

import pytest

from grader.classroom import twins_command
from grader.classroom.findings import SameComments, identical, same_comments, twins
from grader.classroom.grading import pack
from grader.classroom.policies import Policies
from grader.classroom.records import Delivery, Student
from grader.classroom.works import handed_out
from grader.commands import DONE, UsageError
from grader.manifest import load_manifest
from grader.reports import alike
from grader.reports.html.classroom import class_page
from tests.reports import classes

STARTER = """def double(x):
    # Twice as much as there was, whatever it is.
    raise NotImplementedError("double: your code goes here")
"""
FINISHED = """def double(x):
    # Twice as much as there was, whatever it is.
    return x + x
"""
ODD = "# my grandmother always adds before she multiplies"


@pytest.fixture
def here(toy, monkeypatch):
    made = toy(recorded=False)
    made.starter.mkdir()
    (made.starter / "arithmetic.py").write_text(STARTER)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def hand_in(book):
    """Hands in files: `hand_in("ada", {"arithmetic.py": "..."})`, with a result if not perfect."""
    run = book.begin_run(classes.GRADER, 5, "first", "2026-03-01")

    def hand_in(student, files, result=None, *, team="", name="", refused=""):
        hand_in.count += 1
        digest = f"sha256:{hand_in.count:064x}"
        content = {
            name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()
        }
        one = Student(student, name, team=team)
        book.add_students([one])
        book.add_delivery(Delivery(student, digest, student), pack(content), refused)
        classes.add(book, run, one, result or classes.perfect(), digest=digest)

    hand_in.count = 0
    return hand_in


@pytest.fixture
def summed(book, here):
    manifest = load_manifest(here.manifest)
    return lambda: classes.summary_of(book, manifest, Policies(), handed_out(here))


def told(summary):
    return "\n".join(alike.to_text(summary))


def wrong(*questions, error=0.123, diagnosis=None):
    result = classes.perfect()
    for question in questions:
        classes.fail(result, question, error=error, diagnosis=diagnosis, checks=2)
    return result


def test_files_are_the_same_whatever_the_line_endings_and_white_space(hand_in, summed):
    hand_in("ada", {"arithmetic.py": FINISHED})
    spaced = FINISHED.replace("x + x", "x  +x").replace("    ", "\t").replace("\n", " \r\n\r\n")
    hand_in("bo", {"mine.py": b"\xef\xbb\xbf" + spaced.encode()})
    hand_in("chen", {"arithmetic.py": FINISHED.replace("x + x", "x * 2")})
    (group,) = identical(summed())
    assert (group.students, group.names) == ((0, 1), ("arithmetic.py", "mine.py"))
    assert "ada, bo" in told(summed())


def test_several_files_of_the_same_students_are_one_finding(hand_in, summed):
    both = {"arithmetic.py": FINISHED, "more.py": "def triple(x):\n    return 3 * x\n"}
    hand_in("ada", both)
    hand_in("bo", both)
    (group,) = identical(summed())
    assert group.names == ("arithmetic.py", "more.py")


def test_an_unfinished_starter_file_is_no_evidence(hand_in, summed):
    for name in ("ada", "bo"):
        given = STARTER.replace("\n", "\r\n")
        hand_in(name, {"arithmetic.py": given, f"{name}.py": f"x = '{name}'"})
    for name in ("chen", "dana"):
        hand_in(name, {})
    assert identical(summed()) == []
    assert same_comments(summed()) == []


def test_what_could_not_be_read_is_no_evidence(hand_in, summed):
    for name in ("ada", "bo"):
        hand_in(name, {}, refused="It is damaged.")
    assert identical(summed()) == []


def test_an_odd_comment_in_common_is_found(hand_in, summed):
    hand_in("ada", {"arithmetic.py": FINISHED + ODD})
    hand_in("bo", {"arithmetic.py": f"y = 1  {ODD.upper().replace(' ', '  ')}!\n"})
    hand_in("chen", {"arithmetic.py": "# short one\n" + FINISHED})
    hand_in("dana", {"arithmetic.py": "# short one\ny = 2\n"})
    assert same_comments(summed()) == [SameComments((0, 1), (ODD.lstrip("# "),))]
    assert ODD in told(summed())
    assert ODD.lstrip("# ") in class_page(summed())


def test_given_comments_do_not_count(here, hand_in, summed):
    given = "# the assignment itself says this to everybody"
    (here.assignment / "layers.py").write_text(f"{given}\n")
    hand_in("ada", {"arithmetic.py": f"{FINISHED}{given}\n"})
    hand_in("bo", {"arithmetic.py": f"{given}\n{FINISHED}y = 1\n"})
    assert same_comments(summed()) == []


def test_comments_of_identical_files_and_common_ones_are_left_out(hand_in, summed):
    for name in ("ada", "bo"):
        hand_in(name, {"arithmetic.py": FINISHED + ODD})
    for i in range(4):
        hand_in(f"c{i}", {"arithmetic.py": f"y = {i}  # everybody seems to write this comment\n"})
    assert same_comments(summed()) == []


def test_the_place_of_a_notebooks_line_is_no_comment(hand_in, summed):
    for i, name in enumerate(("ada", "bo")):
        text = (
            f"def f(x):  # code cell 123456789012, line 1\n    return {i}  # code cell 3, line 2\n"
        )
        hand_in(name, {"notebook.py": text})
    placed = "".join(f"{line}  # code cell 1, line 1\n" for line in STARTER.splitlines())
    for name in ("chen", "dana"):
        hand_in(name, {"notebook.py": placed})
    assert same_comments(summed()) == []
    assert identical(summed()) == []


def test_a_rare_mistake_in_common_is_told_and_a_common_one_is_not(hand_in, summed):
    for i in range(4):
        hand_in(f"a{i}", {"a.py": f"x = {i}"}, wrong("halve", diagnosis=classes.known("common")))
    for i in range(2):
        hand_in(f"b{i}", {"a.py": f"y = {i}"}, wrong("halve", diagnosis=classes.known("rare")))
    for i in range(2):
        hand_in(f"c{i}", {"a.py": f"z = {i}"}, wrong("double", error=0.314))
    hand_in("d", {"a.py": "d = 1"}, wrong("double", error=0.271))
    found = [(one.first, one.second, one.shared) for one in twins(summed(), least=1)]
    assert found == [(4, 5, ("rare",)), (6, 7, ("check_0 (error 3.14e-01)",))]
    assert "b0, b1\n      rare" in told(summed())
    assert twins(summed()) == []  # one is not enough for the page


def test_identical_files_make_the_same_mistakes_which_is_not_told_again(hand_in, summed):
    hand_in("ada", {"a.py": "x = 1\n"}, wrong("halve", "double"))
    hand_in("bo", {"a.py": "x = 1\r\n"}, wrong("halve", "double"))
    assert twins(summed(), least=1) == []


def test_a_team_is_one(hand_in, summed):
    for i, name in enumerate(("ada", "bo", "chen", "dana")):
        files = {"a.py": "x = 1\n", "b.py": f"{ODD}\ny = {i}\n"}
        hand_in(name, files, wrong("halve"), team="red")
    assert identical(summed()) == []
    assert same_comments(summed()) == []
    assert twins(summed(), least=1) == []
    hand_in("emil", {"b.py": f"{ODD}\ny = 9\n"}, wrong("halve"))
    assert [one.students for one in same_comments(summed())] == [(0, 1, 2, 3, 4)]
    pairs = [(one.first, one.second) for one in twins(summed(), least=1)]
    assert pairs == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_broken_and_hostile_files_are_read_and_told_in_80_columns(hand_in, summed):
    nasty = "# \x1b[2Jmy grandmother \u202emultiplies " + "before she adds " * 40
    for i, name in enumerate(("ada\x1b[1m", "bo")):
        files = {
            "a.py": f'{nasty}\ny = {i}\n"""never closed',
            "b.py": bytes([0, 255, i]) + b"def (:\n",
            "c.py": b"# " + b" " * 60_000 + bytes([65 + i]),
            "d\x1b.py": "x = 1\n",
        }
        hand_in(name, files, name="N" * 100)
    shown = told(summed())
    assert "my grandmother" in shown
    assert "..." in shown
    assert "d?.py" in shown
    assert all(sign.isprintable() for sign in shown.replace("\n", ""))
    assert max(map(len, shown.splitlines())) <= 80


def test_the_work_grows_with_the_class_and_not_its_square(hand_in, summed):
    def calls(summary):
        count = 0

        def counted(frame, event, arg):
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(counted)
        try:
            list(alike.to_text(summary))
        finally:
            sys.setprofile(before)
        return count

    measured = []
    for half in range(2):
        for i in range(250 * half, 250 * (half + 1)):
            files = {
                "same.py": "def triple(x):\n    return 3 * x\n",
                "own.py": f"y = {i}\n# everybody in this class writes this comment\n"
                f"# only the two of pair number {i // 2:05} write this\n",
            }
            hand_in(f"s{i:03}", files, wrong("halve", error=(i // 2 + 1) / 1000))
        summary = summed()
        measured.append(calls(summary))
    assert [len(one.students) for one in identical(summary)] == [500]
    assert len(same_comments(summary)) == 250
    assert len(twins(summary, least=1)) == 250
    assert measured[1] < 3 * measured[0]
    assert "and 480 more" in " ".join(told(summary).split())


def test_the_command_tells_it_and_what_it_does_not_prove(book, hand_in, here, capsys):
    hand_in("ada", {"arithmetic.py": FINISHED})
    hand_in("bo", {"arithmetic.py": FINISHED})
    assert twins_command.twins_command(book.path) == DONE
    shown = " ".join(capsys.readouterr().out.split())
    assert "Looked at: 2 students." in shown
    assert "ada, bo arithmetic.py" in shown
    assert "no proof of anything" in shown
    with pytest.raises(UsageError, match="does not exist"):
        twins_command.twins_command(book.path.with_name("none.db"))
