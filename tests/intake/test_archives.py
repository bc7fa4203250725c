"""What holds for every archive, zip or tar: what is taken, what is skipped, what is refused."""

import pytest

from grader.intake import names
from grader.submission import read_submission

FILES = {"optim.py": b"x = 1\n", "more/net.py": b"y = 2\r\n"}
FORMS = ("zip", "tar", "tar.gz", "tar.bz2", "tar.xz")
forms = pytest.mark.parametrize("form", FORMS)


@forms
def test_files_are_read_and_the_outer_folder_is_taken_away(hand_in, form):
    for top in ("", "work/", "./", "my work/part 1/"):
        read = hand_in(form, *((top + name, FILES[name]) for name in FILES))
        assert (read.files, read.refused, read.id) == (FILES, None, "ada")


@forms
@pytest.mark.parametrize("name", ["ada.backup", "ada", "ada.TAR.GZ", "ada.dat"])
def test_the_content_says_what_it_is_not_the_name(hand_in, form, name, tmp_path):
    assert hand_in(form, *FILES.items()).files == FILES
    (tmp_path / f"ada.{form}").rename(tmp_path / name)
    assert read_submission(tmp_path / name).files == FILES


@forms
@pytest.mark.parametrize("name", ["ada", "ada.lovelace", "Übung 1"])
def test_the_id_is_the_name_without_what_says_the_format(hand_in, form, name):
    assert hand_in(form, *FILES.items(), name=name).id == name


@forms
@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/._optim.py",
        "._optim.py",
        ".DS_Store",
        "Thumbs.db",
        ".git/hooks/pre-commit.py",
        ".ipynb_checkpoints/optim.py",
        "venv/lib/site-packages/numpy.py",
        "notes.txt",
        "optim.pyc",
        "1/2/3/4/5/deep.py",
        "x" * 3000,
        "a/" * 2000 + "x",
        "na\u202eme.txt",
    ],
)
def test_what_is_not_needed_is_skipped(hand_in, form, name):
    read = hand_in(form, *FILES.items(), (name, b"\x00\xff"))
    assert (read.files, read.refused) == (FILES, None)


@forms
@pytest.mark.parametrize(
    "kind",
    [
        "folder",
        "symbolic link",
        "hard link",
        "character device",
        "block device",
        "pipe",
        "socket",
        "sparse file",
    ],
)
def test_what_is_no_file_is_refused_only_where_it_pretends_to_be_one_of_ours(
    hand_in, why, form, kind
):
    if kind in (("hard link", "sparse file") if form == "zip" else ("socket",)):
        pytest.skip("this format has none")
    read = hand_in(form, *FILES.items(), ("data.bin", b"", kind))
    assert (read.files, read.refused) == (FILES, None)
    read = hand_in(form, *FILES.items(), ("work/evil.py", b"", kind))
    if kind == "folder":
        assert read.files == FILES
        return
    assert read.files == {}
    assert "work/evil.py is" in why(read)
    assert "Hand in the file itself" in why(read)
    assert ("is a link" in why(read)) is ("link" in kind)


@forms
@pytest.mark.parametrize("kind", ["file", "symbolic link"])
@pytest.mark.parametrize(
    "name",
    [
        "/etc/evil.py",
        "/etc/passwd",
        "../evil.py",
        "a/../../evil.txt",
        "a/../b.py",
        "..",
        "C:\\evil.py",
        "c:/evil.txt",
        "C:evil.py",
        "\\\\host\\share\\evil.py",
        "//host/evil.py",
        "..\\evil.py",
        "a\\..\\..\\evil.py",
    ],
)
def test_names_that_lead_outside_are_refused_whatever_they_name(hand_in, why, form, name, kind):
    read = hand_in(form, *FILES.items(), (name, b"x", kind))
    assert read.files == {}
    assert f"{name} leads out of the submission" in why(read)


