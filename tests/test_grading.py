"""Whole gradings of small submissions: the result is complete and right, whatever they do."""

import json
import os
import sys

import jsonschema
import numpy as np
import pytest

from grader import grading
from grader.grading import grade, open_judge
from grader.manifest import load_manifest
from grader.results import SCHEMA_FILE, ManualScore, Status, to_dict
from grader.student.inside.confinement import LAYERS, lacking_layers
from grader.submission import read_submission

SCHEMA = json.loads(SCHEMA_FILE.read_text())


@pytest.fixture
def graded(submission):
    """Grades files: `graded(project, {"a.py": ...}, official=True)` gives the `Graded`.

    Whatever is graded, the result must be complete.
    """

    def run(project, files, **options):
        handed_in = submission(files)
        (found,) = grade(project, [handed_in], **options)
        assert found.submission is handed_in
        assert_complete(found.result, load_manifest(project.manifest))
        return found

    return run


def assert_complete(result, manifest):
    """The published schema, every question, the right maximum, and points that add up."""
    jsonschema.validate(to_dict(result), SCHEMA)
    assert result.max_score == sum(q.points for q in manifest.questions if not q.bonus)
    assert result.max_bonus == sum(q.points for q in manifest.questions if q.bonus)
    assert [q.name for q in result.questions] == [q.name for q in manifest.questions]
    for question in result.questions:
        assert question.max_score == manifest.question(question.name).points
        assert round(sum(check.max_score for check in question.checks), 2) == question.max_score
        for check in question.checks:
            assert (check.score is None) == (check.status is Status.ERROR)
            assert check.score in (None, 0.0, check.max_score)


def statuses(found, question=None):
    return {
        check.name: str(check.status)
        for each in found.result.questions
        if question in (None, each.name)
        for check in each.checks
    }


def scores(found):
    return {question.name: question.score for question in found.result.questions}


@pytest.fixture(params=[False, True], ids=["practice", "official"])
def official(request):
    return request.param


# The real questions.


def test_the_solutions_earn_everything_in_official_mode(project, graded, solution_files):
    found = graded(project, solution_files, official=True, seed=2**127 + 1)
    assert found.result.errors == []
    assert (found.result.score, found.result.bonus) == (100.0, found.result.max_bonus)


def test_the_solutions_earn_everything_in_practice(recorded_project, graded, solution_files):
    found = graded(recorded_project, solution_files)
    assert (found.result.score, found.result.mode) == (100.0, "practice")
    assert set(statuses(found).values()) == {"passed"}
    assert not any(check.message for q in found.result.questions for check in q.checks)


def test_nothing_earns_nothing(recorded_project, graded, official):
    found = graded(recorded_project, {}, official=official, seed=231)
    assert (found.result.score, found.result.max_score) == (0.0, 100.0)
    assert set(statuses(found).values()) <= {"missing", "blocked"}


GARBAGE = """
import numpy as np

class Mine:
    __array_priority__ = 1e9
    def __array__(self, *a, **k): return np.zeros(3)
    def __eq__(self, other): return True

VALUES = [
    None, "text", b"bytes", 1 << 70, 1j, float("nan"), True, Mine(), print, [], (), {}, {1: 2},
    {"a": {"b": [None]}}, np.float64(1), np.array(1.0), np.zeros(0), np.zeros((0, 3)),
    np.zeros((1, 1)), np.full((4, 5), np.nan), np.zeros((4, 5), complex), np.zeros((4, 5), bool),
    np.zeros((4, 5), int), np.array([None]), np.array(["x"]), np.zeros(2, [("a", int)]),
    np.zeros((1,) * 8), np.ma.zeros(3), np.zeros(3).view(np.matrix), range(3), (1, 2), (1, 2, 3),
    (None, None), (None, None, None), ({}, {}), (np.zeros(3), {"t": Mine()}),
]
count = -1

def pick(like=None):
    global count
    count += 1
    return VALUES[count * 7 % len(VALUES)]
"""
FUNCTIONS = {
    "optim.py": ["sgd_momentum", "rmsprop", "adam"],
    "normalization.py": ["batchnorm_forward", "batchnorm_backward"],
    "dropout.py": ["dropout_forward", "dropout_backward"],
}


