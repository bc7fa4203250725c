"""What a student reads of one check; and in official mode, what not."""

import numpy as np
import pytest

from grader.compare import Mismatch, assert_close, fail
from grader.manifest import load_manifest
from grader.messages import explain_fault, explain_mismatch
from grader.sentences import MESSAGES
from grader.student.faults import (
    BadOutput,
    Crashed,
    Missing,
    OutOfMemory,
    SourceLine,
    TimedOut,
)

FAULTS = [
    Missing("double", "no_file", {"file": "arithmetic.py"}),
    Missing("double", "no_function", {"file": "arithmetic.py"}),
    Missing("double", "not_implemented", {"type": "NotImplementedError", "text": ""}),
    Crashed("double", "raised", {"type": "ValueError", "text": "secret 0.25"}),
    Crashed("double", "exited", {"code": 3}),
    Crashed("double", "killed", {"code": 9}),
    TimedOut("double", "timeout", {"seconds": 5.0}),
    TimedOut("double", "timeout_again", {"times": 2}),
    TimedOut("double", "timeout_submission", {"seconds": 60.0}),
    OutOfMemory("double", "memory", {"type": "MemoryError", "text": "secret 0.25"}),
    BadOutput("double", "bad_frame", {"why": "cut short"}),
    BadOutput("double", "bad_return", {"got": "tuple of 3"}),
    BadOutput("double", "bad_argument", {"what": "state"}),
    Crashed("double", "unavailable", {"package": "secret.package"}),
    Crashed("double", "hung_up"),
    TimedOut("double", "timeout_computing", {"seconds": 5.0}),
    TimedOut("double", "timeout_check", {"seconds": 10.0}),
]


def mismatch(got, expected):
    with pytest.raises(Mismatch) as caught:
        assert_close(got, expected, what="out", where="step 2")
    return caught.value


def mismatches():
    expected = np.array([0.25, 0.5, 0.75])
    return [
        mismatch(None, expected),
        mismatch(np.zeros((3, 1)), expected),
        mismatch(np.zeros(3, np.float32), expected),
        mismatch(np.array([0.25, np.nan, 0.75]), expected),
        mismatch(np.array([0.25, 0.375, 0.75]), expected),
        mismatch(np.zeros(3), expected),
        mismatch(0.375, 0.25),
    ]


@pytest.fixture
def wordy(toy, sentences):
    """A manifest whose every sentence uses every value that it is given."""
    lines = [
        f"{key} = '''{key} " + " ".join(f"{name}={{{name}}}" for name in sorted(names)) + "'''"
        for key, names in MESSAGES.items()
    ]
    return load_manifest(toy(recorded=False, messages="[messages]\n" + "\n".join(lines)).manifest)


@pytest.mark.parametrize("official", [False, True])
def test_every_value_that_a_sentence_may_use_is_there(wordy, official):
    for fault in FAULTS:
        assert explain_fault(wordy, fault, official).startswith(fault.reason)
    for found in mismatches():
        assert explain_mismatch(wordy, found, official).startswith(found.kind)


@pytest.mark.parametrize("official", [False, True])
def test_every_message_names_what_it_is_about(manifest, official):
    name = next(iter(manifest.functions))
    for fault in FAULTS:
        fault = type(fault)(name, fault.reason, fault.details)
        said = explain_fault(manifest, fault, official)
        assert name in said or fault.reason in ("no_file", "timeout_check", "timeout_submission")
    for found in mismatches():
        assert "out" in explain_mismatch(manifest, found, official)


def test_the_first_wrong_value_is_shown_in_practice(manifest):
    said = explain_mismatch(manifest, mismatches()[4], official=False)
    assert "step 2, out[1]" in said
    assert "0.375" in said
    assert "0.5" in said


def test_no_value_is_shown_in_official_mode(manifest):
    for found in mismatches():
        said = explain_mismatch(manifest, found, official=True)
        for number in ("0.25", "0.375", "0.5", "0.75", "[1]"):
            assert number not in said


def test_how_much_is_wrong(manifest):
    *_, one, every, only = mismatches()
    for found, share in ((one, "1 of 3"), (every, "all 3"), (only, manifest.say("share_one"))):
        assert share in explain_mismatch(manifest, found, official=False)
        assert share in explain_mismatch(manifest, found, official=True)


def test_an_exceptions_text_may_hold_inputs_so_it_is_hidden(wordy):
    for fault in FAULTS:
        assert "0.25" not in explain_fault(wordy, fault, official=True)
    assert "0.25" in explain_fault(wordy, FAULTS[3], official=False)


