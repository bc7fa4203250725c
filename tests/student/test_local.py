"""The grader's own functions behind the student's interface."""

import numpy as np
import pytest

from grader.student.calls import Call
from grader.student.faults import BadOutput, Crashed, Missing
from grader.student.local import LocalRunner
from grader.student.wire import Handle, Opaque, Ref


def call(function, *arguments, **options):
    return Call("any.py", function, arguments, **options)


def test_functions_run_by_name():
    runner = LocalRunner({"f": lambda x: x + 1})
    assert [returned.items for returned in runner.run([call("f", 1), call("f", Ref(0, 0))])] == [
        (2,),
        (3,),
    ]
    with pytest.raises(Missing):
        runner.run([call("g")])


def test_values_go_through_the_wire():
    runner = LocalRunner({"f": lambda x: x.flags.c_contiguous, "g": lambda: object()})
    x = np.arange(6.0).reshape(2, 3)
    given = [call("f", x), call("f", x[:, ::2]), call("f", x.T), call("g")]
    assert [returned.items[0] for returned in runner.run(given)] == [
        True,
        False,
        False,
        Opaque("object"),
    ]


def test_the_callers_arrays_are_safe():
    def f(x, state):
        x += 1
        state["x"] = x

    x, state = np.zeros(2), {}
    (returned,) = LocalRunner({"f": f}).run([call("f", x, state, may_change=(1,))])
    assert x.tolist() == [0, 0]
    assert state == {}
    assert returned.modified == (0,)
    assert returned.changed[1]["x"].tolist() == [1, 1]


def test_handles_work_as_in_the_student_process():
    runner = LocalRunner({"f": lambda: print, "g": lambda kept: kept is print})
    (returned,) = runner.run([call("f", keep=(0,))])
    (handle,) = returned.items
    assert type(handle) is Handle
    assert runner.run([call("g", handle)])[0].items == (True,)
    runner.start_check()
    with pytest.raises(Crashed):
        runner.run([call("g", handle)])


@pytest.mark.parametrize(
    ("function", "kind"),
    [(lambda: 1 / 0, Crashed), (lambda: (1, 2, 3), BadOutput), (lambda: exit(), Crashed)],
)
def test_failures_are_the_same_faults(function, kind):
    with pytest.raises(kind):
        LocalRunner({"f": function}).run([call("f", returns=2)])


def test_it_prints_nothing_of_its_own():
    assert LocalRunner({}).take_output() == ""