def test_garbage_never_makes_the_grader_fail(project, graded):
    files = {
        file: GARBAGE + "".join(f"def {name}(*arguments): return pick()\n" for name in names)
        for file, names in FUNCTIONS.items()
    }
    found = graded(project, files, official=True, seed=231)
    assert found.result.errors == []
    assert found.result.score == 0.0


SOMETIMES = """
def spoil(function):
    def spoiled(*arguments):
        result = function(*arguments)
        if not (arguments[0].shape[0] == %d):
            return result
        items = list(result) if type(result) is tuple else [result]
        items[%d] = %s
        return tuple(items) if len(items) > 1 else items[0]
    return spoiled
"""


@pytest.mark.parametrize(
    ("name", "item", "rows", "spoiled"),
    [
        ("batchnorm_forward", 0, 5, "None"),  # as in numeric gradients
        ("batchnorm_forward", 0, 5, "np.zeros(7)"),
        ("batchnorm_forward", 0, 50, "'text'"),  # as in training
        ("batchnorm_backward", -1, 50, "None"),
        ("batchnorm_backward", 1, 50, "np.zeros(7)"),
        ("dropout_forward", 0, 50, "np.ones((50, 40), complex)"),
        ("dropout_backward", 0, 50, "{}"),
        ("adam", 0, 50, "np.zeros((0, 0))"),
    ],
)
def test_garbage_at_the_right_moment_never_makes_the_grader_fail(
    project, graded, solution_files, manifest, spoiled, name, item, rows
):
    files = dict(solution_files)
    files[manifest.functions[name].file] += (
        SOMETIMES % (rows, item, spoiled) + f"{name} = spoil({name})\n"
    )
    found = graded(project, files, official=True, seed=231)
    assert found.result.errors == []
    assert found.result.score < 100.0


# A made-up assignment.


def test_the_toy_earns_everything(toy, graded, toy_files, official):
    found = graded(toy(), toy_files, official=official, seed=231)
    assert (found.result.score, found.result.bonus) == (100.0, 7.0)
    assert found.result.mode == ("official" if official else "practice")
    assert found.result.assignment == "toy"
    assert "process" in found.result.isolation
    assert found.result.submission.digest.startswith("sha256:")


def test_points_are_shared_by_weight(toy, graded, toy_files):
    found = graded(toy(), toy_files)
    assert [check.max_score for check in found.result.questions[0].checks] == [24.0, 8.0, 8.0]


def test_edge_checks_count_only_with_the_main_check(toy, graded, toy_files):
    toy_files["arithmetic.py"] += "\ndef double(x): return x * 0\n"
    found = graded(toy(), toy_files)
    assert statuses(found, "double") == {
        "doubles": "failed",
        "doubles_nothing": "passed",
        "leaves_x_alone": "passed",
    }
    assert scores(found)["double"] == 0.0
    for check in found.result.questions[0].checks[1:]:
        assert check.notes
        assert "Twice as much comes back" in check.notes[0]


def test_an_edge_check_costs_its_own_share_only(toy, graded, toy_files):
    toy_files["arithmetic.py"] += "\ndef double(x):\n    x *= 2\n    return x\n"
    found = graded(toy(), toy_files)
    assert scores(found) == {
        "double": 32.0,
        "halve": 30.0,
        "unhalve": 20.0,
        "together": 10.0,
        "triple": 7.0,
    }
    assert (found.result.score, found.result.bonus) == (92.0, 7.0)


def test_bonus_is_counted_apart(toy, graded, toy_files):
    del toy_files["more.py"]
    found = graded(toy(), toy_files)
    assert (found.result.score, found.result.max_score) == (100.0, 100.0)
    assert (found.result.bonus, found.result.max_bonus) == (0.0, 7.0)


def test_what_waits_for_something_missing_is_blocked(toy, graded, toy_files, official):
    del toy_files["arithmetic.py"]
    found = graded(toy(), toy_files, official=official, seed=231)
    assert statuses(found) == {
        "doubles": "missing",
        "doubles_nothing": "missing",
        "leaves_x_alone": "missing",
        "halves_and_counts": "missing",
        "goes_back": "blocked",
        "stays_the_same": "blocked",
        "triples": "passed",
    }
    assert found.result.score == 0.0
    (together,) = found.result.questions[3].checks
    assert "double, halve" in together.message


