"""The same functions as a notebook, with the tests that a course would write for it.

Five questions, each with a cell of solution and a cell of tests: results on a small fixed input
against values printed once, by `np.allclose`, as CS231n's own notebooks do.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.measuring import ROOT

IMPORTS = "import numpy as np"


@dataclass(frozen=True)
class Question:
    """A question of the notebook.

    functions  what students write, from a file of `solutions/`
    calls      code that leaves the results in a list, `found`
    """

    name: str
    file: str
    functions: tuple[str, ...]
    calls: str

    @property
    def solution(self) -> str:
        """The functions' source."""
        text = (ROOT / "solutions" / self.file).read_text(encoding="utf-8")
        nodes = {n.name: n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
        source = "\n\n\n".join(
            ast.get_source_segment(text, nodes[name]) or "" for name in self.functions
        )
        kept = (line for line in source.splitlines() if line.strip() not in MARKERS)
        return "\n".join(kept)

    @property
    def test(self) -> str:
        """Code that raises unless the results are as they should be."""
        known: dict[str, object] = {"np": np}
        exec(f"{self.solution}\n{self.calls}", known)
        found = known["found"]
        assert isinstance(found, list)
        expected = ",\n    ".join(repr(np.asarray(one).tolist()) for one in found)
        return (
            f"{self.calls}\nexpected = [\n    {expected},\n]\n"
            "for got, wanted in zip(found, expected):\n"
            "    assert np.allclose(got, wanted, rtol=1e-7, atol=1e-10)"
        )


MARKERS = ("# BEGIN SOLUTION", "# END SOLUTION")

_WEIGHTS = """N, D = 4, 5
w = np.linspace(-0.4, 0.6, num=N * D).reshape(N, D)
dw = np.linspace(-0.6, 0.4, num=N * D).reshape(N, D)
"""

_INPUTS = """x = np.sin(np.arange(24.0)).reshape(6, 4) * 3 + 2
dout = np.cos(np.arange(24.0)).reshape(6, 4)
"""

QUESTIONS: Sequence[Question] = (
    Question(
        "sgd_momentum",
        "optim.py",
        ("sgd_momentum",),
        _WEIGHTS
        + """v = np.linspace(0.6, 0.9, num=N * D).reshape(N, D)
next_w, config = sgd_momentum(w, dw, {"learning_rate": 1e-3, "velocity": v})
found = [next_w, config["velocity"]]""",
    ),
    Question(
        "rmsprop",
        "optim.py",
        ("rmsprop",),
        _WEIGHTS
        + """cache = np.linspace(0.6, 0.9, num=N * D).reshape(N, D)
next_w, config = rmsprop(w, dw, {"learning_rate": 1e-2, "cache": cache})
found = [next_w, config["cache"]]""",
    ),
    Question(
        "adam",
        "optim.py",
        ("adam",),
        _WEIGHTS
        + """m = np.linspace(0.6, 0.9, num=N * D).reshape(N, D)
v = np.linspace(0.7, 0.5, num=N * D).reshape(N, D)
next_w, config = adam(w, dw, {"learning_rate": 1e-2, "m": m, "v": v, "t": 5})
found = [next_w, config["m"], config["v"]]""",
    ),
    Question(
        "batchnorm",
        "normalization.py",
        ("batchnorm_forward", "batchnorm_backward"),
        _INPUTS
        + """gamma, beta = np.array([1.0, 2.0, 0.5, 1.5]), np.array([0.0, -1.0, 1.0, 3.0])
bn_param = {"mode": "train"}
out, cache = batchnorm_forward(x, gamma, beta, bn_param)
gradients = batchnorm_backward(dout, cache)
tested, _ = batchnorm_forward(x, gamma, beta, {**bn_param, "mode": "test"})
found = [out, bn_param["running_mean"], bn_param["running_var"], tested, *gradients]""",
    ),
    Question(
        "dropout",
        "dropout.py",
        ("dropout_forward", "dropout_backward"),
        _INPUTS
        + """out, cache = dropout_forward(x, {"mode": "train", "p": 0.6, "seed": 123})
dx = dropout_backward(dout, cache)
tested, _ = dropout_forward(x, {"mode": "test", "p": 0.6})
kept = out != 0
found = [out[kept] / x[kept] * 0.6 - 1, dx[kept] / dout[kept] * 0.6 - 1, dx[~kept], tested]""",
    ),
)
