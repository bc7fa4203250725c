"""The roster: what Excel and people make of a CSV file, and sentences for what is wrong in it."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.roster import RosterError, read_roster

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def roster(tmp_path):
    """Reads a roster from a text or bytes."""

    def read(content):
        path = tmp_path / "class.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_roster(path, BERLIN)

    return read


def test_every_column_is_read(roster):
    (ada, bob) = roster(
        "student,name,email,team,file,extension,slip_days,submitted_at,canvas_id,sis_id,login,"
        "section,participant\n"
        'ada,"Lovelace, Ada",ada@x.org,red,ada_1.zip,2026-03-05 23:59,2,2026-03-04,11,S1,al,A,'
        "Participant 77\n"
        "bob,,,,,,,,,,,,\n"
    ).students
    assert (ada.id, ada.name, ada.email, ada.team) == ("ada", "Lovelace, Ada", "ada@x.org", "red")
    assert ada.details == {
        "file": "ada_1.zip",
        "extension": "2026-03-05T22:59:00+00:00",
        "slip_days": 2,
        "submitted_at": "2026-03-04T22:59:59.999999+00:00",
        "canvas_id": "11",
        "sis_id": "S1",
        "login": "al",
        "section": "A",
        "participant": "77",
    }
    assert bob.details == {}


@pytest.mark.parametrize(
    "content",
    [
        "student,name\nada,Ada\nbob,Bøb\n",
        "student;name\r\nada;Ada\r\nbob;Bøb\r\n",
        "sep=;\r\nstudent;name\r\nada;Ada\r\nbob;Bøb\r\n",
        "student\tname\nada\tAda\nbob\tBøb",
        "\ufeffstudent,name\nada,Ada\nbob,Bøb\n",
        "student\tname\r\nada\tAda\r\nbob\tBøb\r\n".encode("utf-16"),
        "Student , Name,,\nada,Ada,,\n,,,\n\nbob,Bøb,,\n;",
        '"student","name"\r"ada","Ada"\r"bob","Bøb"\r',
    ],
)
def test_however_the_spreadsheet_wrote_it(roster, content):
    if isinstance(content, str) and content.endswith("\n;"):
        content = content[:-1]
    assert [(s.id, s.name) for s in roster(content).students] == [("ada", "Ada"), ("bob", "Bøb")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("name,email\nAda,a@x\n", r"line 1: no column is named `student`.*slip_days"),
        ("ada,Ada\nbob,Bob\n", "line 1: no column is named `student`"),
        ("student,nmae\nada,Ada\n", r"line 1: unknown column `nmae`. Known are student, name,"),
        ("student,,name\nada,,Ada\n", "line 1: unknown column ``"),
        ("student,name,name\nada,Ada,Ada\n", "line 1: the column `name` is there twice"),
        ("student\nada\n\nbob\nada\n", "line 5: `student` ada is in line 2 already"),
        ("student\nada\nADA\n", "line 3: `student` ADA is in line 2 already"),
        ("student,email\na,x@y\nb,X@y\n", "line 3: `email` X@y is in line 2 already"),
        (
            "student,file\na,x.zip\nb,x.zip\n",
            "line 3: `file` .* Students of one `team` may share it",
        ),
        ("student,name\n,Ada\n", "line 2: the cell in column `student` is empty"),
        ("student,extension\nada,3/5/2026\n", r"line 2: `extension`: '3/5/2026' is no date like"),
        ("student,extension\nada,2026-02-30\n", "line 2: `extension`: .* no calendar"),
        ("student,slip_days\nada,two\n", "line 2: `slip_days` must be 0, 1, 2"),
        ("student,slip_days\nada,-1\n", "line 2: `slip_days` must be 0, 1, 2"),
        ("student,canvas_id\nada,1.23457E+11\n", "line 2: .* Excel has shortened"),
        ("student,name\nada,Ada,oops\n", "line 2: it has 3 cells, but the first row names 2"),
        ('student,name\nada,"Ada\nbob,Bob\n', "line 2: .*quotation mark"),
        ("student\na\x07b\n", "line 2: `student` must be one line"),
        ("student,name\nada,B\xf8b\n".encode("latin-1"), r"line 2: this is not UTF-8.*CSV UTF-8"),
        (b"PK\x03\x04\0\0", "is not a CSV file"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(roster, content, told):
    with pytest.raises(RosterError, match=told):
        roster(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(RosterError, match="does not exist"):
        read_roster(tmp_path / "none.csv")
    with pytest.raises(RosterError, match="cannot be read"):
        read_roster(tmp_path)


def test_lines_are_counted_through_quoted_ones(roster):
    with pytest.raises(RosterError, match="line 4: `student` ada is in line 2"):
        roster('student,name\nada,"A\nda"\nada,Ada\n')


def test_students_are_found_by_what_they_are_known_by(roster):
    read = roster(
        "student,name,email,canvas_id\n"
        'ada,"Lovelace, Ada",Ada@x.org,11\nbo1,Bo Li,b@x.org,12\nbo2,"Bo, Li",c@x.org,ada\n'
    )
    assert read.find("ADA@x.org", "email").id == "ada"
    assert read.find(" 12 ", "email", "canvas_id").id == "bo1"
    assert read.find("lovelaceada", "name").id == "ada"
    assert read.find("boli", "name") is None, "two students have that name"
    assert read.find("ada", "student", "canvas_id").id == "ada"
    assert read.find("ada", "canvas_id", "student").id == "bo2"
    assert read.find("", "name") is None
    assert read.find("--", "name") is None


def test_accents_however_they_are_composed(roster):
    read = roster("student,name\nzo\u00eb,Zo\u00eb\n")
    assert read.find("zoe\u0308", "student").id == "zo\u00eb"
    assert read.find("ZOE\u0308", "name").id == "zo\u00eb"


def test_teams(roster):
    read = roster("student,team\na,red\nb,\nc,red\nd,\n")
    assert read.team(read.by_id["a"]) == ("a", "c")
    assert read.team(read.by_id["b"]) == ("b",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(), st.text().map(lambda t: f"student,name\n{t}".encode("utf-8", "replace")))
)
def test_whatever_is_in_the_file_is_read_or_refused_in_a_sentence(roster, content):
    try:
        students = roster(content).students
    except RosterError as error:
        students, told = (), str(error)
    else:
        told = "class.csv"
    assert "class.csv" in told
    assert all(student.id for student in students)