def test_a_known_mistake_is_named_and_charged_once(toy, graded, toy_files, official):
    toy_files["arithmetic.py"] += """
def halve(x, state):
    state["count"] = state.get("count", 0) + 1
    return x / 3, ("halved", x)
"""
    found = graded(toy(), toy_files, official=official, seed=231)
    (check,) = found.result.questions[1].checks
    assert check.diagnosis.id == "halve-by-three"
    assert "three takes the place of two" in check.diagnosis.text
    assert scores(found)["unhalve"] == 20.0
    assert check.relative_error > 0


def test_every_misfortune_has_its_status_and_stays_where_it_is(toy, submission, toy_files):
    expected = {
        "def triple(x): raise NotImplementedError": "missing",
        "": "missing",
        "def triple(x): return x": "failed",
        "def triple(x): return x * float('nan')": "failed",
        "def triple(x): return None": "bad_output",
        "def triple(x): return [1.0, 2.0]": "bad_output",
        "def triple(x): return 1 / 0": "crashed",
        "def triple(x):\n    return “x”": "crashed",
        "raise SystemExit(0)": "crashed",
        "import os\nos._exit(0)": "crashed",
        "import os\ndef triple(x): os.kill(os.getpid(), 9)": "crashed",
        "def triple(x): return bytearray(1 << 50)": "memory",
        "import grader.results": "crashed",
        "import solutions.more": "crashed",
    }
    project = toy()
    class_ = [submission({**toy_files, "more.py": source}) for source in expected]
    seen = list(grade(project, class_))
    found = [statuses(each, "triple")["triples"] for each in seen]
    assert dict(zip(expected, found, strict=True)) == expected
    for each in seen:
        assert_complete(each.result, load_manifest(project.manifest))
        assert (each.result.score, each.result.bonus) == (100.0, 0.0)
        assert each.result.questions[-1].checks[0].message


def test_what_never_ends_is_a_timeout(toy, toy_questions, graded):
    project = toy(
        questions=toy_questions.replace("call_seconds = 60.0", "call_seconds = 0.3"),
        recorded=False,
    )
    found = graded(project, {"arithmetic.py": "while True: pass"}, official=True, seed=231)
    assert set(statuses(found, "double").values()) == {"timeout"}
    first, second, third = (check.message for check in found.result.questions[0].checks)
    assert first == second != third
    assert found.result.score == 0.0


def test_what_is_printed_is_kept_under_its_check(toy, graded, toy_files):
    toy_files["more.py"] = "def triple(x):\n    print('got', len(x), '\\x1b[2J')\n    return x"
    found = graded(toy(), toy_files)
    printed = {outcome.spec.name: outcome.printed for outcome in found.outcomes}
    assert printed["triples"] == "got 4 \x1b[2J\n"
    assert printed["doubles"] == ""
    assert found.result.output == "got 4 ?[2J\n"


def test_no_control_character_reaches_a_report(toy, graded, toy_files):
    nasty = "\\x1b]0;title\\x07\\u202e\\x9b2J\\r\\n\\udc80"
    toy_files["more.py"] = f"def triple(x): raise ValueError('{nasty}')"
    (check,) = graded(toy(), toy_files).result.questions[-1].checks
    assert all(character.isprintable() or character == "\n" for character in check.message)
    assert "title" in check.message


def test_a_submission_that_cannot_be_read_is_a_complete_zero(toy, tmp_path):
    project = toy()
    path = tmp_path / "ada.zip"
    path.write_bytes(b"PK nothing")
    (found,) = grade(project, [read_submission(path)])
    assert_complete(found.result, load_manifest(project.manifest))
    assert found.result.score == 0.0
    assert "cannot be read" in found.result.output
    assert found.result.submission.id == "ada"


def test_a_class_is_graded_in_order_and_apart(toy, submission, toy_files):
    project = toy()
    class_ = [
        submission(toy_files),
        submission({"arithmetic.py": "import os\nos._exit(1)"}),
        submission({}),
        submission(toy_files),
    ]
    found = list(grade(project, class_))
    assert [each.submission for each in found] == class_
    assert [each.result.score for each in found] == [100.0, 0.0, 0.0, 100.0]


