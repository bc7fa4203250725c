"""A Gradescope container: a tree laid out as there, with the archive unpacked and set up."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

import jsonschema
import pytest

from grader.gradescope.archive import release_autograder
from grader.gradescope.layout import Layout
from tests.gradescope.published import SCHEMA

NOBODY = 65_534
NEEDED = "import sys, numpy, pytest; sys.exit(sys.version_info < (3, 11))"


@pytest.fixture(scope="session")
def archive(project, tmp_path_factory):
    """The archive that an instructor uploads."""
    return release_autograder(project, tmp_path_factory.mktemp("dist"))


class Container:
    """A container with its image built; `run` grades what is handed in, as Gradescope does."""

    def __init__(self, layout, **options):
        self.layout, self.options = layout, options

    def command(self, *command, **environment):
        """Run a command as whoever owns the container."""
        options = dict(self.options)
        mine = {"PATH": os.environ["PATH"], "AUTOGRADER_ROOT": str(self.layout.root)}
        mine |= {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        return subprocess.run(
            command,
            env={**mine, **options.pop("env", {}), **environment},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=600,
            **options,
        )

    def prepare(self):
        """The last step of setup.sh."""
        python = self.layout.source / ".venv" / "bin" / "python"
        code = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
        code += "runpy.run_module('grader.gradescope', run_name='__main__')"
        arguments = (str(self.layout.source), "prepare", "--root", str(self.layout.root))
        return self.command(str(python), "-c", code, *arguments)

    def hand_in(self, files, metadata=None):
        """Put a submission there; None: no folder at all."""
        shutil.rmtree(self.layout.submission, ignore_errors=True)
        if files is not None:
            self.layout.submission.mkdir()
            for name, content in files.items():
                content = content.encode() if isinstance(content, str) else content
                (self.layout.submission / name).write_bytes(content)
        self.layout.metadata.unlink(missing_ok=True)
        if metadata is not None:
            text = metadata if isinstance(metadata, str) else json.dumps(metadata)
            self.layout.metadata.write_text(text)

    def run(self, files, metadata=None):
        """The results of a submission, valid by Gradescope's rules, and what the run said."""
        self.hand_in(files, metadata)
        self.layout.results.unlink(missing_ok=True)
        done = self.command(str(self.layout.source / "run_autograder"))
        tree = json.loads(self.layout.results.read_text())
        jsonschema.validate(tree, SCHEMA)
        return tree, done


def unpack(archive, root):
    """As `unzip` does it, modes included."""
    layout = Layout(root)
    for folder in (layout.source, layout.submission, layout.results.parent):
        folder.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            os.chmod(packed.extract(info, layout.source), info.external_attr >> 16 & 0o777)
    return layout


@pytest.fixture(scope="session")
def built(archive, tmp_path_factory):
    """A container that setup.sh has built, without a connection, and what it said."""
    if not sys.platform.startswith("linux"):
        pytest.skip("Gradescope grades on Linux")
    container = Container(unpack(archive, tmp_path_factory.mktemp("gradescope") / "autograder"))
    script = str(container.layout.source / "setup.sh")
    return container, container.command(script, PYTHON=sys.executable)


@pytest.fixture(scope="session")
def owners(built):
    """The container of whoever runs these tests: root on Gradescope."""
    container, done = built
    assert done.returncode == 0, done.stderr
    return container


@pytest.fixture(scope="session")
def nobodys(archive):
    """A container that belongs to a user without any rights, who runs everything in it."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root can act for another user")
    packages = {"PYTHONPATH": sysconfig.get_path("purelib")}
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    root = Path(tempfile.mkdtemp(prefix="gradescope-"))
    try:
        os.chown(root, NOBODY, NOBODY)
        python = next(filter(lambda python: _serves(python, user, packages), _pythons()), None)
        if python is None:
            pytest.skip("no Python with these packages can be read by a user without rights")
        layout = unpack(archive, root / "autograder")
        (layout.source / ".venv" / "bin").mkdir(parents=True)
        (layout.source / ".venv" / "bin" / "python").symlink_to(python)
        for folder, _, names in os.walk(root):
            for name in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(name, NOBODY, NOBODY, follow_symlinks=False)
        container = Container(layout, env=packages, **user)
        done = container.prepare()
        assert done.returncode == 0, done.stderr
        yield container
    finally:
        shutil.rmtree(root)


def _pythons():
    """Those that may serve others: the one that runs these tests may lie in a private folder."""
    system = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")
    return [os.path.realpath(sys.executable), *filter(None, [system])]


def _serves(python, user, packages):
    try:
        done = subprocess.run(
            [python, "-B", "-c", NEEDED], env=packages, cwd="/", capture_output=True, **user
        )
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture(params=["owner", "nobody"])
def container(request):
    """The container as Gradescope runs it, and as a user without rights does."""
    return request.getfixturevalue("owners" if request.param == "owner" else "nobodys")
