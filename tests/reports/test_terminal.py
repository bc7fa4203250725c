"""The terminal report: at most 80 columns, what to fix first and why, and nothing that misleads."""

import dataclasses
import io
import re
import unicodedata
from pathlib import Path

import pytest

from grader.grading import grade
from grader.manifest import load_manifest
from grader.reports.terminal import WIDTH, Text, report, show
from grader.submission import Submission, read_submission

RERUN = "python -m grader grade --question "


@pytest.fixture
def lines_for(toy, submission, toy_files):
    """Grades the toy's right answers, some files replaced, and reports: the lines."""

    def lines_for(
        changes=(), *, project=None, official=False, questions=(), path="mine", seed=None
    ):
        project = project or toy()
        files = {**toy_files, **dict(changes)}
        files = {name: source for name, source in files.items() if source is not None}
        handed_in = dataclasses.replace(submission(files), path=Path(path))
        (graded,) = grade(project, [handed_in], official=official, seed=3, questions=questions)
        lines_for.graded = graded
        manifest = load_manifest(project.manifest)
        return list(report(graded, manifest, rerun=RERUN, seed=seed))

    return lines_for


def text_of(lines):
    return "\n".join(line.text for line in lines)


def flat(lines):
    """The text with lines joined, to look for a sentence wherever it is wrapped."""
    return " ".join(text_of(lines).split())


def columns(line):
    """How wide a line is in a terminal: Chinese letters take two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def question_line(lines, name):
    (found,) = (line for line in lines if line.text.startswith(f"  {name} "))
    return found


def wrong(body):
    """Another `double`, beside the right `halve`."""
    return {
        "arithmetic.py": f"""
def double(x):
    {body}

def halve(x, state):
    state["count"] = state.get("count", 0) + 1
    return x / 2, ("halved", x)