def test_the_same_seed_gives_the_same_result(toy, submission, toy_files):
    toy_files["arithmetic.py"] += "\ndef double(x): return 2.001 * x\n"
    project = toy(recorded=False)
    one, two = grade(project, [submission(toy_files)] * 2, official=True, seed=5)
    (other,) = grade(project, [submission(toy_files)], official=True, seed=5)
    assert [without_times(found) for found in (two, other)] == [without_times(one)] * 2
    assert one.result.score < 100.0


def without_times(found):
    questions = to_dict(found.result)["questions"]
    return [[{**check, "seconds": 0} for check in question["checks"]] for question in questions]


def test_only_the_questions_asked_for_are_counted(toy, submission, toy_files):
    (found,) = grade(toy(), [submission(toy_files)], questions=("unhalve",))
    assert [question.name for question in found.result.questions] == ["unhalve"]
    assert (found.result.score, found.result.max_score) == (20.0, 20.0)


def test_one_check_can_be_asked_for(toy, submission, toy_files, official):
    """An edge check then counts by itself, whatever the main check would say."""
    toy_files["arithmetic.py"] += "\ndef double(x): return x * 0\n"
    asked = ("double:doubles_nothing", "triple")
    (found,) = grade(toy(), [submission(toy_files)], official=official, questions=asked)
    assert statuses(found) == {"doubles_nothing": "passed", "triples": "passed"}
    assert scores(found) == {"double": 8.0, "triple": 7.0}
    assert (found.result.score, found.result.max_score) == (8.0, 8.0)
    assert (found.result.bonus, found.result.max_bonus) == (7.0, 7.0)
    assert [note for q in found.result.questions for c in q.checks for note in c.notes] == []


# Official grading tells a submission's text to nobody: it could hold what the inputs were.

TELLTALES = {
    "an exception's text": "raise ValueError('LEAK')",
    "an exception's name": "raise type('LEAK', (Exception,), {})('LEAK')",
    "an exception's name, of a known kind": "raise type('LEAK', (ImportError,), {})('x')",
    "a missing package": "import LEAK; LEAK.LEAK()",
    "a package's part": "import numpy; numpy.LEAK",
    "what is not implemented": "raise NotImplementedError('LEAK')",
    "what there is no memory for": "raise MemoryError('LEAK')",
    "a syntax error": "exec('LEAK LEAK')",
    "a type": "return type('LEAK', (), {})()",
    "a text": "return 'LEAK'",
    "a list": "return ['LEAK'] * 31337",
    "a tuple": "return (31337,) * 31337",
    "a shape": "return np.zeros(31337)",
    "a shape for each": "return np.zeros(31337), np.zeros(31337), np.zeros(31337)",
    "a dtype": "return np.zeros(3, 'S31337')",
    "printed": "print('LEAK'); return args[0]",
    "printed to stderr": "sys.stderr.write('LEAK'); return args[0]",
    "an exit code": "os._exit(177)",
    "an exit": "sys.exit('LEAK')",
    "another file's name": "sys._getframe(1).f_locals['self'].find = lambda *_: (f, 'LEAK.py')\n"
    "    return args[0]",
    "what is in a dict": "[each.update(LEAK='LEAK') for each in args if type(each) is dict]\n"
    "    return args[0], {'LEAK': 'LEAK'}",
    "line and function": "LEAK = 1\n    def LEAK(): 1 / 0  # LEAK\n    LEAK()",
}


@pytest.fixture(scope="module")
def told(project, manifest, tmp_path_factory):
    """All that official grading says of submissions with every function like that, by name."""
    handed_in = []
    for body in TELLTALES.values():
        folder = tmp_path_factory.mktemp("telltale")
        for file in manifest.files:
            functions = [f.name for f in manifest.functions.values() if f.file == file]
            source = f"import os, sys\nimport numpy as np\ndef f(*args):\n    {body}\n"
            source += "".join(f"{function} = f\n" for function in functions)
            (folder / file).write_text(source)
        handed_in.append(read_submission(folder))
    graded = list(grade(project, handed_in, official=True, seed=231))
    return dict(zip(TELLTALES, graded, strict=True))


