"""The judge: runs one check after another on one submission and decides each one's status."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from grader import compare
from grader.diagnose import Mistakes, diagnose
from grader.manifest import Manifest
from grader.messages import explain_fault, explain_mismatch
from grader.plugin import CheckError, CheckSpec, read_spec
from grader.reference import Oracle, Source
from grader.results import Diagnosis, Status
from grader.student.faults import StudentFault
from grader.student.functions import Runner, Student


@dataclass
class Outcome:
    """What one check found, before points are given."""

    spec: CheckSpec
    status: Status
    message: str = ""
    error: float | None = None
    diagnosis: Diagnosis | None = None
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    printed: str = ""
    waits_for: tuple[str, ...] = ()


class Blocked(Exception):
    """A check cannot be judged before another question is right."""


class Judge:
    """Knows which checks there are, where right answers come from, and what was found so far.

    questions: the ones asked for (default all); those they use are judged too.
    raising: let failures reach pytest, for whoever runs the checks with it directly.
    """

    def __init__(
        self,
        manifest: Manifest,
        source: Source,
        mistakes: Mistakes | None = None,
        *,
        questions: tuple[str, ...] = (),
        raising: bool = False,
    ) -> None:
        self.manifest, self.source, self.raising = manifest, source, raising
        self.selected = questions or tuple(question.name for question in manifest.questions)
        self.specs: dict[str, CheckSpec] = {}
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        self.student: Student
        self.seed = 0
        self._mistakes = mistakes

    def begin(self, runner: Runner, seed: int = 0) -> None:
        """Start on a submission, whose functions `runner` runs; the seed is for official inputs."""
        self.student = Student(runner, self.manifest)
        self.seed = seed
        self.outcomes = {}

    def adopt(self, items: list[pytest.Item]) -> None:
        """Take the collected checks: validate, put in order, leave out what is not asked for."""
        specs = {item.nodeid: read_spec(item, self.manifest) for item in items}
        self._validate(list(specs.values()))
        wanted = self._with_prerequisites()
        order = {question.name: i for i, question in enumerate(self.manifest.questions)}
        items[:] = sorted(
            (item for item in items if specs[item.nodeid].question in wanted),
            key=lambda item: (order[specs[item.nodeid].question], specs[item.nodeid].edge),
        )
        self.specs = {item.nodeid: specs[item.nodeid] for item in items}

    def reference(self, item: pytest.Item) -> Oracle:
        """The right answers for one check."""
        spec = self.specs[item.nodeid]
        return self.source.reference(spec.question, spec.name)

    def draws(self, item: pytest.Item) -> Any:
        """The random generator of one check."""
        spec = self.specs[item.nodeid]
        return self.source.draws(spec.question, spec.name, self.seed)

    def judge(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> None:
        """Run a check's function with its fixtures and note what came of it."""
        spec = self.specs[item.nodeid]
        started = time.perf_counter()
        self.student.start_check()
        raised: BaseException | None = None
        with compare.logging() as log:
            waits_for = tuple(name for name in spec.needs if not self.is_sound(name))
            if waits_for:
                outcome = self._blocked(spec, waits_for)
            else:
                try:
                    function(**arguments)
                    outcome = Outcome(spec, Status.PASSED)
                except Exception as error:
                    outcome, raised = self._verdict(spec, error), error
                except pytest.fail.Exception as error:
                    outcome, raised = Outcome(spec, Status.FAILED, str(error)), error
        if isinstance(raised, compare.Mismatch) and self._mistakes is not None:
            outcome.diagnosis = diagnose(
                self.manifest,
                self._mistakes,
                spec,
                log,
                lambda student: self.rerun(item, function, arguments, student),
            )
        outcome.notes += [self.manifest.say(message, **values) for message, values in log.notes]
        outcome.seconds = time.perf_counter() - started
        outcome.printed = self.student.runner.take_output()
        self.outcomes[spec.question, spec.name] = outcome
        if self.raising and outcome.status is Status.BLOCKED:
            pytest.skip(outcome.message)
        if self.raising and outcome.status is not Status.PASSED:
            raise AssertionError(f"{outcome.status}: {outcome.message}") from raised

    def rerun(
        self,
        item: pytest.Item,
        function: Callable[..., None],
        arguments: Mapping[str, Any],
        student: Student,
    ) -> None:
        """Run a check once more on the same inputs, with the functions of another student."""
        fresh = {"student": student, "reference": self.reference(item), "rng": self.draws(item)}
        student.start_check()
        function(**{name: fresh.get(name, value) for name, value in arguments.items()})

    def is_sound(self, question: str) -> bool:
        """Whether a question's value checks have all passed, so that others can build on it."""
        found = [o for o in self.outcomes.values() if o.spec.question == question]
        return bool(found) and all(
            outcome.status is Status.PASSED for outcome in found if not outcome.spec.edge
        )

    def known_mistake(self, question: str) -> Diagnosis | None:
        """The known wrong answer found in a question, if one that can be followed through."""
        for outcome in self.outcomes.values():
            found = outcome.diagnosis
            if outcome.spec.question == question and found is not None and found.follow_through:
                return found
        return None

    def wait_for(self, question: str) -> None:
        """Block the running check unless a question is sound, or wrong in a known way.

        A check that judges one function against another of the student's own must not take just
        anything for the other: zeros would be the right gradient of zeros.
        """
        if not self.is_sound(question) and self.known_mistake(question) is None:
            raise Blocked(question)

    def _verdict(self, spec: CheckSpec, error: Exception) -> Outcome:
        if isinstance(error, StudentFault):
            owner = self.manifest.functions[error.function].question
            if owner != spec.question:
                return self._blocked(spec, (owner,))
            message = explain_fault(self.manifest, error, self.source.hidden)
            return Outcome(spec, Status(error.status), message)
        if isinstance(error, Blocked):
            return self._blocked(spec, error.args)
        if isinstance(error, compare.Mismatch):
            return Outcome(
                spec,
                Status(error.status),
                explain_mismatch(self.manifest, error, self.source.hidden),
                error.error,
            )
        if isinstance(error, AssertionError):
            return Outcome(spec, Status.FAILED, str(error) or spec.title)
        text = f"{spec.question}: {spec.name}: {type(error).__name__}: {error}"
        return Outcome(spec, Status.ERROR, self.manifest.say("grader_fault", text=text))

    def _blocked(self, spec: CheckSpec, waits_for: tuple[str, ...]) -> Outcome:
        message = self.manifest.say("blocked", questions=", ".join(waits_for))
        return Outcome(spec, Status.BLOCKED, message, waits_for=waits_for)

    def _with_prerequisites(self) -> set[str]:
        wanted: set[str] = set()
        pending = list(self.selected)
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(name)
                pending.extend(self.manifest.question(name).uses)
        return wanted

    def _validate(self, specs: list[CheckSpec]) -> None:
        names = [(spec.question, spec.name) for spec in specs]
        for question, name in names:
            if names.count((question, name)) > 1:
                raise CheckError(f"question {question} has two checks named {name}")
        for question in (question.name for question in self.manifest.questions):
            if not any(spec.question == question and not spec.edge for spec in specs):
                raise CheckError(f"question {question} has no check that is not an edge check")
