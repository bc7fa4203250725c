"""From code cells to modules: what is kept, what is not, and where a line came from."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.cells import modules, place_in


def made(*cells):
    return {name: text.decode() for name, text in modules(list(cells), "work").items()}


def loaded(*cells):
    """The names that the module binds, which must be the only one."""
    files = made(*cells)
    assert list(files) == ["work.py"]
    names = {}
    exec(compile(files["work.py"], "work.py", "exec"), names)
    return {name: value for name, value in names.items() if not name.startswith("__")}


F = "def f(x):\n    return x"


@pytest.mark.parametrize(
    "cell",
    [
        "raise SystemExit",
        "while True: pass",
        "for i in range(10):\n    f(i)",
        "if True:\n    raise ValueError",
        "with open('x') as file:\n    pass",
        "x = f(open('x'))",
        "x = [f(i) for i in range(10)]",
        "f.name = 3",
        "f(1)[0] = 2",
        "x += 1",
        "del f",
        "assert False",
        "%matplotlib inline\n%load_ext autoreload",
        "!pip install torch\n!rm -rf ~",
        "files = !ls\ntimes = %timeit -o f(1)",
        "?f\nf?\nnp.zeros??",
        "%%bash\nrm -rf ~\ndef g(): pass",
        "%%html\n<b>",
        "import torch, matplotlib.pyplot as plt",
        "from cs231n.layers import *",
        "from .layers import relu",
        "plt.plot(f(1)); plt.show()",
        "class Unused(torch.nn.Module): pass",
        "x: int",
        "await f(1)",
        "return 3",
        "yield 3",
        "@",
        "import a" + ".a" * 30_000,
        "import a" + "\\\n.a" * 20_000,
        "-" * 50_000 + "1",
        "(" * 50_000,
        "x = " + "-" * 900 + "1",
        "x = " + "[" * 150 + "]" * 150,
        "",
        "\n\n",
        "\x00",
        "\ud800".encode("utf-8", "replace").decode(),
        "\f",
    ],
    ids=lambda cell: repr(cell[:20]),
)
def test_what_runs_is_left_out(cell):
    names = loaded(cell, F, cell)
    assert set(names) - {"x"} == {"f"}
    assert names["f"](3) == 3


def test_what_functions_use_is_kept():
    names = loaded(
        "import numpy as np, torch\nfrom math import sqrt, pi as PI",
        "EPS = 1e-8; OTHER = 3\nSIZES = {'a': [1, -2.5]}\nrng = np.random.default_rng(231)",
        "class Cache:\n    size = EPS\nclass Big(Cache): pass",
        "def helper(x): return sqrt(x) + EPS",
        "relu = np.abs\nalias = helper",
        "def f(x) -> np.ndarray:\n    return Big, alias(x), relu(SIZES['a'][1]), rng.random(), PI",
    )
    unused = {"torch", "OTHER"}
    assert set(names) == (
        {"np", "sqrt", "PI", "EPS", "SIZES", "rng", "Cache", "Big", "helper", "relu", "alias", "f"}
    )
    assert not unused & set(names)
    assert names["f"](4.0)[1:3] == (2.0 + 1e-8, 2.5)


def test_a_later_definition_wins_as_in_a_kernel():
    names = loaded("def f(): return A", "A = 1", "def f(): return A + 1", "A = 10")
    assert names["f"]() == 11


def test_magics_leave_the_rest_of_a_cell_alone():
    names = loaded("%%time\nimport math\n%pylab\ndef f(x):\n    !ls\n    return math.floor(x)")
    assert names["f"](2.5) == 2
    assert loaded("def f(a, b): return (a\n% b)")["f"](7, 4) == 3
    assert loaded("%%writefile optim.py\n" + F)["f"](1) == 1


def test_a_package_that_is_not_there_costs_only_what_uses_it():
    names = loaded("import nowhere\nfrom nowhere.at import all", F, "def g(): return nowhere, all")
    assert names["f"](3) == 3
    with pytest.raises(NameError):
        names["g"]()


def test_future_annotations_stay_in_force():
    names = loaded("import math\nfrom __future__ import annotations", F)
    assert names["f"].__code__.co_flags & 0x1000000


def test_a_function_that_cannot_be_defined_stands_apart():
    files = made(F, "data = load()\n@jit\ndef g(x=data):\n    return x\ndef h(y: Tensor): pass")
    assert list(files) == ["work.py", "work_cell_2.py", "work_cell_2_2.py"]
    assert "def f" in files["work.py"]
    assert "def g" in files["work_cell_2.py"]
    with pytest.raises(NameError, match="jit"):
        exec(files["work_cell_2.py"], {})


@pytest.mark.parametrize(
    "broken",
    ["def g(x):\n    return x +", "def g(x:\n  pass", "def g(x):\n    “x”", "x = (\ndef g(): pass"],
)
def test_a_cell_that_is_not_python_stands_apart_if_it_defines_something(broken):
    files = made(F, broken, "x = (")
    assert list(files) == ["work.py", "work_cell_2.py"]
    with pytest.raises(SyntaxError) as caught:
        compile(files["work_cell_2.py"], "work_cell_2.py", "exec")
    row = caught.value.lineno
    _, cell, line = place_in(files["work_cell_2.py"].splitlines()[row - 1])
    assert (cell, line) == (2, row)


@pytest.mark.parametrize(
    "wrong", ["def g(a, a): pass", "def g():\n    break", "def g():\n    nonlocal x"]
)
def test_so_does_what_only_the_compiler_refuses(wrong):
    files = made(F, wrong)
    assert list(files) == ["work.py", "work_cell_2.py"]
    compile(files["work.py"], "work.py", "exec")


def test_every_line_says_where_it_comes_from():
    cell = '''\
# before
x = 3

@staticmethod
def f(a,
      b=(1,
         2)):  # old comment
    """A text
    of lines."""
    return a + \\
        b

y = 1
'''
    lines = made("", cell)["work.py"].splitlines()
    originals = cell.split("\n")
    places = [place_in(line) for line in lines]
    assert [place and place[1:] for place in places] == [
        (2, 4), (2, 5), (2, 6), (2, 7), None, (2, 9), None, (2, 11),
    ]  # fmt: skip
    for place in filter(None, places):
        assert place[0] == originals[place[2] - 1]
    for line in ("    return 3", "x  # code cell 3", "# code cell 3, line 4 and more"):
        assert place_in(line) is None


def test_warnings_about_the_students_code_are_not_ours(recwarn):
    assert r"'\d'" in made(r"def f(x): return x is 3, '\d'")["work.py"]
    assert not recwarn.list


def test_chains_of_names_take_no_time():
    classes = "\n".join(f"class C{n}(C{n + 1}): pass" for n in range(1500))
    assert loaded(classes, F, "def g(): C0").keys() == {"f", "g"}


pieces = st.sampled_from(
    [
        *(
            "def ",
            "class ",
            "import ",
            "from ",
            "numpy",
            " as ",
            "f",
            "x",
            "lambda ",
            "for ",
            " in ",
        ),
        *("if ", "else", "async ", "await ", "return ", "pass", "'" * 3),
        *"()[]{}:;=1+-@%!?*,.#\"'\\ “é\n\x00\r\f\x85\u2028",
        *("\n", "\n", "\n    ", "\n\t", "->", "\\\n"),
    ]
)
cells = st.lists(pieces, max_size=14).map("".join)


@given(st.lists(cells | st.text(max_size=20), max_size=4))
def test_any_cells_give_modules_that_are_text(sources):
    files = modules(sources, "work")
    first, *others = files
    assert first == "work.py"
    compile(files[first], first, "exec")  # whatever is broken stands apart
    assert all(name.startswith("work_cell_") for name in others)


@given(st.lists(cells, max_size=3))
def test_the_places_of_any_cells_are_right(sources):
    for text in modules(sources, "work").values():
        for line in text.decode().split("\n"):
            if (place := place_in(line)) and not line.startswith(("import", "from", "    ")):
                assert 1 <= place[1] <= len(sources)


def test_reading_cells_needs_no_process_of_its_own():
    """Hostile nesting must not end the grader: the interpreter has to survive it."""
    code = """
import sys
from grader.intake.cells import modules
texts = ["(", "[", "{", "-", "not ", "lambda:", "f(", "a.", "1+", "1 if 1 else ", "a[", "*"]
for text in texts:
    for count in (90, 900, 9000, 60000):
        modules([(text * count)[:60000], "x = " + (text * count)[:60000] + "1"], "work")
print("alive")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout == "alive\n", done.stderr[-500:]
