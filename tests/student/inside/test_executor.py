"""What `Executor` answers to which functions, in this process."""

import sys

import numpy as np
import pytest

from grader.student.inside.executor import Executor, describe_exception
from grader.student.inside.imports import SubmissionFinder
from grader.student.wire import Handle, Ref


@pytest.fixture
def execute(monkeypatch):
    """Runs calls of functions in one file, `work_under_test.py`: `execute(source, call, ...)`."""
    before = set(sys.modules)
    executors = []

    def run(source, *calls, more=None):
        if not executors:
            source = source.encode() if isinstance(source, str) else source
            files = {"work_under_test.py": source, **(more or {})}
            monkeypatch.setattr(sys, "meta_path", [SubmissionFinder(files), *sys.meta_path])
            executors.append(Executor(files))
        return executors[0].run(list(calls))

    yield run
    for name in set(sys.modules) - before:
        if "_under_test" in name:
            del sys.modules[name]


def call(*arguments, function="f", returns=1, keep=(), may_change=()):
    return {
        "file": "work_under_test.py",
        "function": function,
        "arguments": list(arguments),
        "returns": returns,
        "keep": list(keep),
        "may_change": list(may_change),
    }


def test_a_call_returns_its_value(execute):
    assert execute("def f(x): return x + 1", call(2)) == [
        {
            "status": "returned",
            "value": [3],
            "changed": [],
            "modified": [],
            "aliased": [],
            "found_in": "work_under_test.py",
        }
    ]


def test_results_are_told_apart_by_number(execute):
    source = "def pair(x): return x, [x]\ndef one(x): return (x, x)\ndef several(x): return [x, x]"
    pair, one, several = execute(
        source,
        call(1, function="pair", returns=2),
        call(1, function="one"),
        call(1, function="several", returns=2),
    )
    assert pair["value"] == [1, [1]]
    assert one["value"] == [(1, 1)]
    assert several["value"] == [1, 1]


@pytest.mark.parametrize(
    ("expression", "got"),
    [
        ("None", "None"),
        ("x", "int"),
        ("(x,)", "tuple of 1"),
        ("[x, x, x]", "list of 3"),
        ("{'a': 1, 'b': 2}", "dict"),
        ("(y for y in (1, 2))", "generator"),
    ],
)
def test_the_wrong_number_of_results_is_described(execute, expression, got):
    (answer,) = execute(f"def f(x): return {expression}", call(1, returns=2))
    assert answer == {"status": "bad_return", "got": got}


def test_an_object_that_only_looks_like_a_pair_is_not_one(execute):
    source = """
class Pair(tuple):
    def __len__(self):
        return 2
def f(x):
    return Pair([x])
"""
    assert execute(source, call(1, returns=2))[0]["status"] == "bad_return"


def test_nothing_runs_after_the_first_failure(execute):
    source = "seen = []\ndef f(x):\n    seen.append(x)\n    return 1 / x\ndef g(): return seen"
    answers = execute(source, call(1), call(0), call(2))
    assert [answer["status"] for answer in answers] == ["returned", "raised"]
    assert execute(source, call(function="g"))[0]["value"] == [[1, 0]]


def test_a_ref_is_the_result_of_an_earlier_call(execute):
    source = "def f(x): return x + 1, {'sum': x}\ndef g(pair): return len(pair)"
    answers = execute(
        source,
        call(1, returns=2),
        call(Ref(0, 0), returns=2),
        call(Ref(1, 0), returns=2),
        call(Ref(2), function="g"),
    )
    assert [answer["value"] for answer in answers] == [
        [2, {"sum": 1}],
        [3, {"sum": 2}],
        [4, {"sum": 3}],
        [2],
    ]


def test_a_handle_stands_for_the_very_object(execute):
    source = "kept = []\ndef f(x):\n    kept.append(object())\n    return x, kept[-1]\n"
    source += "def g(thing): return thing is kept[0]"
    (answer,) = execute(source, call(1, returns=2, keep=[1]))
    x, handle = answer["value"]
    assert (x, type(handle)) == (1, Handle)
    assert execute(source, call(handle, function="g"))[0]["value"] == [True]


