"""The student process, from outside: whatever a submission does, a call ends in one known way."""

import contextlib
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from grader.student.calls import Call, encode_call, read_results
from grader.student.faults import (
    BadOutput,
    Crashed,
    Missing,
    OutOfMemory,
    SourceLine,
    StudentFault,
    TimedOut,
)
from grader.student.hosts import ProcessUnavailable
from grader.student.wire import Handle, Opaque, Ref

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX only")
FOREVER = "while True: pass"


def call(function="f", *arguments, file="work.py", **options):
    return Call(file, function, arguments, **options)


def result(process, *arguments, function="f", **options):
    """The first result of one call."""
    (returned,) = process.run([call(function, *arguments, **options)])
    return returned.items[0]


def hang(process, *calls):
    """Make calls that never end; only for them is the deadline short."""
    patient = process.limits
    process.limits = replace(patient, call_seconds=0.3)
    try:
        with pytest.raises(TimedOut) as caught:
            process.run(list(calls) or [call()])
    finally:
        process.limits = patient
    return caught.value


# What a call gives.


def test_results_in_order(start):
    process = start("def f(x): return 2 * x\ndef g(x): return x, [x]")
    x = np.arange(3.0)
    first, second = process.run([call("f", x), call("g", x, returns=2)])
    np.testing.assert_array_equal(first.items[0], 2 * x)
    assert second.items[1][0].tolist() == x.tolist()
    assert (first.changed, first.modified) == ({}, ())


def test_no_calls_need_no_process(start):
    process = start("")
    assert process.run([]) == []
    assert process.starts == 0


def test_one_process_serves_all_calls(start):
    process = start("count = 0\ndef f():\n    global count\n    count += 1\n    return count")
    assert [result(process) for _ in range(3)] == [1, 2, 3]
    assert process.starts == 1


def test_strided_and_fortran_arrays_arrive_as_such(start):
    process = start("def f(x): return [x.flags.c_contiguous, x.flags.f_contiguous, x.sum()]")
    x = np.arange(24.0).reshape(4, 6)
    assert result(process, x) == [True, False, x.sum()]
    assert result(process, x.T) == [False, True, x.sum()]
    assert result(process, x[:, ::2]) == [False, False, x[:, ::2].sum()]


def test_a_chain_of_refs_runs_in_one_message(start):
    process = start("def f(x, state=None): return x + 1, {'n': (state or {'n': 0})['n'] + 1}")
    calls = [call("f", 0, returns=2)]
    for step in range(5):
        calls.append(call("f", Ref(step, 0), Ref(step, 1), returns=2))
    assert process.run(calls)[-1].items == (6, {"n": 6})


def test_results_are_as_they_were_when_their_call_returned(start):
    process = start("def f(w): w += 1; return w")
    calls = [call("f", np.zeros(1), may_change=(0,))]
    calls += [call("f", Ref(step, 0), may_change=(0,)) for step in range(2)]
    assert [returned.items[0][0] for returned in process.run(calls)] == [1.0, 2.0, 3.0]


def test_a_kept_result_is_a_handle_to_the_same_object(start):
    process = start("def f(x): return x, lambda: x\ndef g(kept): return kept()")
    (returned,) = process.run([call("f", 7, returns=2, keep=(1,))])
    assert type(returned.items[1]) is Handle
    assert result(process, returned.items[1], function="g") == 7


def test_handles_end_when_a_check_ends(start):
    process = start("def f(x): return x\ndef g(x): return x")
    handle = result(process, 1, keep=(0,))
    assert result(process, handle, function="g") == 1
    process.start_check()
    with pytest.raises(Crashed):
        result(process, handle, function="g")


def test_what_may_change_comes_back_and_what_may_not_is_reported(start):
    process = start("def f(w, dw, config):\n    w += 1\n    dw += 1\n    config['t'] = 1\n")
    arguments = np.zeros(2), np.zeros(2), {"lr": 0.1}
    (returned,) = process.run([call("f", *arguments, may_change=(0, 2))])
    assert returned.changed == {2: {"lr": 0.1, "t": 1}}
    assert returned.modified == (0, 1)  # whether they may, the manifest says
    assert returned.found_in == "work.py"
    assert arguments[0].tolist() == [0.0, 0.0]


