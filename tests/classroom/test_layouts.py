"""Whose a submission is, in every layout in which a class can come."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from grader.classroom.handed_in import LayoutError
from grader.classroom.layouts import find_submissions
from grader.classroom.roster import read_roster

CODE = "def double(x):\n    return 2 * x\n"


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Makes a class's folder of files: `folder({"ada/optim.py": CODE, ...})`."""

    def make(files):
        root = tmp_path / "class"
        root.mkdir()
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make


@pytest.fixture
def roster(tmp_path):
    def make(text):
        path = tmp_path / "roster.csv"
        path.write_text(text, encoding="utf-8")
        return read_roster(path)

    return make


def students(findings):
    return [one.student for one in findings.found]


def unmatched(findings):
    return {one.name: one.why for one in findings.unmatched}


def files_of(findings):
    return {one.student: sorted(one.read().files) for one in findings.found}


# One for each student.


def test_a_folder_or_archive_or_notebook_for_each(folder):
    findings = find_submissions(
        folder(
            {
                "ada/optim.py": CODE,
                "bob.zip": packed(optim=CODE),
                "cleo.tar.gz": b"",
                "dan.ipynb": b"{}",
                ".DS_Store": b"",
                "__MACOSX/ada/optim.py": CODE,
                "Thumbs.db": b"",
                "desktop.ini": b"",
                ".git/config": b"",
                "~$roster.xlsx": b"",
            }
        )
    )
    assert students(findings) == ["ada", "bob", "cleo", "dan"]
    assert findings.unmatched == []
    assert all(one.submitted_at is None and one.team == (one.student,) for one in findings.found)
    assert findings.found[0].read().files == {"optim.py": CODE.encode()}
    assert findings.found[0].read().id == "ada"


def test_what_is_no_submission_is_named(folder):
    findings = find_submissions(folder({"ada/a.py": CODE, "b.py": CODE, "grades.csv": "x"}))
    assert students(findings) == ["ada"]
    told = unmatched(findings)
    assert "not whose it is" in told["b.py"]
    assert "no folder, archive or notebook" in told["grades.csv"]


def test_a_roster_maps_what_lies_there_to_students(folder, roster):
    read = roster(
        "student,name,email,login,file,participant\n"
        "s1,Ada,ada@x.org,al,,\ns2,Bob,,,homework (2).zip,\ns3,Cleo,,,,\n"
        "s4,Dan,,,solo.py,\ns5,,,,,77\n"
    )
    findings = find_submissions(
        folder(
            {
                "AL/optim.py": CODE,
                "homework (2).zip": packed(optim=CODE),
                "Cleo/optim.py": CODE,
                "solo.py": CODE,
                "E F_77/optim.py": CODE,
                "mallory/optim.py": CODE,
            }
        ),
        read,
    )
    assert {one.student: one.source for one in findings.found} == {
        "s1": "AL",
        "s2": "homework (2).zip",
        "s3": "Cleo",
        "s4": "solo.py",
        "s5": "E F_77",
    }
    assert unmatched(findings) == {"mallory": "the roster has no student of that name"}
    assert files_of(findings)["s4"] == ["solo.py"]


def test_a_team_hands_in_one_submission(folder, roster):
    read = roster("student,team,file\na,red,red.zip\nb,,\nc,red,red.zip\nd,blue,\ne,blue,\n")
    findings = find_submissions(
        folder({"red.zip": packed(x=CODE), "b/x.py": CODE, "e/x.py": CODE}), read
    )
    assert [(one.student, one.source, one.team) for one in findings.found] == [
        ("a", "red.zip", ("a", "c")),
        ("b", "b", ("b",)),
        ("c", "red.zip", ("a", "c")),
        ("d", "e", ("d", "e")),
        ("e", "e", ("d", "e")),
    ]


def test_times_that_only_the_roster_knows(folder, roster):
    read = roster("student,submitted_at\na,2026-03-01 10:00Z\nb,\n")
    a, b = find_submissions(folder({"a/x.py": CODE, "b/x.py": CODE}), read).found
    assert a.submitted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert b.submitted_at is None


def test_a_folder_that_holds_only_an_archive(folder):
    findings = find_submissions(
        folder(
            {
                "ada/my work.zip": packed(optim=CODE),
                "bob/old.zip": packed(optim=CODE),
                "bob/new.zip": packed(optim=CODE),
                "cleo/x.py": CODE,
                "cleo/x.zip": packed(optim=CODE),
            }
        )
    )
    assert files_of(findings) == {"ada": ["optim.py"], "bob": [], "cleo": ["x.py"]}
    assert unmatched(findings) == {
        "bob": "it holds several archives, so none is graded: new.zip, old.zip"
    }