def test_handles_end_with_forget_and_begin_anew():
    executor = Executor({})
    executor.find = lambda file, name: (lambda x: x, file)
    first = executor.run([call(1, keep=[0])])[0]["value"][0]
    executor.forget()
    second = executor.run([call(2, keep=[0])])[0]["value"][0]
    assert first == second  # so that every check is asked, and answers, in the same numbers
    assert executor.run([call(second)])[0]["value"] == [2]
    executor.forget()
    assert executor.run([call(second)])[0]["status"] == "raised"


def test_a_result_is_what_it_was_when_the_call_returned(execute):
    source = """
state = {"v": [0.0], "deep": {"w": None}}
def f(x):
    x += 1
    state["v"][0] += 1
    state["deep"]["w"] = x
    return x, state
"""
    x = np.zeros(2)
    step = {"returns": 2, "may_change": [0]}
    answers = execute(source, call(x, **step), call(Ref(0, 0), **step), call(Ref(1, 0), **step))
    assert [answer["value"][0][0] for answer in answers] == [1.0, 2.0, 3.0]
    assert [answer["value"][1]["v"] for answer in answers] == [[1.0], [2.0], [3.0]]
    assert [answer["value"][1]["deep"]["w"][0] for answer in answers] == [1.0, 2.0, 3.0]


def test_arguments_changed_against_the_rules_are_reported(execute):
    source = """
def f(a, b, config, options):
    a *= 1
    b[0] = 5
    config["new"] = 1
    options["x"][0] = 5
"""
    arrays = np.ones(2), np.ones(2)
    (answer,) = execute(source, call(*arrays, {}, {"x": np.ones(2)}, may_change=[2]))
    assert answer["modified"] == [1, 3]
    assert answer["changed"] == [[2, {"new": 1}]]


@pytest.mark.parametrize(
    "change",
    ["x[0] = np.nan", "x[0] = -0.0", "x.shape = (2, 1)", "x.dtype = np.int64"],
)
def test_any_change_of_an_array_counts(execute, change):
    (answer,) = execute(f"import numpy as np\ndef f(x):\n    {change}", call(np.zeros(2)))
    assert answer["modified"] == [0]


def test_an_array_of_nans_left_alone_is_not_modified(execute):
    (answer,) = execute("def f(x): return x", call(np.full(3, np.nan)))
    assert answer["modified"] == []


def test_arrays_updated_in_place_are_reported_whether_they_may_or_not(execute):
    """Which of them is against the rules, the parent knows."""
    source = "def f(w, dw):\n    w += 1\n    dw += 1\n    return w"
    (answer,) = execute(source, call(np.zeros(2), np.zeros(2), may_change=[0]))
    assert answer["modified"] == [0, 1]


@pytest.mark.parametrize(
    ("body", "aliased"),
    [
        ("config['v'] = dw", [1]),
        ("config['v'] = dw[::2]", [1]),
        ("config['v'] = dw.reshape(2, 2)", [1]),
        ("config['deep'] = {'v': w}", [0]),
        ("config['v'] = w; config['u'] = dw", [0, 1]),
        ("return w, {'v': dw}", [1]),
        ("config['v'] = dw.copy()", []),
        ("config['v'] = 2 * dw", []),
        ("config['v'] = [dw][0] + 0", []),
        ("config['v'] += 1", []),
        ("config['u'] = config['v']", []),
        ("return dw, config", []),
    ],
)
def test_arrays_kept_in_a_dict_without_a_copy_are_reported(execute, body, aliased):
    source = f"def f(w, dw, config):\n    {body}\n    return w, config"
    arrays = np.zeros(4), np.zeros(4)
    (answer,) = execute(source, call(*arrays, {"v": np.zeros(4)}, returns=2, may_change=[0, 2]))
    assert answer["aliased"] == aliased


def test_a_dict_that_may_not_change_is_a_state_as_well(execute):
    source = "def f(x, options): return x\ndef g(x, options):\n    options['x'] = x\n    return x"
    apart, kept = execute(
        source,
        call(np.ones(2), {"y": np.ones(2)}),
        call(np.ones(2), {"y": np.ones(2)}, function="g"),
    )
    assert apart["aliased"] == []
    assert kept["aliased"] == [0]


def test_only_arguments_that_are_dicts_come_back(execute):
    source = "def f(w, config=None):\n    w += 1\n    return w"
    (answer,) = execute(source, call(np.zeros(1), None, may_change=[0, 1]))
    assert answer["changed"] == []