def test_what_has_no_encoding_comes_back_as_its_types_name(start):
    process = start("class Mine: pass\ndef f(): return Mine()")
    assert result(process) == Opaque("Mine")


# What goes wrong in a function.


@pytest.mark.parametrize(
    ("source", "kind", "reason"),
    [
        ("", Missing, "no_function"),
        ("f = 3", Missing, "no_function"),
        ("def f(): raise NotImplementedError", Missing, "not_implemented"),
        ("raise NotImplementedError", Missing, "not_implemented"),
        ("def f(): return 1 / 0", Crashed, "raised"),
        ("1 / 0", Crashed, "raised"),
        ("import no_such_module\nno_such_module.run()", Crashed, "unavailable"),
        ("from no_such import thing\ndef f(): return 2 * thing", Crashed, "unavailable"),
        ("import os\ndef f(): os.closerange(3, 20)", Crashed, "exited"),
        ("def f(x): pass", Crashed, "raised"),
        ("def f(): raise SystemExit(0)", Crashed, "raised"),
        ("import sys\nsys.exit()", Crashed, "raised"),
        ("def f(): raise KeyboardInterrupt", Crashed, "raised"),
        ("def f(): return f()", Crashed, "raised"),
        ("def f():\n    return (1", Crashed, "raised"),
        ("def f(): raise MemoryError", OutOfMemory, "memory"),
        ("import numpy as np\ndef f(): return np.ones(1 << 40)", OutOfMemory, "memory"),
        ("def f():\n    x = [0]\n    while True: x += x", OutOfMemory, "memory"),
        ("def f(): return [0.0] * 200_000", BadOutput, "bad_frame"),
        ("import os\ndef f(): os._exit(0)", Crashed, "exited"),
        ("import os\nos._exit(7)", Crashed, "exited"),
    ],
)
def test_every_way_to_fail_has_a_status(start, source, kind, reason):
    with pytest.raises(StudentFault) as caught:
        start(source).run([call()])
    assert (type(caught.value), caught.value.reason) == (kind, reason)
    assert caught.value.function == "f"


@pytest.mark.parametrize(
    ("source", "starts"), [("x = 1\nprint('hi')\n1 / 0", 1), ("import os\nos._exit(7)", 2)]
)
def test_a_file_that_does_not_load_fails_the_same_way_each_time(start, source, starts):
    process = start(source)
    faults = []
    for _ in range(2):
        with pytest.raises(Crashed) as caught:
            process.run([call()])
        faults.append(caught.value)
    assert faults[0] == faults[1]
    assert process.starts == starts


def test_a_file_that_was_not_handed_in(start):
    with pytest.raises(Missing) as caught:
        start("").run([call(file="other.py")])
    assert caught.value.reason == "no_file"
    assert caught.value.details == {"file": "other.py"}


def test_the_wrong_number_of_results(start):
    with pytest.raises(BadOutput) as caught:
        start("def f(): return 1, 2, 3").run([call(returns=2)])
    assert caught.value.details == {"got": "tuple of 3"}


def test_an_exception_points_at_the_students_line(start):
    with pytest.raises(Crashed) as caught:
        start("def f():\n    x = [1]\n    return x[5]  # off by four").run([call()])
    assert caught.value.details == {"type": "IndexError", "text": "list index out of range"}
    assert caught.value.frames == (SourceLine("work.py", 3, "f", "return x[5]  # off by four"),)


@pytest.mark.parametrize(
    ("source", "number", "text"),
    [
        (b"\xef\xbb\xbfx = 1\ndef f(:\n", 2, "def f(:"),
        (b"# coding: latin-1\nname = '\xe9'\ndef f(): return \xe9\xd7\n", 3, "def f(): return é×"),
        ("def f():\n    return “x”\n".encode(), 2, "return “x”"),
        ("def f（x）:\n    return x\n".encode(), 1, "def f（x）:"),
    ],
    ids=["BOM", "latin-1", "curly quotes", "full width"],
)
def test_a_syntax_error_is_shown_as_python_reads_the_file(start, source, number, text):
    with pytest.raises(Crashed) as caught:
        start(source).run([call()])
    assert caught.value.details["type"] == "SyntaxError"
    assert (caught.value.frames[-1].number, caught.value.frames[-1].text) == (number, text)


