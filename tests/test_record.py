"""Recording: what practice mode replays, taken from the solutions, the checks and the mistakes."""

import numpy as np
import pytest

from grader import recordings
from grader.manifest import load_manifest
from grader.record import SAME, record
from grader.reference import OracleError, load_solutions

CALLS = ("doubles", "halves_and_counts", "goes_back", "triples")


@pytest.fixture
def recorded(toy):
    """Records a toy assignment, any part of which can be replaced."""

    def run(**parts):
        project = toy(recorded=False, **parts)
        return record(project, load_manifest(project.manifest))

    return run


def one_check(body, question="double"):
    """The toy's checks, with one of them replaced."""
    names = ("double", "halve", "unhalve", "together", "triple")
    others = "".join(
        f'@check("{name}")\ndef test_{name}(student):\n    """It is there."""\n'
        for name in names
        if name != question
    )
    return f"""
import numpy as np
from grader.compare import assert_close
from grader.plugin import check

{others}

@check("{question}")
def test_this(student, reference, rng):
    \"\"\"This is right.\"\"\"
    {body}
"""


def test_every_question_has_a_recording_and_every_check_a_tape(recorded):
    found = recorded()
    assert list(found) == ["double", "halve", "unhalve", "together", "triple"]
    tapes = {name: tape for recording in found.values() for name, tape in recording.tapes.items()}
    for name in CALLS:
        assert tapes[name].draws, name
        assert tapes[name].answers, name
    assert tapes["leaves_x_alone"].answers == []
    # It draws nothing and asks nothing: whether it has a tape makes no difference.
    assert tapes.get("doubles_nothing", recordings.Tape()) == recordings.Tape()


def test_answers_are_those_of_the_solutions(recorded, toy):
    tape = recorded()["double"].tapes["doubles"]
    double = load_solutions(toy(recorded=False), load_manifest(toy(recorded=False).manifest))
    assert len(tape.draws) == len(tape.answers) == 2
    for drawn, answer in zip(tape.draws, tape.answers, strict=True):
        assert answer["changed"] == []
        np.testing.assert_array_equal(answer["items"][0], double["double"](drawn))


def test_what_stays_with_the_student_is_not_recorded_and_what_changes_is(recorded):
    answers = recorded()["halve"].tapes["halves_and_counts"].answers
    assert [answer["items"][1] for answer in answers] == [None] * 3
    assert [answer["changed"] for answer in answers] == [[[1, {"count": n}]] for n in (1, 2, 3)]


def test_two_recordings_are_the_same_bytes(recorded):
    first, second = recorded(), recorded()
    for question, recording in first.items():
        assert recordings.pack(recording) == recordings.pack(second[question])


def test_a_recording_survives_its_file(recorded, tmp_path):
    for question, recording in recorded().items():
        path = tmp_path / f"{question}.frame"
        path.write_bytes(recordings.pack(recording))
        assert recordings.differences(recordings.read(path), recording, SAME) == []


def test_mistakes_carry_what_they_give_where_they_fail_first(recorded):
    found = recorded()
    (squared,) = found["double"].mistakes
    assert squared.id == "double-of-the-square"
    assert squared.function == "double"
    assert squared.follow_through is False
    assert squared.cause == "the input is squared"
    assert "Seen" not in squared.advice
    # It leaves zeros alone and its input, so those checks hold no witness.
    assert list(squared.witnesses) == ["doubles"]
    witness, tape = squared.witnesses["doubles"], found["double"].tapes["doubles"]
    assert witness.position == 0
    np.testing.assert_array_equal(witness.got, tape.draws[0] ** 2)

    (by_three,) = found["halve"].mistakes
    assert by_three.follow_through is True


THREE_WRONG = '''
def double_and_one(x):
    """one is added.

    Try it with 0.

    Seen: here.
    """
    y = 2 * x
    return y + 1

def double_of_nothing(x):
    """nothing is doubled.

    Try it with 1.

    Seen: here.
    """
    y = 0 * x
    return y

def double_without_signs(x):
    """signs are lost.

    Try it with -1.

    Seen: here.
    """
    x = abs(x)
    y = 2 * x
    return y

WRONG_ANSWERS = {"double": [double_and_one, double_of_nothing, double_without_signs]}
'''


def test_pairs_are_recorded_where_no_single_mistake_gives_the_same(recorded, toy_files):
    source = toy_files["arithmetic.py"].replace("return 2 * x", "y = 2 * x\n    return y", 1)
    files = {**toy_files, "arithmetic.py": source}
    found = recorded(solutions=files, wrong_answers=THREE_WRONG)
    # All draws are positive: without signs, nothing changes.
    (pair,) = found["double"].pairs
    assert pair.id == "double-and-one+double-of-nothing"
    assert pair.witnesses["doubles"].got.tolist() == [1.0] * 5
    # There both give what one of them gives.
    alone = pair.first.witnesses["doubles_nothing"]
    assert pair.witnesses["doubles_nothing"] is alone
    assert all(recording.pairs == [] for name, recording in found.items() if name != "double")


def test_mistakes_leave_no_trace_on_the_tape(recorded):
    found = recorded()
    without = recorded(wrong_answers="WRONG_ANSWERS = {}\n")
    for question, recording in found.items():
        mine, theirs = (
            recordings.Recording(source.tapes) for source in (recording, without[question])
        )
        assert recordings.differences(mine, theirs, 0.0) == []


