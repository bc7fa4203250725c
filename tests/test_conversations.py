"""Whatever a session has heard before, a submission gets the verdict that it would get alone."""

import sys

import pytest

from grader import judging
from grader.conversations import MOST_ANSWERS, Conversations
from grader.grading import Session
from grader.results import to_dict
from grader.student.calls import Heard, Question
from grader.student.faults import TimedOut
from grader.student.hosts import ProcessUnavailable
from grader.submission import Submission

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="confined on Linux only")
SEED = 20

DOUBLE = "    return 2 * x\n"
FORMS = {
    "right": {},
    "right too": {"arithmetic.py": (DOUBLE, "    return x + x  # the same bits\n")},
    "in other bits": {"arithmetic.py": (DOUBLE, "    return x / 0.5000000000000002\n")},
    "wrong from the second call on": {
        "arithmetic.py": (
            DOUBLE,
            "    double.calls = getattr(double, 'calls', 0) + 1\n"
            "    return 2 * x if double.calls == 1 else 3 * x\n",
        )
    },
    "right but for nothing": {
        "arithmetic.py": (DOUBLE, "    return 2 * x if x.any() else x + 1\n")
    },
    "changes x": {"arithmetic.py": (DOUBLE, "    x *= 2\n    return x\n")},
    "prints": {"arithmetic.py": (DOUBLE, "    print('hello')\n    return 2 * x\n")},
    "ends the process": {
        "arithmetic.py": (DOUBLE, "    import os\n    os._exit(3)\n"),
    },
    "ends it when loaded": {"backward.py": ("\ndef", "\nimport os\nos._exit(1)\ndef")},
    "known mistake": {"arithmetic.py": ("return x / 2,", "return x / 3,")},
    "at random": {"more.py": ("return 3 * x", "import random\n    return random.random() * x")},
    "not written": {"more.py": ("return 3 * x", "raise NotImplementedError")},
    "forges": {
        "more.py": ("return 3 * x", "import os\n    os.write(3, b'DSC1' * 9)\n    return 3 * x")
    },
}
STEADY = [name for name in FORMS if name != "at random"]


@pytest.fixture
def submission(toy_files):
    """Submissions by the name of their form."""

    def make(name):
        files = dict(toy_files)
        for file, (old, new) in FORMS[name].items():
            assert old in files[file]
            files[file] = files[file].replace(old, new)
        return Submission(name, None, {file: text.encode() for file, text in files.items()})

    return make


@pytest.fixture
def elsewhere(toy_files):
    """A right submission with a function in another file than the one meant."""
    files = {**toy_files, "arithmetic.py": toy_files["arithmetic.py"] + toy_files["more.py"]}
    del files["more.py"]
    return Submission("elsewhere", None, {file: text.encode() for file, text in files.items()})


def verdict(graded):
    """All of a result but the clock's part."""
    found = to_dict(graded.result)
    for name in ("graded_at", "seconds"):
        del found[name]
    for question in found["questions"]:
        for check in question["checks"]:
            del check["seconds"]
    return found


@linux
def test_the_order_in_which_submissions_come_changes_no_verdict(toy, submission, elsewhere):
    project = toy(recorded=False)
    waiting = [*map(submission, STEADY), elsewhere]
    alone = {}
    for one in waiting:
        with Session(project, official=True) as session:
            alone[one.id] = verdict(session.grade(one, SEED))
    assert (
        len(
            {
                tuple(c["status"] for q in v["questions"] for c in q["checks"])
                for v in alone.values()
            }
        )
        > 5
    )
    with Session(project, official=True) as session:
        for one in [*waiting, *reversed(waiting), submission("at random"), *waiting]:
            found = verdict(session.grade(one, SEED))
            if one.id in alone:
                assert found == alone[one.id], one.id
            else:
                assert found["score"] == found["max_score"]  # only the bonus is drawn