@pytest.mark.parametrize(
    "source",
    [b"\xef\xbb\xbfdef f(): return 'caf\xc3\xa9'", b"# coding: cp1252\ndef f(): return 'caf\xe9'"],
    ids=["BOM", "cp1252"],
)
def test_any_encoding_that_python_reads_is_read(start, source):
    assert result(start(source)) == "café"


def test_results_too_large_to_send_are_the_students_memory(start):
    source = "import numpy as np\ndef f(n): return np.ones(n)\ndef g(): return 1"
    process = start(source, memory_bytes=1 << 30)
    with pytest.raises(OutOfMemory):
        process.run([call("f", 45_000_000)])
    assert result(process, function="g") == 1


def test_results_beyond_what_a_message_may_hold(start):
    process = start(
        "import numpy as np\ndef f(): return np.zeros(80_000_000)", memory_bytes=8 << 30
    )
    with pytest.raises((BadOutput, OutOfMemory)):
        process.run([call()])


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_process_that_dies_of_a_signal(start, unconfined, number):
    source = f"import os\ndef f(): os.kill(os.getpid(), {int(number)})\ndef g(): return 1"
    process = start(source, host=unconfined)
    with pytest.raises(Crashed) as caught:
        process.run([call()])
    assert (caught.value.reason, caught.value.details) == ("killed", {"code": number})
    assert result(process, function="g") == 1


@posix
@pytest.mark.parametrize("crash", ["ctypes.string_at(0)", "os.abort()"])
def test_a_crash_of_the_interpreter_itself(start, crash):
    process = start(f"import ctypes, os\ndef f(): {crash}\ndef g(): return 1")
    with pytest.raises(Crashed) as caught:
        process.run([call()])
    assert caught.value.reason == "killed"
    assert result(process, function="g") == 1


def test_after_a_crash_everything_starts_anew(start):
    source = "import os\ncount = 0\ndef f():\n    global count\n    count += 1\n    return count\n"
    process = start(source + "def g(): os._exit(1)")
    assert [result(process), result(process)] == [1, 2]
    with pytest.raises(Crashed):
        process.run([call("g")])
    assert result(process) == 1
    assert process.starts == 2


# Time.


@pytest.mark.parametrize(
    "source",
    [
        f"def f():\n    {FOREVER}",
        FOREVER,
        "import time\ndef f(): time.sleep(10_000)",
        "def f():\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
        "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
        f"    except (OSError, ValueError): pass\ndef f():\n    {FOREVER}",
    ],
    ids=["loop", "at import", "sleep", "catches everything", "ignores signals"],
)
def test_what_never_ends_is_ended(start, source):
    process = start(source)
    fault = hang(process)
    assert fault.reason in ("timeout", "timeout_computing")  # a busy machine makes one wait
    assert (fault.function, fault.status) == ("f", "timeout")


@posix
def test_the_whole_process_group_is_ended(start, unconfined):
    source = f"""
import os, time
def f():
    if os.fork() == 0:
        time.sleep(10_000)
    print(os.getpgid(0))
    {FOREVER}
"""
    process = start(source, host=unconfined)
    hang(process)
    with pytest.raises(ProcessLookupError):
        os.killpg(int(process.take_output()), 0)


def test_two_timeouts_of_a_function_are_enough(start):
    process = start("def f(x):\n    while x: pass\n    return 1\ndef g(): return 2")
    assert result(process, 0) == 1
    assert [hang(process, call("f", 1)).status for _ in range(2)] == ["timeout", "timeout"]
    starts = process.starts
    with pytest.raises(TimedOut) as caught:
        process.run([call("f", 0)])
    assert (caught.value.reason, caught.value.details) == ("timeout_again", {"times": 2})
    assert process.starts == starts
    assert result(process, function="g") == 2


def test_a_function_that_hangs_does_not_stop_its_neighbours(start):
    process = start(f"def f():\n    {FOREVER}\ndef g(): return 2")
    for _ in range(2):
        assert hang(process).status == "timeout"
    assert result(process, function="g") == 2


