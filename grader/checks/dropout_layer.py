"""Shared by the checks that use dropout: the student's layer, whatever p means to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.compare import assert_close

MISREAD = "dropout-p-drops"  # the known mistake: p read the other way round


class Layer:
    """The student's dropout, asked to keep a share of the units.

    The course's convention says what p means. A student who is known to read it the other way round
    has been charged for that once, and is judged as if the reading were right from then on.
    """

    def __init__(self, student: Any, conventions: Any, verdicts: Any) -> None:
        self.student = student
        mistake = verdicts.known_mistake("dropout_forward")
        self.misread = mistake is not None and mistake.id == MISREAD
        self.p_drops = (conventions.get("p_means") == "drop") != self.misread

    def param(self, keep: float, mode: str = "train") -> dict[str, Any]:
        """The dropout_param that means: keep this share."""
        return {"p": 1.0 - keep if self.p_drops else keep, "mode": mode}

    def forward(self, x: np.ndarray, keep: float, mode: str = "train") -> tuple[np.ndarray, Any]:
        """out, an array like x, and the handle of the student's cache."""
        out, cache = self.student.dropout_forward(x, self.param(keep, mode))
        require_array(out, x)
        return out, cache

    def draw(self, x: np.ndarray, keep: float, times: int) -> list[np.ndarray]:
        """out of several calls, in one message."""
        function = self.student.dropout_forward
        calls = [function.call(x, self.param(keep)) for _ in range(times)]
        results = [returned.items[0] for returned in self.student.run(calls)]
        for out in results:
            require_array(out, x)
        return results


def require_array(out: Any, x: np.ndarray) -> None:
    """out is a finite array shaped like x; the comparison tells what it is instead."""
    if type(out) is not np.ndarray or out.shape != x.shape or not np.isfinite(out).all():
        assert_close(out, x, what="out")