@pytest.mark.parametrize(
    ("official", "told"),
    [(False, "file=a.py line=7 source=1 / 0"), (True, "file=arithmetic.py line=7 source=...")],
)
def test_the_students_own_line_is_shown(wordy, official, told):
    """In official mode its number alone: names and lines are made on the student's side."""
    frames = (SourceLine("a.py", 1, "f", "g(x)"), SourceLine("a.py", 7, "g", "1 / 0"))
    said = explain_fault(wordy, Crashed("double", "raised", FAULTS[3].details, frames), official)
    assert said.splitlines()[1] == f"raised_at {told}"
    missing = Missing("double", "not_implemented", FAULTS[2].details, frames)
    assert len(explain_fault(wordy, missing, official).splitlines()) == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Crashed("double", "exited", {"code": 113}), "113"),
        (Crashed("double", "killed", {"code": 113}), "113"),
        (Crashed("double", "raised", {"type": "Code113", "text": "113"}), "113"),
        (Crashed("double", "unavailable", {"package": "code113.part"}), "113"),
        (OutOfMemory("double", "memory", {"type": "MemoryError", "text": "113"}), "113"),
        (BadOutput("double", "bad_return", {"got": "tuple of 113"}), "113"),
        (Crashed("double", "raised", {"type": "ValueError", "text": "113"}), "113"),
    ],
    ids=lambda value: getattr(value, "reason", None),
)
def test_what_a_student_chose_is_told_in_practice_only(manifest, fault, told):
    fault = type(fault)(next(iter(manifest.functions)), fault.reason, fault.details)
    assert told in explain_fault(manifest, fault, official=False)
    assert told not in explain_fault(manifest, fault, official=True)


@pytest.mark.parametrize("got", [np.zeros(113), np.zeros((1, 2, 113))])
def test_a_shape_that_a_student_chose_is_told_in_practice_only(manifest, got):
    found = mismatch(got, np.zeros(3))
    assert "113" in explain_mismatch(manifest, found, official=False)
    assert "113" not in explain_mismatch(manifest, found, official=True)


def test_braces_in_what_a_student_raised_are_text(wordy):
    fault = Crashed("double", "raised", {"type": "KeyError", "text": "{0} {secret} {"})
    assert "{0} {secret} {" in explain_fault(wordy, fault, official=False)


def test_a_checks_own_words_are_taken_as_they_are(manifest):
    with pytest.raises(Mismatch) as caught:
        fail("Nothing {was} dropped.")
    for official in (False, True):
        assert explain_mismatch(manifest, caught.value, official) == "Nothing {was} dropped."


# Sources that Python cannot read.


def syntax_error(source):
    """What the student process would tell of a file that does not compile."""
    with pytest.raises((SyntaxError, ValueError)) as caught:
        compile(source, "arithmetic.py", "exec")
    error = caught.value
    line = getattr(error, "lineno", None)
    frames = (SourceLine("arithmetic.py", line, "", error.text.strip()),) if line else ()
    text = getattr(error, "msg", str(error))
    return Crashed("double", "raised", {"type": type(error).__name__, "text": text}, frames)


@pytest.fixture
def toy_manifest(toy):
    return load_manifest(toy(recorded=False).manifest)


@pytest.mark.parametrize("official", [False, True])
@pytest.mark.parametrize(
    "line",
    [
        "x = “a”",
        "x = 'a’",
        "x = d[‘a’]",
        "def g（x）: pass",
        "x = f(1，2)",
        "x = 3 − 1",
        "x = 3 – 1",
        "x =\u00a01",
        "x\u200b = 1",
        "x ＝ １",
        "x = ＂a＂",
    ],
)
def test_signs_pasted_from_a_page_are_named_with_their_line(toy_manifest, line, official):
    fault = syntax_error(f"import numpy\n\n{line}\n".encode())
    said = explain_fault(toy_manifest, fault, official)
    assert "arithmetic.py, line 3" in said
    assert "only looks like" in said


@pytest.mark.parametrize("line", ["x = (", "x = 'a", "x ==== 1", "x = 1 +  # – and “so” on"])
def test_other_mistakes_are_not_blamed_on_the_signs(toy_manifest, line):
    assert "only looks like" not in explain_fault(toy_manifest, syntax_error(line), official=False)


@pytest.mark.parametrize("official", [False, True])
@pytest.mark.parametrize(
    "source",
    [
        b"x = 1\x00",
        "x = 1\n".encode("utf-16"),
        "x = 1\n".encode("utf-16-le"),
        "x = 1\n".encode("utf-32"),
        b"x = 'caf\xe9'\n",
    ],
    ids=["NUL", "UTF-16", "UTF-16 without BOM", "UTF-32", "Latin-1"],
)
def test_a_file_in_another_encoding_is_told_with_the_way_out(toy_manifest, source, official):
    said = explain_fault(toy_manifest, syntax_error(source), official)
    assert "arithmetic.py is not saved as UTF-8" in said


def test_what_the_students_code_raises_itself_is_not_explained_so(toy_manifest):
    for kind in ("ValueError", "TypeError"):
        details = {"type": kind, "text": "invalid character '“' (U+201C)"}
        said = explain_fault(toy_manifest, Crashed("double", "raised", details), official=False)
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize("official", [False, True])
def test_a_line_of_a_notebook_is_told_by_its_cell(toy_manifest, official):
    line = SourceLine("work.py", 57, "f", "return x[5]  # code cell 3, line 2")
    fault = Crashed("double", "raised", {"type": "IndexError", "text": "secret"}, (line,))
    said = explain_fault(toy_manifest, fault, official)
    assert f"code cell 3, line 2: {'...' if official else 'return x[5]'}" in said.splitlines()