def test_a_file_that_hangs_while_loading_is_tried_twice_in_all(start):
    process = start(FOREVER, more={"fine.py": b"def h(): return 3"})
    assert hang(process, call("f")).status == "timeout"
    assert hang(process, call("g")).status == "timeout"
    starts = process.starts
    for function in ("f", "g", "h"):
        with pytest.raises(TimedOut) as caught:
            process.run([call(function)])
        assert caught.value.reason == "timeout_again"
    assert process.starts == starts
    assert result(process, function="h", file="fine.py") == 3


def test_the_submissions_time_is_limited_as_a_whole(start):
    process = start(f"def f():\n    {FOREVER}\ndef g(): return 2", submission_seconds=0.25)
    assert result(process, function="g") == 2
    hang(process)
    with pytest.raises(TimedOut) as caught:
        process.run([call("g")])
    assert caught.value.reason == "timeout_submission"
    assert caught.value.details == {"seconds": 0.25}


def test_the_time_is_the_students_not_the_interpreters(start):
    process = start("import time\ndef f():\n    while time.process_time() < 0.3: pass")
    process.run([call()])
    assert process.seconds >= 0.05  # numpy's import, before, is none of it
    before = process.seconds
    process.close()
    assert process.seconds == before


# Output.


def test_output_is_taken_once(start):
    process = start("import sys\ndef f(x):\n    print('é', x)\n    print('!', file=sys.stderr)")
    process.run([call("f", 1)])
    assert process.take_output() == "é 1\n!\n"
    assert process.take_output() == ""


def test_output_survives_the_process(start):
    source = "import os\ndef f():\n    print('before')\n    os._exit(0)\n"
    process = start(source + f"def g():\n    print('loop')\n    {FOREVER}")
    with pytest.raises(Crashed):
        process.run([call()])
    assert process.take_output() == "before\n"
    hang(process, call("g"))
    assert process.take_output() == "loop\n"


def test_output_without_end_is_cut_at_the_cap(start):
    source = "def f():\n    while True: print('x' * 99)\ndef g():\n    print('after')\n    return 1"
    process = start(source, output_bytes=1000)
    hang(process)
    assert len(process.take_output()) == 1000
    assert result(process, function="g") == 1


def test_much_output_does_not_block_the_answer(start):
    process = start("def f():\n    print('x' * 5_000_000)\n    return 1", output_bytes=1000)
    assert result(process) == 1
    assert process.take_output() == "x" * 1000


def test_a_thread_that_prints_for_ever(start, unconfined):
    source = """
import threading
def chatter():
    while True:
        print("still here")
def f(x):
    if x == 1:
        threading.Thread(target=chatter, daemon=True).start()
    return x
"""
    process = start(source, host=unconfined, output_bytes=1000)
    assert [result(process, x) for x in (1, 2, 3)] == [1, 2, 3]
    assert len(process.take_output()) <= 1000
    assert result(process, 4) == 4


@pytest.mark.parametrize(
    "trick",
    [
        "os.closerange(0, 3)",
        "sys.modules.clear()",
        "import builtins; builtins.print = None; builtins.len = builtins.type = None",
        "import json; json.dumps = None",
        "os.write = os.read = None",
        "sys.setrecursionlimit(50)",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
    ],
)
def test_what_a_submission_does_to_itself_costs_at_most_its_own_answers(start, trick):
    process = start(f"import os, sys\ndef f():\n    {trick}\n    return 1\ndef g(): return 2")
    with contextlib.suppress(Crashed, BadOutput):  # anything else fails the test
        assert result(process) == 1
    process.close()
    assert result(process, function="g") == 2


@pytest.mark.parametrize(
    "trick",
    [
        "sys.stdout = None",
        "sys.stdout = sys.stderr = object()",
        "sys.stdout.close()",
        "del sys.stdout",
        "os.close(1); os.close(2)",
        "sys.stdin.close()",
    ],
)
def test_an_answer_does_not_depend_on_where_output_goes(start, trick):
    process = start(f"import os, sys\ndef f():\n    {trick}\n    return 1\ndef g(): return 2")
    assert result(process) == 1
    assert result(process, function="g") == 2