@forms
def test_folders_separated_as_on_windows(hand_in, form):
    read = hand_in(form, ("work\\optim.py", b"1"), ("work\\sub\\net.py", b"2"))
    assert read.files == {"optim.py": b"1", "sub/net.py": b"2"}


@forms
@pytest.mark.parametrize(
    "again",
    ["optim.py", "./optim.py", "more/..//optim.py", "OPTIM.py", "Optim.PY", "more\\NET.py"],
)
def test_a_name_that_comes_twice_is_refused(hand_in, why, form, again):
    """Which one counts would depend on who unpacks it, and where."""
    read = hand_in(form, *FILES.items(), (again, b"other"))
    assert read.files == {}
    assert "twice" in why(read) or "leads out" in why(read)


@forms
def test_accents_are_composed(hand_in, why, form):
    composed, apart = "\u00fcbung.py", "u\u0308bung.py"
    assert hand_in(form, (apart, b"1")).files == {composed: b"1"}
    assert "twice" in why(hand_in(form, (apart, b"1"), (composed, b"2")))


@forms
@pytest.mark.parametrize("name", ["a\nb.py", "a\u202eb.py", "a\x1b[2Jb.py", "a\x7f.py"])
def test_names_of_unprintable_signs_are_refused(hand_in, why, form, name):
    read = hand_in(form, *FILES.items(), (name, b"x"))
    assert "no text" in why(read)
    assert why(read).isprintable()


@forms
def test_a_path_of_any_length_is_cut_where_it_is_shown(hand_in, why, form):
    read = hand_in(form, ("d/" * 600 + "a.py", b"1"))
    assert "more than 1000 characters" in why(read)
    assert len(why(read)) < 400


@forms
def test_sizes_and_counts(hand_in, why, form, monkeypatch):
    assert hand_in(form, ("big.py", b"#" * (1 << 20))).files
    assert "big.py has more than 1 MiB" in why(hand_in(form, ("big.py", b"#" * (2 << 20))))
    assert hand_in(form, *FILES.items(), ("data.csv", bytes(3 << 20))).files == FILES
    monkeypatch.setattr(names, "MAX_FILES", 2)
    assert hand_in(form, *FILES.items()).files == FILES
    assert "more than 2 Python files" in why(hand_in(form, *FILES.items(), ("c.py",)))
    monkeypatch.setattr(names, "MAX_TOTAL", 1 << 20)
    large = [(f"{n}.py", b"#" * (600 << 10)) for n in range(2)]
    assert "more than 1 MiB together" in why(hand_in(form, *large))
    monkeypatch.setattr(names, "MAX_MEMBERS", 5)
    assert "more than 5 files" in why(hand_in(form, *((f"{n}.txt",) for n in range(6))))


@forms
@pytest.mark.parametrize("content", [[], [("notes.txt", b"x")], [("work.zip", b"PK")]])
def test_an_archive_without_source_is_refused(hand_in, why, form, content):
    assert f"ada.{form} holds no Python file and no notebook" in why(hand_in(form, *content))


@forms
def test_an_archive_that_was_not_uploaded_completely(hand_in, packed, why, form):
    whole = packed(form, ("optim.py", bytes(range(256)) * 2000))
    for share in (0.3, 0.6, 0.9):
        read = hand_in(form, whole[: int(len(whole) * share)])
        assert read.files == {}
        assert "is damaged or not complete" in why(read) or "holds no Python" in why(read)


@forms
def test_a_bomb_costs_no_memory(hand_in, packed, why, form, memory, monkeypatch):
    monkeypatch.setattr("grader.intake.streams.MAX_UNPACKED", 16 << 20)
    zeros = bytes(40 << 20)
    for name in ("optim.py", "data.bin"):
        content = packed(form, (name, zeros), ("a.py", b"x"))
        with memory() as peak:
            read = hand_in(form, content)
        assert peak() < 12 << 20  # of which xz takes 8 MiB for its dictionary
        if name == "optim.py":
            assert "optim.py has more than 1 MiB" in why(read)
        elif form in ("zip", "tar"):
            assert read.files == {"a.py": b"x"}