@pytest.mark.parametrize("name", TELLTALES)
def test_official_results_show_no_students_text(told, name):
    result = told[name].result
    assert result.score == 0.0
    assert result.errors == []
    said = [
        text
        for question in result.questions
        for check in question.checks
        for text in (check.message, *check.notes, str(check.diagnosis))
    ]
    for text in (*said, result.output):
        for telltale in ("LEAK", "31337", "177"):
            assert telltale not in text


def test_in_practice_ones_own_text_is_shown(toy, graded, toy_files):
    toy_files["more.py"] = "def triple(x): raise type('Mine', (Exception,), {})('words')"
    (check,) = graded(toy(), toy_files).result.questions[-1].checks
    assert "Mine: words" in check.message


# One submission after another, and the isolation between them.

MEDDLING = """
import builtins, os, random, sys, tempfile
import numpy as np

def double(x):
    np.random.seed(1)
    random.seed(1)
    np.zeros = np.ones = np.asarray = None
    np.random.mtrand._rand = None
    builtins.sum = None
    sys.path.insert(0, "/tmp")
    sys.meta_path.clear()
    os.environ["MEDDLED"] = "1"
    print("meddled")
    return 2 * x

def halve(x, state):
    os._exit(3)
"""


def test_two_gradings_on_one_host_do_not_influence_each_other(toy, submission, toy_files, official):
    project = toy()
    honest, meddling = submission(toy_files), submission({"arithmetic.py": MEDDLING})
    options = {"official": official, "seed": 5}
    (alone,) = grade(project, [honest], **options)
    first, _, second = grade(project, [honest, meddling, honest], **options)
    assert without_times(first) == without_times(alone)
    assert without_times(second) == without_times(alone)
    assert second.result.output == ""


@pytest.fixture
def weak(monkeypatch):
    """Makes this machine lack layers: `weak("landlock", "uid")`."""
    usual = grading.open_host

    def weaken(*layers):
        monkeypatch.setattr(
            grading, "open_host", lambda project: usual(project, without=frozenset(layers))
        )

    return weaken


LACKING = [
    (("landlock", "uid"), "landlock"),
    (("seccomp",), "seccomp"),
    (("rlimits",), "rlimits"),
    (("landlock", "uid", "seccomp"), "landlock and seccomp"),
]


@pytest.mark.parametrize(("layers", "named"), LACKING)
def test_official_grading_is_refused_where_isolation_is_weak(
    toy, submission, toy_files, weak, layers, named
):
    weak(*layers)
    project = toy()
    with pytest.raises(grading.WeakIsolation, match=f"this machine lacks {named}, so"):
        list(grade(project, [submission(toy_files)], official=True))


@pytest.mark.parametrize(("layers", "named"), LACKING)
def test_weak_isolation_can_be_accepted_and_is_in_the_result(
    toy, graded, toy_files, weak, layers, named
):
    weak(*layers)
    options = {"official": True, "seed": 5, "allow_weak_isolation": True}
    found = graded(toy(), toy_files, **options)
    assert found.result.score == 100.0
    assert not set(layers) & set(found.result.isolation)
    assert set(named.split(" and ")) == set(lacking_layers(found.result.isolation))


def test_practice_asks_for_no_isolation(toy, graded, toy_files, weak):
    weak(*LAYERS)
    found = graded(toy(), toy_files)
    assert found.result.score == 100.0
    assert found.result.isolation == ["process"]


def test_answers_that_student_code_could_read_are_weak_isolation(toy, submission, toy_files):
    """Here the solutions lie in the folder of the given code."""
    project = toy()
    project.solutions.rename(project.assignment / "solutions")
    project.solutions.symlink_to(project.assignment / "solutions", target_is_directory=True)
    with pytest.raises(grading.WeakIsolation, match="landlock"):
        list(grade(project, [submission(toy_files)], official=True))


# Other correct forms.

FORMS = '''
def double_and_a_bit(x):
    """A bit more. Accepted."""
    return 2 * x + x * x / 100

ACCEPTED_VARIANTS = {"double": [double_and_a_bit]}
'''