def test_arguments_may_be_left_out(execute):
    (answer,) = execute("def f(w, config=None): return w", call(1, may_change=[0, 1]))
    assert (answer["status"], answer["changed"]) == ("returned", [])


@pytest.mark.parametrize("name", ["absent", "__name__", "value"])
def test_what_is_not_a_function_is_absent(execute, name):
    (answer,) = execute("value = 3", call(function=name))
    assert answer == {"status": "absent", "file_present": True}


def test_a_file_that_was_not_handed_in_is_absent():
    answer = Executor({}).run([call()])
    assert answer == [{"status": "absent", "file_present": False}]


def test_modules_of_the_interpreter_are_not_the_submissions():
    executor = Executor({})
    asked = {**call("."), "file": "os.py", "function": "listdir"}
    assert executor.run([asked])[0]["status"] == "absent"


# Functions in another file than the one meant.


@pytest.mark.parametrize(
    ("others", "found_in"),
    [
        ({"more_under_test.py": b"def g(): return 1"}, "more_under_test.py"),
        (
            {"a_under_test.py": b"g = len", "b_under_test.py": b"def g(): return 1"},
            "b_under_test.py",
        ),
        (
            {"b_under_test.py": b"def g(): return 1", "a_under_test.py": b"def g(): return 1"},
            "a_under_test.py",
        ),
        (
            {
                "a_under_test.py": b"def g(): return 2",
                "p_under_test/work_under_test.py": b"def g(): return 1",
            },
            "p_under_test/work_under_test.py",
        ),
        ({"a_under_test.py": b"def g(): return 1\ndef g(): return 1"}, "a_under_test.py"),
        ({"a_under_test.py": b"x = 1\nasync def g(): pass\ndef g(): return 1"}, "a_under_test.py"),
    ],
)
def test_a_function_is_found_in_another_file(execute, others, found_in):
    (answer,) = execute("def f(): return 0", call(function="g"), more=others)
    assert (answer["value"], answer["found_in"]) == ([1], found_in)


def test_the_file_that_is_meant_comes_first(execute):
    others = {"a_under_test.py": b"def f(): return 2"}
    (answer,) = execute("def f(): return 1", call(), more=others)
    assert (answer["value"], answer["found_in"]) == ([1], "work_under_test.py")


@pytest.mark.parametrize(
    "other",
    [
        b"raise SystemExit('not for grading')",
        b"class C:\n    def g(self): raise ValueError",
        b"def gg(): return 1\ndef g_(): return 1",
        b"# def g(): is somewhere else\ntext = 'def g(): return 1'",
        b"from os.path import join as g",
    ],
)
def test_a_file_without_the_function_at_its_top_is_not_even_loaded(execute, other):
    more = {"trap_under_test.py": other + b"\nimport sys\nsys.trapped_under_test = True\n"}
    (answer,) = execute("", call(function="g"), more=more)
    assert answer == {"status": "absent", "file_present": True}
    assert not hasattr(sys, "trapped_under_test")


def test_a_function_is_found_where_the_file_meant_was_not_handed_in():
    files = {"elsewhere_under_test.py": b"def f(x): return x"}
    sys.meta_path.insert(0, finder := SubmissionFinder(files))
    try:
        (answer,) = Executor(files).run([call(3)])
    finally:
        sys.meta_path.remove(finder)
        sys.modules.pop("elsewhere_under_test", None)
    assert (answer["value"], answer["found_in"]) == ([3], "elsewhere_under_test.py")


def test_the_file_is_loaded_once(execute):
    source = "count = 0\ndef f():\n    global count\n    count += 1\n    return count"
    execute(source, call(), call())
    assert execute(source, call())[0]["value"] == [3]


@pytest.mark.parametrize(
    ("raised", "status", "kind"),
    [
        ("NotImplementedError('later')", "not_implemented", "NotImplementedError"),
        ("MemoryError()", "memory", "MemoryError"),
        ("ValueError('no')", "raised", "ValueError"),
        ("SystemExit(0)", "raised", "SystemExit"),
        ("KeyboardInterrupt", "raised", "KeyboardInterrupt"),
        ("GeneratorExit", "raised", "GeneratorExit"),
        ("BaseExceptionGroup('two', [ValueError(), KeyError()])", "raised", "ExceptionGroup"),
    ],
)
def test_every_exception_is_an_answer(execute, raised, status, kind):
    (answer,) = execute(f"def f():\n    raise {raised}", call())
    assert (answer["status"], answer["type"]) == (status, kind)
    assert answer["frames"] == [["work_under_test.py", 2, "f", f"raise {raised}"]]