def test_a_single_submission_is_no_class(folder, tmp_path):
    with pytest.raises(LayoutError, match="single submission"):
        find_submissions(folder({"optim.py": CODE, "dropout.py": CODE}))
    with pytest.raises(LayoutError, match="cannot be read"):
        find_submissions(tmp_path / "none")
    (tmp_path / "x.zip").write_bytes(b"")
    with pytest.raises(LayoutError, match="Unpack it"):
        find_submissions(tmp_path / "x.zip")


@pytest.mark.parametrize("names", [{}, {".DS_Store": ""}])
def test_an_empty_folder_is_told(folder, names):
    with pytest.raises(LayoutError, match="is empty"):
        find_submissions(folder(names))


# Gradescope.

GRADESCOPE = """---
submission_11:
  :submitters:
  - :name: Ada L
    :sid: 'S1'
    :email: ada@x.org
  :created_at: 2026-03-01 07:06:13.466438000 Z
submission_12:
  :submitters:
  - :name: Bob
    :sid: 'S2'
    :email: bob@x.org
  - :name: Cleo
    :sid:
    :email: cleo@x.org
  :created_at: 2026-03-02 07:06:13.000000000 Z
submission_13:
  :submitters:
  - :name: Gone
    :email: gone@x.org
"""


@pytest.mark.parametrize("root", ["", "assignment_1_export/"])
def test_a_gradescope_export(folder, root):
    findings = find_submissions(
        folder(
            {
                f"{root}submission_metadata.yml": GRADESCOPE,
                f"{root}submission_11/optim.py": CODE,
                f"{root}submission_12/optim.py": CODE,
                f"{root}submission_99/optim.py": CODE,
            }
        )
    )
    assert findings.layout == "Gradescope"
    assert students(findings) == ["ada@x.org", "bob@x.org", "cleo@x.org"]
    ada, bob, cleo = findings.found
    assert ada.submitted_at == datetime(2026, 3, 1, 7, 6, 13, 466438, tzinfo=UTC)
    assert (ada.name, ada.identifiers) == ("Ada L", {"email": "ada@x.org", "sis_id": "S1"})
    assert bob.team == cleo.team == ("bob@x.org", "cleo@x.org")
    assert bob.source == cleo.source == "submission_12"
    assert "does not say who" in unmatched(findings)["submission_99"]
    assert "folder is missing" in unmatched(findings)["submission_13"]


def test_a_gradescope_export_with_a_roster(folder, roster):
    read = roster("student,name,email,sis_id\nal,,ADA@x.org,\nbb,,,S2\nmm,,,\n")
    findings = find_submissions(
        folder(
            {
                "submission_metadata.yml": GRADESCOPE,
                "submission_11/optim.py": CODE,
                "submission_12/optim.py": CODE,
            }
        ),
        read,
    )
    assert students(findings) == ["al", "bb"]
    assert unmatched(findings)["submission_12"] == "Cleo is not in the roster"


# Canvas.

CANVAS = {
    "lovelaceada_11_501_optim.py": "old = 1",
    "lovelaceada_11_502_optim-1.py": "old = 2",
    "lovelaceada_11_503_optim-10.py": "new = 3",
    "lovelaceada_11_504_dropout.py": CODE,
    "lovelaceada_11_505_report.pdf": b"",
    "libo_LATE_12_601_my_work.zip": packed(optim=CODE),
    "libo_LATE_12_602_my_work-2.zip": packed(other=CODE),
    "curiemarie_13_701_a.zip": packed(a=CODE),
    "curiemarie_13_702_b.zip": packed(b=CODE),
    "turingalan_14_text.html": b"<p>",
    "noetheremmy_15_801_lab_2_3_x.ipynb": b"{}",
    "noetheremmy_15_802_code.tar.gz": b"",
}


def test_a_canvas_download(folder):
    findings = find_submissions(folder(CANVAS))
    assert findings.layout == "Canvas"
    assert students(findings) == ["11", "12", "15"]
    ada, li, noether = findings.found
    assert (ada.name, ada.identifiers) == ("lovelaceada", {"canvas_id": "11"})
    assert ada.read().files == {"optim.py": b"new = 3", "dropout.py": CODE.encode()}
    assert not ada.marked_late
    assert li.marked_late
    assert list(li.read().files) == ["other.py"]
    assert noether.path.name == "noetheremmy_15_802_code.tar.gz"
    assert unmatched(findings) == {
        "lovelaceada_11_501_optim.py": "a later upload replaced it",
        "lovelaceada_11_502_optim-1.py": "a later upload replaced it",
        "lovelaceada_11_505_report.pdf": "it is no Python file, archive or notebook",
        "libo_LATE_12_601_my_work.zip": "a later upload replaced it",
        "curiemarie_13_701_a.zip": "one student has several: a.zip, b.zip; keep one",
        "curiemarie_13_702_b.zip": "one student has several: a.zip, b.zip; keep one",
        "turingalan_14_text.html": "text typed in the browser is not graded",
        "noetheremmy_15_801_lab_2_3_x.ipynb": "an archive lies beside it, which is graded",
    }