def with_reference(checks):
    """The toy's checks with one of the last question that asks for the reference's `double`."""
    return checks.replace(
        "def test_stays_the_same(student, rng)", "def test_stays_the_same(student, reference, rng)"
    ).replace(
        'assert_close(student.double(y), x, what="y")',
        'assert_close(student.double(y), reference.double(x / 2), what="y")',
    )


def notes(found):
    return {
        check.name: check.notes
        for question in found.result.questions
        for check in question.checks
        if check.notes
    }


def test_another_form_earns_everything_and_later_questions_know_it(
    toy, toy_checks, graded, toy_files, official
):
    project = toy(checks=with_reference(toy_checks), variants=FORMS)
    right = graded(project, toy_files, official=official, seed=231)
    toy_files["arithmetic.py"] += "\ndef double(x): return 2 * x + x * x / 100\n"
    found = graded(project, toy_files, official=official, seed=231)
    for each, noted in ((right, {}), (found, {"doubles": ["A bit more. Accepted."]})):
        assert set(statuses(each).values()) == {"passed"}
        assert (each.result.score, each.result.bonus) == (100.0, 7.0)
        assert notes(each) == noted


def test_a_form_that_nobody_accepts_is_wrong(toy, toy_checks, graded, toy_files, official):
    project = toy(checks=with_reference(toy_checks), variants=FORMS)
    toy_files["arithmetic.py"] += "\ndef double(x): return 2 * x + x * x / 99\n"
    found = graded(project, toy_files, official=official, seed=231)
    assert statuses(found)["doubles"] == "failed"
    assert statuses(found)["stays_the_same"] == "blocked"
    assert scores(found)["double"] == 0.0


def test_one_submissions_form_is_not_the_next_ones(toy, toy_checks, submission, toy_files):
    project = toy(checks=with_reference(toy_checks), variants=FORMS)
    other = dict(toy_files)
    other["arithmetic.py"] += "\ndef double(x): return 2 * x + x * x / 100\n"
    mixed = [submission(files) for files in (other, toy_files, other)]
    first, second, third = grade(project, mixed)
    assert [each.result.score for each in (first, second, third)] == [100.0] * 3
    assert notes(first) == notes(third) == {"doubles": ["A bit more. Accepted."]}
    assert notes(second) == {}


# Functions in another file.


def test_a_function_in_another_file_is_accepted_with_a_note(toy, graded, toy_files, official):
    triple = toy_files.pop("more.py")
    files = {**toy_files, "mine.py": triple + "\nprint('loaded')\n"}
    found = graded(toy(), files, official=official, seed=231)
    assert (found.result.score, found.result.bonus) == (100.0, 7.0)
    assert notes(found) == {
        "triples": ["triple was found in mine.py; it belongs into more.py. Accepted."]
    }


def test_a_function_in_another_file_is_noted_with_its_own_question(
    toy, toy_checks, graded, toy_files
):
    """Here the first check that calls it belongs to another question."""
    checks = toy_checks.replace(
        "    x = rng.uniform(1.0, 2.0, 4)\n    assert_close(student.triple",
        "    student.double(rng.uniform(1.0, 2.0, 4))\n    x = rng.uniform(1.0, 2.0, 4)\n"
        "    assert_close(student.triple",
    )
    assert checks != toy_checks
    everything = "\n".join(toy_files.values())
    project = toy(checks=checks)
    found = graded(project, {"all.py": everything})
    assert found.result.score == 100.0
    assert sorted(notes(found)) == ["doubles", "goes_back", "halves_and_counts", "triples"]
    (alone,) = grade(project, [found.submission], questions=("triple",))
    assert alone.result.bonus == 7.0
    assert notes(alone) == {
        "triples": ["triple was found in all.py; it belongs into more.py. Accepted."]
    }


# When the grader itself is at fault.

BROKEN = '''

@check("halve", edge=True)
def test_broken(student, rng):
    """This check has a bug."""
    student.halve(rng.uniform(1.0, 2.0, 3), {})
    %s
'''


def test_a_broken_check_withholds_the_score(toy, toy_checks, graded, toy_files, official):
    project = toy(checks=toy_checks + BROKEN % "pass")
    project = toy(checks=toy_checks + BROKEN % "[][0]", recorded=False)
    found = graded(project, toy_files, official=official, seed=231)
    assert statuses(found)["broken"] == "error"
    assert (found.result.score, found.result.max_score) == (None, 100.0)
    assert scores(found) == {
        "double": 40.0,
        "halve": None,
        "unhalve": 20.0,
        "together": 10.0,
        "triple": 7.0,
    }
    (error,) = found.result.errors
    assert "broken" in error.message