def test_input_is_closed(start):
    with pytest.raises(Crashed) as caught:
        start("def f(): return input()").run([call()])
    assert caught.value.details["type"] == "EOFError"


# What reaches the child, and what does not.


def test_the_files_of_a_submission_import_each_other(start):
    more = {"helper.py": b"from tools.deep import three", "tools/deep.py": b"three = 3"}
    process = start("import helper\ndef f(): return helper.three", more=more)
    assert result(process) == 3


def test_the_given_code_can_be_imported(start):
    source = "from assignment.layers import affine_forward\nimport assignment.layers as layers\n"
    source += "def f(): return layers.affine_forward is affine_forward"
    assert result(start(source)) is True


@pytest.mark.parametrize("name", ["solutions", "grader"])
def test_the_rest_of_the_project_cannot_be_imported(start, name):
    with pytest.raises(Crashed) as caught:
        start(f"import {name}\ndef f(): pass").run([call()])
    assert caught.value.details["type"] == "ModuleNotFoundError"


def test_the_graders_environment_stays_with_the_grader(start, monkeypatch):
    monkeypatch.setenv("SECRET_SEED", "231")
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    process = start("import os, sys\ndef f(): return [dict(os.environ), sys.argv[1:], os.getcwd()]")
    environment, arguments, folder = result(process)
    assert not {"SECRET_SEED", "PYTHONPATH", "HOME", "PATH"} & environment.keys()
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert arguments == []
    assert os.path.realpath(folder) != os.path.realpath(os.getcwd())


def test_nothing_is_written_where_the_given_code_lies(start, project):
    before = {path.name for path in project.assignment.rglob("*")}
    result(start("import assignment.schedules\ndef f(): return 1"))
    assert {path.name for path in project.assignment.rglob("*")} == before


# Forged answers.

FORGE = """
import json, os, struct
def frame(tree, body=b""):
    header = json.dumps(tree).encode()
    return struct.pack("<4sIQ", b"DSC1", len(header), len(body)) + header + body
def forge(data):
    for fd in range(3, 40):
        try:
            os.write(fd, data)
        except OSError:
            pass
def answer(**fields):
    return {"d": fields}
def f(x, state=None):
    forge(%s)
    return x
"""


@posix
@pytest.mark.parametrize(
    "forged",
    [
        "b'all tests passed'",
        "struct.pack('<4sIQ', b'DSC1', 10, 1 << 62)",
        "struct.pack('<4sIQ', b'DSC1', 5, 0) + b'[[[[['",
        "frame(None)",
        "frame([answer(status='passed', score=100)])",
        "frame([answer(status='returned', value=[1], changed=[[9, {'d': []}]], modified=[])])",
        "frame([answer(status='returned', changed=[], modified=[],"
        " value=[{'a': ['<f8', [1 << 29] * 7 + [0], 0, 'C']}])])",
    ],
    ids=["no frame", "too large", "no JSON", "None", "unknown status", "wrong place", "impossible"],
)
def test_a_forged_answer_is_bad_output(start, forged):
    process = start(FORGE % forged)
    with pytest.raises(BadOutput) as caught:
        process.run([call("f", 1, {}, may_change=(1,))])
    assert caught.value.function == "f"


@posix
def test_a_forged_answer_that_is_well_formed_is_only_an_answer(start):
    answer = (
        "status='returned', value=['mine'], changed=[], modified=[], aliased=[], found_in='work.py'"
    )
    source = FORGE % f"frame([answer({answer})])"
    assert result(start(source), 1) == "mine"


@posix
def test_a_forged_name_of_a_file_that_was_not_handed_in_goes_no_further(start):
    answer = "status='returned', value=['mine'], changed=[], modified=[], aliased=[]"
    source = FORGE % f"frame([answer({answer}, found_in='what x was')])"
    with pytest.raises(BadOutput) as caught:
        start(source).run([call("f", 1)])
    assert "what x was" not in str(caught.value)


@posix
def test_after_a_forged_answer_the_child_is_not_believed_any_more(start):
    process = start(FORGE % "frame([])" + "\ndef g(x): return x + 1")
    with pytest.raises(BadOutput):
        process.run([call("f", 1)])
    assert result(process, 1, function="g") == 2
    assert process.starts == 2