@linux
def test_checks_that_others_have_passed_need_not_run(toy, submission, monkeypatch):
    runs = []
    attempt = judging.Judge._attempt

    def counted(judge, run):
        runs.append(1)
        return attempt(judge, run)

    monkeypatch.setattr(judging.Judge, "_attempt", counted)

    def checks_run(session, name, seed=SEED):
        runs.clear()
        session.grade(submission(name), seed)
        return len(runs)

    with Session(toy(recorded=False), official=True) as session:
        assert checks_run(session, "right") == 7
        assert checks_run(session, "right") == 7  # there is a class: from here on it pays to listen
        assert checks_run(session, "right") == checks_run(session, "right too") == 0
        assert checks_run(session, "in other bits") > 0
        assert checks_run(session, "in other bits") == 0
        # That check, and those of what stands on it: they may look at what became of it.
        assert checks_run(session, "right but for nothing") == 3
        assert checks_run(session, "right", seed=SEED + 1) == 7


UNREPEATABLE = '''
import random
import numpy as np
from grader.compare import assert_close
from grader.plugin import check


@check("double")
def test_doubles(student, reference, rng):
    """Twice as much comes back."""
    for _ in range(2):
        x = rng.uniform(2.5, 4.0, 5)
        assert_close(student.double(x), reference.double(x), what="y")
        x = np.full(3, random.random())
        assert_close(student.double(x), 2 * x, what="y")
'''


@linux
def test_a_check_that_does_not_repeat_itself_runs_from_its_beginning(toy, toy_checks, submission):
    others = toy_checks[toy_checks.index('@check("halve")') :]
    project = toy(recorded=False, checks=UNREPEATABLE + others)
    with Session(project, official=True) as session:
        for name in ("right", "right", "right", "in other bits", "right", "known mistake"):
            graded = session.grade(submission(name), SEED)
            double = next(q for q in graded.result.questions if q.name == "double")
            assert (name, double.score) == (name, double.max_score)
        graded = session.grade(submission("changes x"), SEED)
        assert not graded.result.errors


# What must not be taken over from others.

LIE = """
import sys

def lie():
    frame = sys._getframe(1)
    while frame is not None:
        executor = frame.f_locals.get("self")
        if type(executor).__name__ == "Executor":
            kind, find = type(executor), type(executor).find
            if not hasattr(kind, "lies"):
                kind.lies = True
                kind.find = lambda self, file, name: (find(self, file, name)[0], file)
            return
        frame = frame.f_back

lie()
"""

EXPECTS_A_FAULT = '''
from grader.compare import fail
from grader.student.faults import Crashed


@check("double", after_main=True)
def test_refuses_texts(student, rng):
    """A text is refused."""
    student.double(rng.uniform(1.0, 2.0, 4))
    try:
        student.double("text")
    except Crashed:
        return
    fail("double takes a text.")
'''

ASKS_ABOUT_OTHERS = '''
@check("triple")
def test_triples_what_can_be_doubled(student, reference, verdicts, rng):
    """Three is two and one."""
    x = rng.uniform(1.0, 2.0, 4)
    got = student.triple(x)
    verdicts.wait_for("double")
    assert_close(got, reference.triple(x), what="y")
'''


def of(name, files):
    return Submission(name, None, {file: text.encode() for file, text in files.items()})


def both(project, one, others):
    """Its verdict alone, and after others."""
    with Session(project, official=True) as session:
        alone = verdict(session.grade(one, SEED))
    with Session(project, official=True) as session:
        for other in others:
            session.grade(other, SEED)
        return alone, verdict(session.grade(one, SEED))


@linux
def test_a_file_that_was_not_handed_in_is_not_taken_for_granted(toy, toy_files):
    lying = {name: text for name, text in toy_files.items() if name != "more.py"}
    lying["other.py"] = toy_files["more.py"]
    lying["arithmetic.py"] = LIE + toy_files["arithmetic.py"]
    right = of("right", toy_files)
    alone, after = both(toy(recorded=False), of("lying", lying), [right] * 3)
    assert alone == after
    assert alone["bonus"] == 0


