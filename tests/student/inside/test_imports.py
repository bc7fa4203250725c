"""What a submission can import, and what it gets in place of what is not there."""

import os
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

from grader.student.calls import Call
from grader.student.faults import Crashed
from grader.student.hosts import FORKS, Enclosure, FreshProcesses, open_host
from grader.student.inside import imports
from grader.student.inside.confinement import LAYERS

PACKAGES = Path(np.__file__).parent.parent


@pytest.fixture
def ask(start):
    """What `f` of a file returns in a student process: `ask("def f(): return 1")`."""

    def ask(source, **options):
        (returned,) = start(source, **options).run([Call("work.py", "f", ())])
        return returned.items[0]

    return ask


@pytest.fixture
def unavailable(start):
    """The package that a call of `f` is said to lack, and the line where it needed it."""

    def ask(source, **options):
        with pytest.raises(Crashed) as caught:
            start(source, **options).run([Call("work.py", "f", ())])
        assert caught.value.reason == "unavailable", caught.value
        assert caught.value.frames, "no line is shown"
        return caught.value.details["package"], caught.value.frames[-1].text

    return ask


# What is there.


@pytest.mark.parametrize(
    "name",
    [
        "numpy.testing",
        "numpy.polynomial",
        "numpy.fft",
        "numpy.ma",
        "numpy.random",
        "numpy.linalg",
        "numpy.lib.stride_tricks",
        "statistics",
        "decimal",
        "dataclasses",
        "collections.abc",
        "typing",
        "json",
        "pickle",
        "os.path",
        "unittest.mock",
        "concurrent.futures",
        "multiprocessing",
        "ctypes",
    ],
)
def test_numpy_and_pythons_library_are_there(ask, name):
    assert ask(f"import sys\nimport {name}\ndef f(): return sys.modules['{name}'].__name__")


def test_the_library_is_there_when_a_function_runs_too(ask):
    assert ask("def f():\n    import csv, numpy.polynomial\n    return csv.__name__") == "csv"


@pytest.mark.parametrize("attribute", ["fft", "ma", "polynomial", "testing", "random"])
def test_parts_of_numpy_that_it_loads_when_they_are_used(ask, attribute):
    source = f"import numpy as np\ndef f(): return np.{attribute}.__name__"
    assert ask(source) == f"numpy.{attribute}"


def test_numpy_computes_as_it_does_here(ask):
    source = """
import numpy as np
def f():
    x = np.arange(6.0).reshape(2, 3)
    return [np.linalg.svd(x)[1], np.fft.rfft(x[0]).real, np.einsum("ij,kj", x, x)]
"""
    x = np.arange(6.0).reshape(2, 3)
    svd, fft, product = ask(source)
    np.testing.assert_allclose(svd, np.linalg.svd(x)[1], atol=1e-12)
    np.testing.assert_allclose(fft, np.fft.rfft(x[0]).real)
    np.testing.assert_allclose(product, x @ x.T)


def test_numpys_rest_is_missing_as_always(start):
    with pytest.raises(Crashed) as caught:
        start("import numpy.no_such_part\ndef f(): pass").run([Call("work.py", "f", ())])
    assert caught.value.details["type"] == "ModuleNotFoundError"


# What is not there.


@pytest.mark.parametrize(
    "line",
    [
        "import matplotlib.pyplot as plt",
        "import matplotlib, seaborn.objects",
        "from torch import nn, optim",
        "from torch.nn import functional as F",
        "from cs231n.layers import *",
        "import matplotlib.pyplot as plt\nplt.rcParams['figure.figsize'] = (10.0, 8.0)",
        "import matplotlib as m\nm.rcParams['image.cmap'] = 'gray'\nm.thing.setting = 3",
        "import torch\ndef g(x: torch.Tensor) -> torch.nn.Module: return x",
        "import importlib\npd = importlib.import_module('pandas')",
        "import numba as nb\nTYPE = nb.types.float64",
    ],
)
def test_an_import_that_nothing_depends_on_does_no_harm(ask, line):
    assert ask(f"{line}\ndef f(): return 1") == 1


