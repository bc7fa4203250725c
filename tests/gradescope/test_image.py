"""Building the image: it fails, with the reason, wherever grading would be unsafe or wrong."""

import os
import shutil
import sys

import pytest

from grader.gradescope import image
from grader.gradescope.__main__ import main
from tests.gradescope.conftest import unpack

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Gradescope grades on Linux"
)


@pytest.fixture
def layout(archive, tmp_path):
    return unpack(archive, tmp_path / "autograder")


def prepared(layout):
    return main(["prepare", "--root", str(layout.root)])


def test_a_solution_that_loses_marks_stops_it(layout, capsys):
    """As far as a check compares with a law, and not with the solution itself."""
    path = layout.source / "solutions" / "dropout.py"
    text = path.read_text()
    assert text.count("mask = kept.astype(x.dtype) / p") == 1
    path.write_text(text.replace("mask = kept.astype(x.dtype) / p", "mask = kept / 1.0"))
    assert prepared(layout) == 1
    told = capsys.readouterr().err
    assert "so that nobody could get more" in told
    assert "  dropout_forward: " in told


def test_a_solution_that_breaks_stops_it(layout, capsys):
    (layout.source / "solutions" / "optim.py").write_text("import nothing_that_is_installed\n")
    assert prepared(layout) != 0
    assert "optim.py" in capsys.readouterr().err


@pytest.mark.parametrize("layer", ["seccomp", "rlimits"])
def test_missing_isolation_stops_it(layout, monkeypatch, capsys, layer):
    whole = image.hosts.Enclosure

    def weak(*arguments):
        return whole(*arguments, without=frozenset({layer}))

    monkeypatch.setattr(image.hosts, "Enclosure", weak)
    assert prepared(layout) == 1
    assert f"lacks {layer}" in capsys.readouterr().err


def test_files_that_can_be_read_stop_it(layout, monkeypatch, capsys):
    """The probe is told of files that student code may read: as if nothing held it."""
    whole = image.hosts.Enclosure
    given = layout.source / "assignment" / "layers.py"
    monkeypatch.setattr(image.hosts, "Enclosure", lambda code, hidden: whole(code, (given,)))
    assert prepared(layout) == 1
    assert "could read the solutions" in capsys.readouterr().err


def test_a_manifest_that_cannot_be_read_stops_it(layout, capsys):
    manifest = layout.source / "assignment" / "questions.toml"
    manifest.write_text(manifest.read_text().replace('counts = "best"', 'counts = "worst"'))
    assert prepared(layout) == 2
    assert "`counts` must be one of" in capsys.readouterr().err
    shutil.rmtree(layout.source / "solutions")
    assert prepared(layout) == 2
    assert "needs the solutions" in capsys.readouterr().err


WITHOUT_LANDLOCK = """if 1:
    import sys
    sys.path.insert(0, sys.argv[1] + "/source")
    from grader.gradescope.__main__ import main
    from grader.student import hosts
    whole = hosts.Enclosure
    hosts.Enclosure = lambda *options: whole(*options, without=frozenset({"landlock"}))
    sys.exit(main(["prepare", "--root", sys.argv[1]]))
"""


def test_another_user_is_kept_out_where_there_is_no_landlock(nobodys):
    """An older kernel: there root's file permissions hold student code back."""
    layout = nobodys.layout
    as_root = type(nobodys)(layout, **{**nobodys.options, "user": 0, "group": 0})
    os.chmod(layout.root.parent, 0o755)  # as `/` is
    python = str(layout.source / ".venv/bin/python")
    done = as_root.command(python, "-B", "-c", WITHOUT_LANDLOCK, str(layout.root))
    assert done.returncode == 0, done.stderr
    assert "Isolation: process, rlimits, uid, seccomp." in done.stdout
    assert "The solutions get 100 of 100" in done.stdout
    os.chmod(layout.source / "solutions", 0o755)
    try:
        bare = as_root.command(python, "-B", "-c", WITHOUT_LANDLOCK, str(layout.root))
    finally:
        os.chmod(layout.source / "solutions", 0o700)
    assert bare.returncode == 0, "it closes the folder itself"