def test_loose_notebooks_beside_loose_python_files_are_there_for_their_answers(folder):
    files = {
        "lovelaceada_11_501_optim.py": CODE,
        "lovelaceada_11_502_dropout.ipynb": "{}",
        "lovelaceada_11_503_all.zip": packed(b=CODE),
    }
    findings = find_submissions(folder(files))
    (ada,) = findings.found
    assert list(ada.read().files) == ["optim.py"]
    assert ada.notebooks() == ({"dropout.ipynb": b"{}"}, None)
    assert list(unmatched(findings)) == ["lovelaceada_11_503_all.zip"]


def test_a_canvas_download_with_a_roster(folder, roster):
    read = roster('student,name,canvas_id\nal,,11\nbl,"Li, Bo",\nxx,,99\n')
    findings = find_submissions(folder(CANVAS), read)
    assert students(findings) == ["al", "bl"]
    assert "Canvas id 15" in unmatched(findings)["noetheremmy_15_802_code.tar.gz"]


def test_names_that_only_look_a_little_like_canvas(folder):
    findings = find_submissions(folder({"team_1_2_red.zip": b"", "ada.zip": b""}))
    assert findings.layout == "one for each student"
    assert students(findings) == ["ada", "team_1_2_red"]


def test_an_upload_counts_up_in_whatever_order_it_is_listed(folder):
    """`-9` is listed after `-10`, and the plain name after both."""
    names = ["optim-10.py", "optim-9.py", "optim.py"]
    findings = find_submissions(folder({f"a_1_{i}_{name}": name for i, name in enumerate(names)}))
    assert findings.found[0].read().files == {"optim.py": b"optim-10.py"}
    assert len(findings.unmatched) == 2


# Moodle.


def test_a_moodle_download(folder):
    findings = find_submissions(
        folder(
            {
                "Ada Lovelace_1001_assignsubmission_file_/optim.py": CODE,
                "Bo_Li Jr_1002_assignsubmission_file/work.zip": packed(optim=CODE),
                "Bo_Li Jr_1002_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
                "Notes/x.py": CODE,
            }
        )
    )
    assert findings.layout == "Moodle"
    assert [(one.student, one.name) for one in findings.found] == [
        ("1001", "Ada Lovelace"),
        ("1002", "Bo_Li Jr"),
    ]
    assert findings.found[0].identifiers == {"participant": "1001"}
    assert files_of(findings) == {"1001": ["optim.py"], "1002": ["optim.py"]}
    assert set(unmatched(findings)) == {
        "Bo_Li Jr_1002_assignsubmission_onlinetext_",
        "Notes",
    }


def test_a_moodle_download_without_folders(folder, roster):
    read = roster("student,name,participant\nal,,Participant 1001\nbl,Bo Li,\nzz,,3\n")
    findings = find_submissions(
        folder(
            {
                "Ada Lovelace_1001_assignsubmission_file_optim.py": CODE,
                "Ada Lovelace_1001_assignsubmission_file_drop_out.py": CODE,
                "Bo Li_1002_assignsubmission_file_work.zip": packed(optim=CODE),
                "Eve_1003_assignsubmission_file_work.zip": packed(optim=CODE),
            }
        ),
        read,
    )
    assert files_of(findings) == {"al": ["drop_out.py", "optim.py"], "bl": ["optim.py"]}
    assert list(unmatched(findings).values()) == [
        "neither participant 1003 nor Eve is in the roster"
    ]


def test_hostile_names_stay_in_the_folder(folder):
    """A loose file is read under the name that it had, which may not lead anywhere else."""
    findings = find_submissions(folder({"a_1_2_..\\..\\x.py": CODE, "a_1_3_ok.py": CODE}))
    submission = findings.found[0].read()
    assert submission.files == {}
    assert submission.refused.key == "refused_outside"


def test_a_link_among_loose_files_is_refused(folder, tmp_path):
    root = folder({"a_1_3_ok.py": CODE})
    (tmp_path / "secret.py").write_text("x = 1")
    (root / "a_1_4_link.py").symlink_to(tmp_path / "secret.py")
    submission = find_submissions(root).found[0].read()
    assert submission.refused.key == "refused_link"