@pytest.mark.parametrize(
    ("head", "body", "package"),
    [
        ("from scipy.special import expit", "return expit(0.0)", "scipy.special.expit"),
        ("import scipy.special", "return scipy.special.expit(0.0)", "scipy.special.expit"),
        ("import scipy", "return scipy.special.expit(0.0)", "scipy.special.expit"),
        ("import torch.nn.functional as F", "F.relu(1)", "torch.nn.functional.relu"),
        ("from torch import nn", "nn.init.zeros_(1)", "torch.nn.init.zeros_"),
        ("", "import torch\n    torch.zeros(3)", "torch.zeros"),
        ("import torch", "with torch.no_grad: pass", "torch.no_grad"),
        ("import torch", "return isinstance(1, torch.Tensor)", "torch.Tensor"),
        ("import torch", "return issubclass(int, torch.Tensor)", "torch.Tensor"),
        ("from scipy.constants import pi", "return 2 * pi", "scipy.constants.pi"),
        ("from scipy.constants import pi", "return pi ** 2", "scipy.constants.pi"),
        ("from scipy.constants import pi", "return np.ones(3) * pi", "scipy.constants.pi"),
        ("from scipy.constants import pi", "return float(pi)", "scipy.constants.pi"),
        ("from scipy.constants import pi", "return pi > 3", "scipy.constants.pi"),
        ("from data import table", "return table[0]", "data.table"),
        ("from data import table", "return [row for row in table]", "data.table"),
        ("from data import table", "return len(table)", "data.table"),
        ("from data import table", "return 3 in table", "data.table"),
        ("from data import table", "return 1 if table else 2", "data.table"),
        ("import torch", "class Mine(torch.nn.Module): pass", "torch.nn.Module"),
    ],
)
def test_what_is_used_of_it_is_named(unavailable, head, body, package):
    named, line = unavailable(f"import numpy as np\n{head}\ndef f():\n    {body}\n")
    assert named == package
    assert line == body.splitlines()[-1].strip()


@pytest.mark.parametrize(
    ("source", "package"),
    [
        ("import torch\nclass Net(torch.nn.Module): pass", "torch.nn.Module"),
        ("import numba\n@numba.njit\ndef f(): pass", "numba.njit"),
        ("import numba\n@numba.jit(nopython=True)\ndef f(): pass", "numba.jit"),
        ("import matplotlib.pyplot as plt\nplt.figure()", "matplotlib.pyplot.figure"),
    ],
)
def test_a_use_while_the_file_is_loaded_is_named_too(unavailable, source, package):
    assert unavailable(source + "\ndef f(): pass")[0] == package


def test_a_use_in_another_file_of_the_submission_is_named_there(start):
    more = {"helper.py": b"from scipy.special import expit\ndef g(): return expit(0)"}
    with pytest.raises(Crashed) as caught:
        start("import helper\ndef f(): return helper.g()", more=more).run(
            [Call("work.py", "f", ())]
        )
    assert caught.value.details == {"package": "scipy.special.expit"}
    assert [frame.file for frame in caught.value.frames] == ["work.py", "helper.py"]


def test_a_file_of_the_submission_comes_before_a_package_of_that_name(ask):
    source = "from scipy.special import expit\ndef f(): return expit(1)"
    assert ask(source, more={"scipy/special.py": b"def expit(x): return 'mine'"}) == "mine"


@pytest.mark.parametrize(
    "lines",
    [
        "try:\n    import numba\nexcept ImportError:\n    numba = None",
        "try:\n    from numba import njit as numba\nexcept ModuleNotFoundError:\n    numba = None",
        "try:\n    import numba\nexcept:\n    numba = None",
        "numba = 1\ntry:\n    try:\n        import numba\n    except ImportError:\n"
        "        numba = None\nfinally:\n    pass",
        "def load():\n    try:\n        import numba\n    except ImportError: pass\nnumba = load()",
    ],
    ids=["import", "from", "bare", "nested", "in a function"],
)
def test_who_has_prepared_for_its_absence_takes_the_other_way(ask, lines):
    assert ask(f"{lines}\ndef f(): return numba is None") is True


@pytest.mark.parametrize(
    "lines",
    [
        "try:\n    x = 1\nexcept ImportError:\n    pass\nimport numba",
        "try:\n    x = 1\nfinally:\n    import numba",
        "try:\n    import numba\nfinally:\n    pass",
        "try:\n    raise ImportError\nexcept ImportError:\n    import numba",
    ],
)
def test_an_import_beside_a_try_is_like_any_other(ask, lines):
    assert ask(f"{lines}\ndef f(): return 1") == 1


def test_a_librarys_own_imports_fail_as_it_expects(start):
    source = "from unittest import mock\ndef f():\n    with mock.patch('no_such_package.x'): pass"
    with pytest.raises(Crashed) as caught:
        start(source).run([Call("work.py", "f", ())])
    assert caught.value.details["type"] == "ModuleNotFoundError"


@pytest.mark.parametrize("name", ["scipy", "pytest", "hypothesis", "rich", "typer", "pip", "tqdm"])
def test_other_packages_of_the_environment_are_not_there(unavailable, name):
    assert unavailable(f"import {name}\ndef f(): {name}.main()")[0] == f"{name}.main"


@pytest.fixture(scope="module")
def bare(project):
    """A host without any layer that could be left out."""
    host = open_host(Enclosure(project.assignment, without=frozenset(LAYERS)))
    yield host
    host.close()