def test_a_fixture_that_fails_withholds_the_score(toy, toy_checks, graded, toy_files):
    bug = "\n@check('halve', edge=True)\ndef test_broken(no_such_fixture):\n    'This has a bug.'\n"
    project = toy(checks=toy_checks + bug, recorded=False)
    found = graded(project, toy_files, official=True, seed=231)
    assert statuses(found)["broken"] == "error"
    assert found.result.score is None


@pytest.mark.parametrize("mark", ["skip('why not')", "xfail"])
def test_a_check_that_is_switched_off_is_not_lost(toy, toy_checks, submission, toy_files, mark):
    bug = f"\n@pytest.mark.{mark}\n@check('halve', edge=True)\ndef test_broken():\n    'Off.'\n"
    project = toy(checks="import pytest\n" + toy_checks + bug, recorded=False)
    (found,) = grade(project, [submission(toy_files)], official=True, seed=231)
    assert "broken" in statuses(found)


@pytest.mark.parametrize("damage", ["missing", "garbage"])
def test_a_damaged_recording_withholds_the_score(toy, graded, toy_files, damage):
    project = toy()
    path = project.expected / "halve.frame"
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"DSC1" + bytes(40))
    found = graded(project, toy_files)
    assert statuses(found, "halve") == {"halves_and_counts": "error"}
    assert found.result.score is None
    assert scores(found)["double"] == 40.0
    assert "halve.frame" in found.result.errors[0].message


def test_a_check_newer_than_its_recording_withholds_the_score(toy, toy_checks, graded, toy_files):
    toy()
    newer = toy_checks.replace("for step in (1, 2):", "for step in (1, 2, 3):")
    project = toy(checks=newer, recorded=False)
    found = graded(project, toy_files)
    assert statuses(found)["doubles"] == "error"
    assert "grader build" in found.result.errors[0].message


def test_a_machine_that_starts_no_process_withholds_the_score(toy, graded, toy_files, monkeypatch):
    project = toy()
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    found = graded(project, toy_files)
    assert found.result.score is None
    assert set(statuses(found).values()) <= {"error", "blocked"}


def test_official_grading_without_solutions_is_refused(toy, submission, toy_files):
    project = toy()
    for path in sorted(project.solutions.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    project.solutions.rmdir()
    with pytest.raises(Exception, match="student's copy"):
        list(grade(project, [submission(toy_files)], official=True))
    (found,) = grade(project, [submission(toy_files)])
    assert found.result.score == 100.0


def test_an_interruption_is_passed_on(toy, submission, toy_files):
    def class_():
        yield submission(toy_files)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(grade(toy(), class_()))


def test_the_users_pytest_settings_do_not_reach_the_grader(toy, graded, toy_files, monkeypatch):
    project = toy()
    (project.root / "pytest.ini").write_text("[pytest]\naddopts = --maxfail=1 -k nothing\n")
    (project.checks / "conftest.py").write_text("raise RuntimeError('not for grading')")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.chdir(project.root)
    before = dict(os.environ), list(sys.path)
    assert graded(project, toy_files).result.score == 100.0
    assert (dict(os.environ), list(sys.path)) == before
    assert not (project.root / ".pytest_cache").exists()


def test_checks_can_also_be_run_by_pytest_itself(toy, submission, toy_files):
    project = toy()
    session = open_judge(project, submission(toy_files))
    try:
        assert session.judge.raising
        assert session.judge.student.double(np.ones(2)).tolist() == [2.0, 2.0]
    finally:
        session.close()


def test_what_persons_mark_is_listed_without_a_score(toy, toy_questions, toy_files, graded):
    entry = '\n[[manual]]\nname = "why"\ntitle = "Why"\nlab = "tiny"\npoints = 2\n'
    result = graded(toy(questions=toy_questions + entry), toy_files).result
    assert result.manual == [ManualScore("why", None, 2.0)]
    assert (result.score, result.max_score) == (100.0, 100.0)
