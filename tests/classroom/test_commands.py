"""The commands for a class, as an instructor types them."""

import csv
import io
import json
import sys
from xml.etree import ElementTree as ET

import pytest

from grader.classroom import commands, review_commands
from grader.classroom.gradebook import Gradebook
from grader.classroom.handed_in import LayoutError
from grader.classroom.stopping import Stopped
from grader.commands import DONE, UsageError
from grader.errors import sentence_and_code
from grader.project import find_project

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="confined on Linux only"
)


@pytest.fixture
def here(toy, write_class, monkeypatch, tmp_path):
    monkeypatch.chdir(toy().root)
    write_class(ann={}, bob={})
    return tmp_path


def test_a_class_is_graded_and_reported(here, capsys):
    book = here / "gradebook.db"
    assert commands.grade_command(here / "class", book, workers=1, quiet=True) == DONE
    told = capsys.readouterr().out
    assert "2 submissions graded now (2 with full marks, 0 with less" in told
    assert commands.grade_command(here / "class", book, workers=1, quiet=True) == DONE
    assert "0 submissions graded now" in capsys.readouterr().out
    with Gradebook(book) as opened:
        assert len(opened.runs()) == 1
        assert opened.runs()[0].seed >> 64, "the seed must be too long to be guessed"
    assert commands.report_command(book, here / "pages") == DONE
    assert "ann" in (here / "pages" / "class.html").read_text()
    assert "show what students may see" not in capsys.readouterr().out
    manifest = here / "toy" / "assignment" / "questions.toml"
    manifest.write_text(manifest.read_text() + '\n[class]\nvisibility = "hidden"\n')
    assert commands.report_command(book, here / "pages") == DONE
    assert "show what students may see" in capsys.readouterr().out
    assert len(list((here / "pages" / "staff").iterdir())) == 2


def export(here, format, **options):
    chosen = {"beside": None, "column": "", "out": None, **options}
    return commands.export_command(format, here / "gradebook.db", **chosen)


def test_grades_leave_in_every_format(here, capsys):
    commands.grade_command(here / "class", here / "gradebook.db", workers=1, quiet=True)
    capsys.readouterr()
    assert export(here, "csv") == DONE
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["student"] for row in rows] == ["ann", "bob"]
    assert export(here, "json", out=here / "grades.json") == DONE
    assert "2 grades" in capsys.readouterr().out
    assert json.loads((here / "grades.json").read_text())
    assert export(here, "junit") == DONE
    assert ET.fromstring(capsys.readouterr().out).tag == "testsuites"
    sheet = here / "canvas.csv"
    sheet.write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Toy (12)\n"
        "    Points Possible,,,,,100\n"
        "Ann,1,,ann,A,\nBob,2,,bob,A,\n"
    )
    assert export(here, "canvas", beside=sheet, column="Toy (12)") == DONE
    assert "Ann,1,,ann,A,100.00" in capsys.readouterr().out
    for format, why in (("canvas", "--into"), ("moodle", "--into"), ("excel", "There are")):
        with pytest.raises(UsageError, match=why):
            export(here, format)


def test_the_gradebook_is_never_written_over(here):
    book = here / "gradebook.db"
    commands.grade_command(here / "class", book, workers=1, quiet=True)
    link = here / "link.csv"
    link.symlink_to(book)
    before = book.read_bytes()
    for out in (book, here / "class" / ".." / "gradebook.db", link):
        with pytest.raises(UsageError, match="is the gradebook itself"):
            export(here, "csv", out=out)
        with pytest.raises(UsageError, match="is the gradebook itself"):
            review_commands.diff_command(book, out=out)
    assert book.read_bytes() == before


def test_options_that_a_format_has_not_are_refused(here):
    sheet = here / "sheet.csv"
    for format, options in {
        "csv": {"beside": sheet},
        "json": {"column": "x"},
        "moodle": {"beside": sheet, "column": "x"},
    }.items():
        with pytest.raises(UsageError, match="leave them out"):
            export(here, format, **options)


def test_a_reason_may_hold_any_bytes(here):
    book = here / "gradebook.db"
    commands.grade_command(here / "class", book, workers=1, quiet=True)
    commands.regrade_command(book, students=("ann",), reason="\udcff?", workers=1, quiet=True)
    with Gradebook(book) as opened:
        assert [run.reason for run in opened.runs()] == ["grade", "??"]


def test_rules_that_change_after_grading_are_followed(here, capsys):
    roster = here / "roster.csv"
    roster.write_text("student,submitted_at\nann,2026-03-02 10:00\nbob,2026-02-27 10:00\n")
    book = here / "gradebook.db"
    commands.grade_command(here / "class", book, roster=roster, workers=1, quiet=True)
    manifest = find_project().manifest
    manifest.write_text(manifest.read_text() + "\n[class]\ndue = 2026-03-01\nlate_points = 10.0\n")
    capsys.readouterr()
    assert export(here, "csv") == DONE
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["score"], row["total"]) for row in rows] == [("100.00", "90.00"), ("100.00",) * 2]
    commands.report_command(book, here / "pages")
    assert ">90</td>" in (here / "pages" / "class.html").read_text()


def test_who_of_the_roster_handed_in_nothing_is_told(here, capsys):
    roster = here / "roster.csv"
    roster.write_text("student\nann\nbob\ncy\n" + "".join(f"x{i:02}\n" for i in range(20)))
    book = here / "gradebook.db"
    commands.grade_command(here / "class", book, roster=roster, workers=1, quiet=True)
    told = capsys.readouterr()
    assert "gradebook.db holds work of 2 students." in told.out
    assert "21 students of the roster handed in nothing: cy, x00, x01," in told.err
    assert told.err.endswith("x08, 11 more.\n")
    export(here, "csv", out=here / "grades.csv")
    assert "2 grades are in" in capsys.readouterr().out, "and 21 rows without one"


def test_progress_is_shown_unless_it_is_not_wanted(here, capsys):
    commands.grade_command(here / "class", here / "book.db", workers=1)
    assert "2/2" in capsys.readouterr().err


def test_an_interruption_says_how_to_go_on(here, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.grading, "grade_all", interrupted)
    with pytest.raises(Stopped, match="the same command goes on") as caught:
        commands.grade_command(here / "class", here / "book.db", quiet=True)
    assert sentence_and_code(caught.value) == (str(caught.value), 130)


def test_wrong_usage_is_a_sentence(here):
    with pytest.raises(LayoutError, match="nothing"):
        commands.grade_command(here / "nothing", here / "book.db")
    with pytest.raises(UsageError, match="does not exist"):
        export(here, "csv")
    with pytest.raises(UsageError, match="does not exist"):
        commands.report_command(here / "book.db", here / "pages")
    (here / "there").mkdir()
    with pytest.raises(LayoutError, match="is empty"):
        commands.grade_command(here / "there", here / "book.db")
    assert not (here / "book.db").exists()
    with pytest.raises(UsageError, match="is a folder"):
        commands.report_command(here / "there", here / "pages")