def test_a_random_result_is_no_witness(recorded):
    """Dropout with a mistake gives something else at every build."""
    found = recorded(
        wrong_answers='''
import numpy as np

def double_at_random(x):
    """the factor is random.

    Call it twice.

    Seen: here.
    """
    return x * np.random.default_rng().random()

WRONG_ANSWERS = {"double": [double_at_random]}
'''
    )
    (mistake,) = found["double"].mistakes
    assert mistake.witnesses == {}


def test_a_mistake_that_raises_is_known_by_its_exception(recorded):
    """Its type and text; numbers in it may depend on the inputs."""
    found = recorded(
        wrong_answers='''
def double_not_at_all(x):
    """it divides by zero.

    Divide by one.

    Seen: here.
    """
    return x / (0 * len(x) or [])

WRONG_ANSWERS = {"double": [double_not_at_all]}
'''
    )
    (mistake,) = found["double"].mistakes
    assert list(mistake.witnesses) == ["doubles", "doubles_nothing", "leaves_x_alone"]
    for witness in mistake.witnesses.values():
        assert (witness.position, witness.got.size) == (0, 0)
        assert witness.fault.startswith("double: ValueError: operands could not be broadcast")
        assert "(#,)" in witness.fault
        assert not any(character.isdigit() for character in witness.fault)


# Accepted variants.

BY_SQUARES = '''
def double_and_a_bit(x):
    """A bit more. Accepted."""
    return 2 * x + x * x / 100

def triple_as_ever(x):
    """In another way. Accepted."""
    return x + x + x

ACCEPTED_VARIANTS = {"double": [double_and_a_bit], "triple": [triple_as_ever]}
'''


@pytest.fixture
def with_variants(recorded, toy_checks):
    """Records the toy with variants and with checks that leave them their form."""
    checks = toy_checks.replace(
        "def test_stays_the_same(student, rng)", "def test_stays_the_same(student, reference, rng)"
    ).replace(
        'assert_close(student.double(y), x, what="y")',
        'assert_close(student.double(y), reference.double(x / 2), what="y")',
    )
    return lambda variants=BY_SQUARES: recorded(checks=checks, variants=variants)


def test_a_variants_answers_are_recorded_where_they_differ(with_variants):
    found = with_variants()
    (variant,) = found["double"].variants
    assert variant == recordings.Variant("double-and-a-bit", "double", "A bit more. Accepted.")
    for question, name in (("double", "doubles"), ("together", "stays_the_same")):
        tape = found[question].tapes[name]
        assert list(tape.variants) == ["double-and-a-bit"]
        x = tape.draws[0] / (1 if question == "double" else 2)
        (got,) = tape.variants["double-and-a-bit"][0]["items"]
        np.testing.assert_allclose(got, 2 * x + x * x / 100, rtol=1e-12)
        assert len(tape.variants["double-and-a-bit"]) == len(tape.answers)
    assert found["double"].tapes["leaves_x_alone"].variants == {}
    assert found["unhalve"].tapes["goes_back"].variants == {}
    assert [variant.id for variant in found["triple"].variants] == ["triple-as-ever"]
    assert found["triple"].tapes["triples"].draws
    assert found["together"].variants == found["halve"].variants == []


def test_variants_leave_no_trace_on_the_tape(with_variants):
    found, without = with_variants(), with_variants("")
    for question, recording in found.items():
        for name, tape in recording.tapes.items():
            plain = recordings.Recording({"": recordings.Tape(tape.draws, tape.answers)})
            other = recordings.Recording({"": without[question].tapes[name]})
            assert recordings.differences(plain, other, 0.0) == []


def test_a_variant_that_no_check_of_its_own_form_accepts_is_refused(with_variants):
    """No student who has it could pass: here, twice nothing is not nothing."""
    told = "the accepted variant double-and-a-bit fails.*double: doubles_nothing: .*value"
    with pytest.raises(OracleError, match=told):
        with_variants(BY_SQUARES.replace("return 2 * x +", "return 1.0 + 2 * x +"))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("assert_close(student.double(np.ones(2)), np.ones(2), what='y')", "got 2"),
        ("raise ValueError('out of paper')", "out of paper"),
        ("student.double(None)", "double"),
    ],
    ids=["fails it", "crashes it", "crashes in it"],
)
def test_a_solution_that_fails_its_own_check_is_refused(recorded, body, told):
    with pytest.raises(OracleError, match="the solution fails its own check: double: this") as hit:
        recorded(checks=one_check(body))
    assert told in str(hit.value)


def test_what_a_file_cannot_hold_is_refused(recorded):
    with pytest.raises(OracleError, match="double: this"):
        recorded(checks=one_check("reference.computed(lambda functions: object())"))


def test_a_missing_solution_is_named(toy, toy_files):
    del toy_files["more.py"]
    project = toy(recorded=False, solutions=toy_files)
    with pytest.raises(OracleError, match=r"more\.py does not exist"):
        record(project, load_manifest(project.manifest))


def test_recordings_of_the_real_project_hold_no_code(recorded_project, manifest):
    """Outputs only: what is shipped to students answers nothing that is not asked."""
    lines = {
        line.strip().encode()
        for name in manifest.files
        for line in (recorded_project.solutions / name).read_text().splitlines()
        if len(line.strip()) > 30 and "=" in line and "`" not in line
    }
    assert len(lines) > 10
    for question in manifest.questions:
        for path_of in (recordings.path_of, recordings.pairs_path_of):
            content = path_of(recorded_project.expected, question.name).read_bytes()
            assert not [line for line in lines if line in content]