def test_not_even_where_every_layer_is_missing(project, bare, ask, unavailable):
    """It is Python's search path that lacks them, not only the right to read them."""
    path = ask("import sys\ndef f(): return sys.path", host=bare)
    assert unavailable("import scipy\ndef f(): scipy.test()", host=bare)[0] == "scipy.test"
    assert not {str(PACKAGES), str(project.root), "", "."} & set(path)
    assert not any("site-packages" in folder for folder in path)


@pytest.mark.parametrize("name", ["solutions", "grader", "solutions.optim", "grader.results"])
def test_the_graders_own_names_are_no_packages_to_stand_in_for(start, name):
    """Not even with files of the same name: they are told apart from a misspelt import."""
    with pytest.raises(Crashed) as caught:
        start(f"import {name}\ndef f(): pass").run([Call("work.py", "f", ())])
    assert caught.value.details["type"] == "ModuleNotFoundError"


# Where Python and the project are installed in an unusual way.


@pytest.fixture(params=["zygote", "fresh"])
def made_up_environment(request, project, tmp_path, monkeypatch):
    """A host whose Python has .pth files that open numpy's folder and this project."""
    if request.param == "zygote" and not FORKS:
        pytest.skip("no zygote here")
    venv.create(tmp_path / "venv", symlinks=os.name == "posix", with_pip=False)
    (packages,) = (tmp_path / "venv").glob("[Ll]ib/**/site-packages")
    (packages / "numpy.pth").write_text(str(PACKAGES))
    (packages / "descent.pth").write_text(str(project.root))
    (packages / "beside.py").write_text("")
    monkeypatch.setattr(sys, "executable", str(next((tmp_path / "venv").glob("[bS]*/python*"))))
    enclosure = Enclosure(project.assignment)
    host = open_host(enclosure) if request.param == "zygote" else FreshProcesses(enclosure)
    yield host
    host.close()


def test_what_an_environment_opens_by_pth_files_stays_closed(
    made_up_environment, start, unavailable
):
    host = made_up_environment
    source = "import assignment.layers\nimport sys\ndef f(): return sys.executable"
    (returned,) = start(source, host=host).run([Call("work.py", "f", ())])
    assert "venv" in returned.items[0]
    for name in ("beside", "scipy", "tests"):
        source = f"import {name}\ndef f(): {name}.thing()"
        assert unavailable(source, host=host)[0] == f"{name}.thing"


@pytest.mark.parametrize("name", ["solutions", "grader"])
def test_not_even_where_the_project_is_installed_for_development(made_up_environment, start, name):
    process = start(f"def f():\n    import {name}", host=made_up_environment)
    with pytest.raises(Crashed) as caught:
        process.run([Call("work.py", "f", ())])
    assert caught.value.details["type"] == "ModuleNotFoundError"


# Importing ahead, for a process that will not be able to.


@pytest.fixture
def imported(monkeypatch):
    """The names that are imported ahead for a source, in order."""

    def run(source):
        names = []
        monkeypatch.setattr(imports.importlib, "import_module", names.append)
        source = source.encode() if isinstance(source, str) else source
        imports.import_ahead({"work.py": source})
        monkeypatch.undo()
        return names

    return run


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import statistics", ["statistics"]),
        ("import json, csv ,os.path", ["json", "csv", "os.path"]),
        ("import numpy as np", ["numpy"]),
        ("from numpy.polynomial import Polynomial", ["numpy.polynomial"]),
        ("def f():\n    from collections import deque", ["collections"]),
        ("from .layers import x\nfrom . import y", []),
        ("import scipy.special, torch", []),
        ("import solutions\nimport grader\nimport optim", []),
        ("x = 'import'  # import json", []),
        ("import (json", []),
        ("", []),
    ],
)
def test_what_a_file_names_of_the_library_is_imported_ahead(imported, source, names):
    assert imported(source) == names


@pytest.mark.parametrize(
    "name",
    [
        "antigravity",
        "this",
        "__hello__",
        "__phello__.spam",
        "idlelib.idle",
        "turtledemo",
        "unittest.__main__",
        "venv.__main__",
        "lib2to3.__main__",
    ],
)
def test_what_does_something_when_it_is_imported_is_not(imported, name):
    assert imported(f"import {name}\nfrom {name} import x") == []


def test_what_cannot_be_imported_ahead_is_left_for_later(monkeypatch):
    def fail(name):
        raise RecursionError(name)

    monkeypatch.setattr(imports.importlib, "import_module", fail)
    imports.import_ahead({"work.py": b"import json\nimport msvcrt"})


def test_bytes_that_are_no_text_are_passed_over(imported):
    assert imported(b"import caf\xe9\nimport \xff\xfe\n" + bytes(range(256))) == []
    assert imported("import café\nimport json".encode("latin-1")) == ["json"]