"""
    }


def test_everything_right(lines_for):
    lines = lines_for()
    assert lines[0].text.startswith("A toy assignment · practice · ")
    assert question_line(lines, "double") == Text("  double    ██████████    40/40  ", "good")
    assert any(line.text.split() == ["100/100", "+7"] for line in lines)
    assert lines[-1] == Text("Everything passes. Well done.", "good")
    assert "fix this first" not in text_of(lines)


def test_nothing_there(lines_for):
    lines = lines_for(dict.fromkeys(["arithmetic.py", "backward.py", "more.py"]))
    for name, points in {"double": "0/40", "halve": "0/30", "triple": "0/7"}.items():
        line = question_line(lines, name).text
        assert points in line
        assert "░" * 10 in line
        assert line.endswith("not started")
    assert question_line(lines, "unhalve").text.endswith("waiting for halve")
    assert question_line(lines, "together").text.endswith("waiting for double, halve")
    assert "fix this first" not in text_of(lines)
    assert "Start with double in " in flat(lines)


def test_the_next_thing_to_write(lines_for):
    lines = lines_for({"backward.py": None, "more.py": None})
    assert "Start with unhalve in " in flat(lines)
    assert "backward.py" in flat(lines)
    assert "again:" not in text_of(lines)


def test_the_first_question_that_fails_is_to_be_fixed_first(lines_for):
    changes = {**wrong("return 2.5 * x"), "more.py": "def triple(x):\n    return x\n"}
    lines = lines_for(changes)
    assert question_line(lines, "double").text.endswith("fix this first")
    assert question_line(lines, "triple").style == "bad"
    assert text_of(lines).count("fix this first") == 1
    assert question_line(lines, "together").text.endswith("waiting for double")
    text = text_of(lines)
    assert text.index("\ndouble: ") < text.index("\ntriple: ")
    assert text.count("again: ") == 1
    assert f"again: {RERUN}double" in text


def test_the_bar_shows_the_share(lines_for):
    partly = wrong("x *= 2; return x")  # right, but x is modified: 8 of 40 points
    lines = lines_for(partly)
    line = question_line(lines, "double").text
    assert "████████░░    32/40" in line


def test_a_message_says_what_was_measured_and_what_to_try(lines_for):
    text = flat(lines_for(wrong("return 2.5 * x")))
    assert re.search(
        r"double: twice as much comes back call 1, y\[\d\]: got \S+, expected \S+", text
    )
    assert "Two of them." in text  # the hint
    assert "Also failing" not in text


def test_a_known_mistake_takes_the_place_of_the_hint(lines_for):
    text = flat(lines_for(wrong("return x * x")))
    assert "Exactly what you get when the input is squared." in text
    assert "Try it with 3." in text
    assert "Two of them." not in text


def test_other_failures_of_the_question_are_folded(lines_for):
    text = flat(lines_for(wrong("return 2 * x + 1")))
    assert "Also failing, perhaps for the same reason: doubles nothing" in text


def test_what_the_code_printed_is_shown_under_the_failure(lines_for):
    text = text_of(lines_for(wrong("print('x is', x.shape); return 3 * x")))
    assert "  what your code printed:\n    x is (5,)" in text
    right = lines_for(wrong("print('x is', x.shape); return 2 * x"))
    assert "x is" not in text_of(right)


def test_long_output_is_cut(lines_for):
    lines = lines_for(wrong("print('word ' * 60, *range(500), sep='\\n'); return 3 * x"))
    shown = [line for line in lines if line.style == "dim" and line.text.startswith("    ")]
    assert len(shown) == 10
    assert all(len(line.text) <= WIDTH for line in shown)


def test_only_the_questions_asked_for_are_shown(lines_for):
    lines = lines_for(questions=("together",))
    assert "10/10" in question_line(lines, "together").text
    assert "halve" not in text_of(lines)


def test_official_reports_show_no_values_and_no_output(lines_for):
    """What a class is graded with must not reach those who are graded again tomorrow."""
    body = "print('seen', x); y = 2.5 * x; return y"
    lines = lines_for(wrong(body), official=True, seed=77)
    text = text_of(lines)
    assert "seed 77" in text
    assert "official" in lines[0].text
    assert "differs from the reference" in text
    (outcome,) = (o for o in lines_for.graded.outcomes if o.spec.name == "doubles")
    assert "seen" in outcome.printed
    for secret in ("seen", "got ", "expected", "what your code printed"):
        assert secret not in text.replace("what you get", "")


@pytest.mark.parametrize("body", ["raise ValueError(repr(x))", "return [x]", "return x[:1] / 0"])
def test_official_reports_of_other_failures_hold_no_number_of_the_input(lines_for, body):
    text = text_of(lines_for(wrong(body), official=True))
    assert not re.search(r"\d\.\d{4,}", text)


def test_a_refused_submission_says_why(lines_for, toy, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "more.py").symlink_to("/etc/hostname")
    project = toy()
    (graded,) = grade(project, [read_submission(tmp_path / "mine")])
    lines = list(report(graded, load_manifest(project.manifest), rerun=RERUN))
    assert (
        Text(
            "  The submission cannot be read: more.py is a link. Hand in the file itself in", "bad"
        )
        in lines
    )


def test_the_graders_own_fault_withholds_the_score(lines_for, toy):
    project = toy()
    (project.expected / "triple.frame").write_bytes(
        (project.expected / "unhalve.frame").read_bytes().replace(b"goes_back", b"triples\x20\x20")
    )
    checks = project.checks / "test_toy.py"
    checks.write_text(checks.read_text().replace("reference.double(x)", "1 / 0"))
    text = flat(lines_for(project=project, questions=("double",)))
    assert "?/40" in text
    assert "Score withheld: the grader itself failed (1 of the checks)" in text
    assert "Everything passes" not in text


def test_how_long_ago_it_was_saved(lines_for, toy, submission, toy_files, monkeypatch):
    handed_in = submission(toy_files)
    project = toy()
    manifest = load_manifest(project.manifest)
    for seconds, told in {
        0: "0 s",
        59: "59 s",
        150: "2 min",
        7300: "2 h",
        200_000: "2 days",
    }.items():
        saved = dict.fromkeys(handed_in.saved_at, 1_000_000.0)
        (graded,) = grade(
            project, [dataclasses.replace(handed_in, saved_at=saved)], questions=("triple",)
        )
        monkeypatch.setattr("grader.reports.terminal.time.time", lambda s=seconds: 1_000_000.0 + s)
        assert f"saved {told} ago)" in flat(report(graded, manifest, rerun=RERUN))


# 80 columns.


def assert_narrow(lines):
    wide = [line.text for line in lines if columns(line.text) > WIDTH and "again:" not in line.text]
    assert wide == []


@pytest.mark.parametrize("official", [False, True], ids=["practice", "official"])
def test_no_line_is_wider_than_80_columns(toy, submission, official):
    bodies = [
        "return 2.5 * x",
        "return x * x",
        "raise ValueError('word ' * 100)",
        "raise ValueError('x' * 1000)",
        "raise type('Very' * 40 + 'Long', (Exception,), {})('')",
        "print('x' * 1000); return 3 * x",
        "print('a\\tb\\t' * 100); return 3 * x",
        "return " + "+".join(["x"] * 100),
    ]
    project = toy()
    handed_in = [
        dataclasses.replace(submission(wrong(body)), path=Path("mine"), id=body) for body in bodies
    ]
    manifest, seen = load_manifest(project.manifest), []
    for graded in grade(project, handed_in, official=official, seed=3):
        seen.append(graded.submission.id)
        assert_narrow(report(graded, manifest, rerun=RERUN, seed=2**128 - 1))
    assert seen == bodies


@pytest.mark.xfail(strict=True, reason="letters are counted, not columns")
@pytest.mark.parametrize(
    "body", ["raise ValueError('大' * 200)", "print('大' * 200); return 3 * x"]
)
def test_wide_letters_count_twice(lines_for, body):
    assert_narrow(lines_for(wrong(body)))


def test_a_long_path_is_no_wider(lines_for, tmp_path):
    path = tmp_path.joinpath(*["a rather long name of a folder"] * 4)
    assert_narrow(lines_for(path=path))


def test_a_long_path_of_a_file_to_start_with(lines_for, tmp_path):
    path = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 4)
    lines = lines_for({"more.py": None}, path=path)[1:]
    assert "Start with triple" in text_of(lines)
    assert_narrow(lines)


# Control characters.


@pytest.mark.parametrize(
    "body",
    [
        "print('\\x1b[2J\\x1b[1;1H', 'a\\rb', '\\x07\\x08\\u202e\\x9b', 'fine'); return 3 * x",
        pytest.param(
            "raise ValueError('\\x1b[2J \\x9b31m \\u202e fine')",
        ),
        pytest.param(
            "raise type('\\x1b[2J fine', (Exception,), {})",
        ),
    ],
    ids=["printed", "raised", "an exception's name"],
)
def test_nothing_that_steers_the_terminal_gets_through(lines_for, body):
    text = text_of(lines_for(wrong(body)))
    assert "fine" in text
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


# Encodings.


class Terminal(io.TextIOWrapper):
    """Standard output of some encoding; its content as read there."""

    def __init__(self, encoding):
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n", write_through=True)

    def shown(self):
        return self.buffer.getvalue().decode(self.encoding)


LINES = [
    Text("Descent · practice", "title"),
    Text("  adam  ██▋░░  4/15", "bad"),
    Text("größer 大 ∇"),
]


def test_glyphs_where_the_encoding_has_them():
    terminal = Terminal("utf-8")
    show(LINES, terminal)
    assert terminal.shown() == "Descent · practice\n  adam  ██▋░░  4/15\ngrößer 大 ∇\n"


@pytest.mark.parametrize(
    ("encoding", "last"),
    [
        ("ascii", "gr??er ? ?"),
        ("cp1252", "größer ? ?"),
        ("cp437", "größer ? ?"),
        ("latin-1", "größer ? ?"),
    ],
)
def test_plain_signs_where_it_has_not(encoding, last):
    terminal = Terminal(encoding)
    show(LINES, terminal)
    assert terminal.shown() == f"Descent - practice\n  adam  ###..  4/15\n{last}\n"


def test_a_stream_without_an_encoding():
    stream = io.StringIO()
    show(LINES, stream)
    assert stream.getvalue().isascii()


def test_half_of_a_letter_in_a_path():
    """A file name that is not valid in the file system's encoding."""
    terminal = Terminal("utf-8")
    show([Text("Descent · practice · caf\udce9")], terminal)
    assert terminal.shown() == "Descent - practice - caf?\n"


def test_square_brackets_are_no_markup():
    terminal = Terminal("utf-8")
    show([Text("next_w[2, 3] of [bold]your[/bold] w :smile:")], terminal)
    assert terminal.shown() == "next_w[2, 3] of [bold]your[/bold] w :smile:\n"


def test_long_commands_are_not_broken():
    terminal = Terminal("utf-8")
    line = "  again: make grade SUBMISSION=" + "x" * 200
    show([Text(line)], terminal)
    assert terminal.shown() == line + "\n"


def test_a_result_without_files(toy):
    """A class grades what is not on this machine's disk."""
    project = toy()
    (graded,) = grade(project, [Submission("s", Path("mine"), {})])
    lines = list(report(graded, load_manifest(project.manifest), rerun=RERUN))
    assert lines[0].text == "A toy assignment · practice · mine"
