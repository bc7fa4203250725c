"""Shared by all checks: a function leaves alone what is not its own."""

from __future__ import annotations

from grader.compare import fail
from grader.student.functions import StudentFunction


def assert_unmodified(*functions: StudentFunction, mistakes: dict[str, str] | None = None) -> None:
    """None of the functions has changed an argument in this check, or kept one without a copy.

    mistakes: by argument, the id of the known mistake that changing it is.
    """
    for function in functions:
        for name in function.modified:
            fail(
                f"{name} is not what it was before {function.name} was called: the function has "
                "changed it in place.",
                mistake=(mistakes or {}).get(name, ""),
            )
        for name in function.aliased:
            fail(
                f"{function.name} keeps {name} itself in the dict it returns or fills, not a copy: "
                "when the caller uses that array again, the state changes with it."
            )