def test_an_exception_shows_the_students_lines_only(execute):
    source = "import json\ndef f(x):\n    return g(x)\ndef g(x):\n    return json.loads(x)  # here"
    (answer,) = execute(source, call("{"))
    assert answer["type"] == "JSONDecodeError"
    assert answer["frames"] == [
        ["work_under_test.py", 3, "f", "return g(x)"],
        ["work_under_test.py", 5, "g", "return json.loads(x)  # here"],
    ]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(:\n    pass", 1),
        ("x = 1\ndef f():\n  return (1\n", 3),
        ("def f():\n    print(“hello”)", 2),
        ("def f():\n\treturn 1\n        return 2", 3),
        ("return 5", 1),
    ],
)
def test_a_syntax_error_names_its_line(execute, source, line):
    (answer,) = execute(source, call())
    assert answer["status"] == "raised"
    assert answer["frames"][-1][:2] == ["work_under_test.py", line]
    assert answer["frames"][-1][3] == source.splitlines()[line - 1].strip()


def test_long_texts_and_traces_are_cut():
    class Error(Exception):
        pass

    Error.__name__ = "E" * 10_000
    answer = describe_exception(Error("x" * 1_000_000), {})
    assert len(answer["text"]) <= 2000
    assert len(answer["type"]) <= 200


def test_an_exception_that_cannot_be_printed_is_still_an_answer(execute):
    source = """
class Mean(Exception):
    def __str__(self):
        raise SystemExit
def f():
    raise Mean
"""
    (answer,) = execute(source, call())
    assert (answer["type"], answer["text"]) == ("Mean", "")


def test_endless_recursion_is_an_answer(execute):
    (answer,) = execute("def f(x):\n    return f(x)", call(1))
    assert answer["type"] == "RecursionError"
    assert 0 < len(answer["frames"]) <= 20


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbfname = 'caf\xc3\xa9'\ndef f(): return name",
        b"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\ndef f(): return name",
        "#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nname = 'café'\n"
        "def f(): return name".encode("cp1252"),
        b"name = 'caf\xc3\xa9'\r\ndef f(): return name\r\n",
        b"name = 'caf\xc3\xa9'\rdef f(): return name\r",
    ],
    ids=["BOM", "latin-1", "cp1252", "CRLF", "CR"],
)
def test_sources_are_read_as_python_reads_them(execute, source):
    assert execute(source, call())[0]["value"] == ["café"]


@pytest.mark.parametrize(
    "source",
    [
        b"# coding: nonsense\ndef f(): return 1",
        b"name = 'caf\xe9'\ndef f(): return name",
        b"\xff\xfed\x00e\x00f\x00",
        b"def f(): return 1\x00",
        b"\xef\xbb\xbf# coding: latin-1\ndef f(): return 1",
    ],
    ids=["unknown", "not UTF-8", "UTF-16", "null byte", "BOM and latin-1"],
)
def test_sources_that_python_cannot_read_are_syntax_errors(execute, source):
    (answer,) = execute(source, call())
    assert answer["status"] == "raised"
    assert answer["type"] in ("SyntaxError", "ValueError")


def test_files_of_a_submission_import_each_other(execute):
    source = """
from pack_under_test.deep import inner
import pack_under_test, flat_under_test
def f():
    return [pack_under_test.value, inner.value, flat_under_test.value]
"""
    more = {
        "pack_under_test/__init__.py": b"value = 1",
        "pack_under_test/deep/inner.py": b"from .. import value as up\nvalue = up + 1",
        "flat_under_test.py": b"value = 3",
    }
    assert execute(source, call(), more=more)[0]["value"] == [[1, 2, 3]]


def test_the_submission_does_not_inherit_the_childs_future_imports(execute):
    source = "def g(x: 1 + 1): pass\ndef f(): return g.__annotations__['x']"
    assert execute(source, call())[0]["value"] == [2]