@posix
def test_closing_the_pipes_ends_the_conversation_not_the_grader(start):
    process = start(
        "import os\ndef f():\n    os.closerange(3, 40)\n    return 1\ndef g(): return 2"
    )
    with pytest.raises(Crashed):
        process.run([call()])
    assert result(process, function="g") == 2


def returned(**fields):
    answer = {"status": "returned", "value": [1], "changed": [], "modified": [], "aliased": []}
    return {**answer, "found_in": "work.py", **fields}


def without(field):
    answer = returned()
    del answer[field]
    return answer


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "passed",
        {},
        {"status": None},
        {"status": ["returned"]},
        {"status": "passed"},
        {"status": "returned"},
        returned(value=[]),
        returned(value=[1, 2]),
        returned(value=(1,)),
        returned(value=1),
        returned(value=[Handle(1)]),
        returned(changed=None),
        returned(changed=[[0]]),
        returned(changed=[[{}, {}]]),
        returned(changed=[["1", {}]]),
        returned(changed=[[True, {}]]),
        returned(changed=[[0, {}]]),
        returned(changed=[[9, {}]]),
        returned(changed=[[-1, {}]]),
        returned(modified=None),
        returned(modified=["x"]),
        returned(modified=[9]),
        returned(modified=[-1]),
        returned(aliased=None),
        returned(aliased=["x"]),
        returned(aliased=[True]),
        returned(aliased=[9]),
        returned(aliased=[-1]),
        *(without(field) for field in ("value", "changed", "modified", "aliased", "found_in")),
        {"status": "raised"},
        {"status": "raised", "type": 1, "text": 2, "frames": None},
        {"status": "raised", "type": 1, "text": 2, "frames": [[1]]},
        {"status": "raised", "type": "", "text": "", "frames": [["", "x", "", ""]]},
        {"status": "absent"},
        {"status": "bad_return"},
    ],
    ids=repr,
)
def test_an_answer_of_any_other_form_is_bad_output(answer):
    with pytest.raises(BadOutput):
        read_results([answer], [call("f", 1, {}, may_change=(1,))])


@pytest.mark.parametrize("reply", [None, {}, [], "loaded", [returned(), returned()]], ids=repr)
def test_a_reply_of_any_other_form_is_bad_output(reply):
    with pytest.raises(BadOutput):
        read_results(reply, [call()])


def test_the_answers_that_are_expected_are_read():
    (read,) = read_results(
        [returned(changed=[[1, {"t": 1}]], modified=[0], aliased=[0], found_in="other.py")],
        [call("f", 1, {}, may_change=(1,))],
    )
    assert (read.items, read.changed, read.modified) == ((1,), {1: {"t": 1}}, (0,))
    assert (read.aliased, read.found_in) == ((0,), "other.py")


def test_a_files_name_from_the_student_is_not_believed_to_be_short():
    (read,) = read_results([returned(found_in="x" * 10_000)], [call("f", 1)])
    assert len(read.found_in) == 200


def test_a_missing_answer_is_charged_to_the_call_that_lacks_it():
    with pytest.raises(BadOutput) as caught:
        read_results([returned()], [call("f"), call("g")])
    assert caught.value.function == "g"


def test_a_call_travels_as_plain_values():
    encoded = encode_call(call("f", 1, Ref(0), keep=(0,), may_change=(1,)))
    assert encoded == {
        "file": "work.py",
        "function": "f",
        "arguments": [1, Ref(0)],
        "returns": 1,
        "keep": [0],
        "may_change": [1],
    }


# The machine's faults are not the student's.


def test_too_little_memory_for_the_arguments_is_not_a_crash_of_the_grader(start):
    process = start("def f(x): return 1", memory_bytes=220 << 20)
    with pytest.raises((StudentFault, ProcessUnavailable)):
        process.run([call("f", np.zeros(12_000_000))])


def test_closing_is_safe_at_any_time(start):
    process = start("def f(): return 1")
    process.close()
    assert result(process) == 1
    process.close()
    process.close()
    assert process.take_output() == ""