@linux
def test_a_fault_that_a_check_expects_is_asked_for_again(toy, toy_checks, toy_files):
    strict = toy_files["arithmetic.py"].replace(
        "2 * x", "2 * x if not isinstance(x, str) else 1 / 0"
    )
    refuses = of("refuses", {**toy_files, "arithmetic.py": strict})
    project = toy(recorded=False, checks=toy_checks + EXPECTS_A_FAULT)
    alone, after = both(project, of("takes all", toy_files), [refuses] * 3)
    assert alone == after
    assert alone["score"] < alone["max_score"]


@linux
def test_what_became_of_other_questions_counts_for_each_anew(toy, toy_checks, toy_files):
    wrong = toy_files["arithmetic.py"].replace("2 * x", "5 * x")
    project = toy(recorded=False, checks=toy_checks + ASKS_ABOUT_OTHERS)
    one = of("wrong", {**toy_files, "arithmetic.py": wrong})
    alone, after = both(project, one, [of("right", toy_files)] * 3)
    assert alone == after
    assert 0 < alone["bonus"] < alone["max_bonus"]


@linux
@pytest.mark.parametrize("before", [0, 3])
def test_a_process_that_does_not_start_costs_one_score_only(toy, submission, monkeypatch, before):
    with Session(toy(recorded=False), official=True) as session:
        for _ in range(before):
            session.grade(submission("right"), SEED)
        with monkeypatch.context() as patch:
            patch.setattr(type(session.host), "start", cannot_start)
            assert session.grade(submission("right"), SEED).result.score is None
        found = session.grade(submission("right"), SEED).result
        assert found.score == found.max_score


def cannot_start(host, limits):
    raise ProcessUnavailable("there is no room")


# What is kept.


def heard(*answers):
    return [Heard(question(number), answer) for number, answer in enumerate(answers)]


def question(number):
    return Question((("f", "work.py"),), 5.0, b"question %d" % number)


class Answering:
    """A runner that answers the questions in order."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def ask(self, question):
        self.asked.append(question)
        answer = self.answers[len(self.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("answers", "passes", "asked"),
    [
        ([b"1", b"2"], True, 2),
        ([b"1", b"3"], True, 2),
        ([b"1", b"4"], False, 2),
        ([b"0"], False, 1),
        ([b"1", TimedOut("f", "timeout")], False, 2),
    ],
)
def test_it_is_asked_as_long_as_the_answers_are_known(answers, passes, asked):
    known = Conversations()
    for conversation in (heard(b"1", b"2"), heard(b"1", b"3")):
        known.keep(("q", "c"), conversation)
    runner = Answering(*answers)
    assert known.passes(("q", "c"), runner) is passes
    assert runner.asked == [question(number) for number in range(asked)]


def test_nothing_is_known_of_other_checks_or_after_forgetting():
    known = Conversations()
    known.keep(("q", "c"), heard(b"1"))
    known.keep(("q", "silent"), [])
    for key in (("q", "d"), ("q", "silent")):
        assert not known.passes(key, Answering())
    known.forget()
    assert not known.passes(("q", "c"), Answering(b"1"))


def test_answers_that_are_always_new_take_little_room():
    known = Conversations()
    for number in range(2 * MOST_ANSWERS):
        known.keep(("q", "c"), heard(b"%d" % number, b"same"))
    passed = [known.passes(("q", "c"), Answering(b"%d" % n, b"same")) for n in range(99)]
    assert passed.count(True) == MOST_ANSWERS


def test_what_is_too_much_begins_anew(monkeypatch):
    monkeypatch.setattr("grader.conversations.MOST_BYTES", 150)
    known = Conversations()
    known.keep(("q", "large"), heard(b"1" * 99))
    known.keep(("q", "late"), heard(b"1" * 99))
    assert known.passes(("q", "late"), Answering(b"1" * 99))
    assert not known.passes(("q", "large"), Answering(b"1" * 99))


def test_an_answer_counts_for_its_own_question_only():
    known = Conversations()
    known.keep(("q", "c"), heard(b"1"))
    known.keep(("q", "c"), [Heard(question(7), b"2")])
    assert not known.passes(("q", "c"), Answering(b"2"))
