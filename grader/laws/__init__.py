"""The laws: what must hold of the whole assignment before anyone is graded with it.

A law is a function of the project that returns complaints, one line each; its docstring's first
line is what it states. Law 7 takes minutes and stands apart, in `mutants`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.laws.answers import variants_are_accepted, wrong_answers_are_caught
from grader.laws.basic import (
    nothing_derived_is_stale,
    solutions_get_full_marks,
    starter_gets_nothing,
    students_archive_is_clean,
)
from grader.project import Project

LAWS: Mapping[int, Callable[[Project], list[str]]] = {
    1: nothing_derived_is_stale,
    2: solutions_get_full_marks,
    3: starter_gets_nothing,
    4: wrong_answers_are_caught,
    5: variants_are_accepted,
    6: students_archive_is_clean,
}
