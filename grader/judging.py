"""The judge: runs one check after another on one submission and decides each one's status."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from grader import compare
from grader.conversations import Conversations
from grader.diagnose import Finding, Mistakes, diagnose
from grader.manifest import Manifest
from grader.outcomes import (
    NEUTRAL,
    Attempt,
    Blocked,
    Outcome,
    UnknownCheck,
    Verdicts,
    blocked,
    grader_fault,
    outcome_of,
)
from grader.plugin import CheckError, CheckSpec, read_spec
from grader.recordings import Variant
from grader.reference import Oracle
from grader.results import Diagnosis, Status
from grader.sources import Source
from grader.student.calls import NotRepeated
from grader.student.functions import Runner, Student


class Judge:
    """Knows which checks there are, where right answers come from, and what was found so far.

    questions: the ones asked for (default all), or single checks as `question:check`; the questions
        that they use are judged too.
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
        self.manifest: Manifest = manifest
        self.source, self.raising = source, raising
        asked = [name.partition(":") for name in questions]
        self.selected = tuple(q for q, _, _ in asked) or tuple(q.name for q in manifest.questions)
        self._only = {(q, check) for q, _, check in asked if check}
        self.specs: dict[str, CheckSpec] = {}  # by the collected item: the checks to run
        self.all_specs: list[CheckSpec] = []
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        self._diagnosed: dict[str, int] = {}  # by question: after how many of its checks
        self.variants: dict[str, Variant] = {}  # by function: the form this submission has
        self.student: Student
        self.seed = 0
        self.mistakes = mistakes
        self._begun = 0  # submissions
        self._conversations = Conversations()
        self._asked_about: set[str] = set()  # questions, by the running check

    def begin(self, runner: Runner, seed: int = 0) -> None:
        """Start on a submission, whose functions `runner` runs; the seed is for official inputs."""
        self.student = Student(runner, self.manifest)
        if seed != self.seed:
            self._conversations.forget()
            if self.mistakes is not None:
                self.mistakes.forget()
        self.seed = seed
        self._begun += 1
        self.outcomes = {}
        self.variants = {}
        self._diagnosed = {}

    def adopt(self, items: list[pytest.Item]) -> None:
        """Take the collected checks: validate, put in order, leave out what is not asked for."""
        specs = {item.nodeid: read_spec(item, self.manifest) for item in items}
        self._validate(list(specs.values()))
        wanted = self.with_prerequisites(self.selected)
        order = {question.name: i for i, question in enumerate(self.manifest.questions)}
        self.all_specs = list(specs.values())
        items[:] = [item for item in items if self._is_wanted(specs[item.nodeid], wanted)]
        items.sort(key=lambda item: (order[specs[item.nodeid].question], specs[item.nodeid].rank))
        self.specs = {item.nodeid: specs[item.nodeid] for item in items}

    def _is_wanted(self, spec: CheckSpec, questions: set[str]) -> bool:
        singles = {check for question, check in self._only if question == spec.question}
        return spec.question in questions and (not singles or spec.name in singles)

    def reference(self, item: pytest.Item) -> Oracle:
        """The right answers for one check."""
        spec = self.specs[item.nodeid]
        variants = self.variants.values()
        return self.source.reference(spec.question, spec.name, variants, self.seed)

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
        waits_for = tuple(name for name in spec.needs if not self.is_sound(name))
        self._asked_about.clear()  # what it needs is looked at every time
        attempt, right_so_far = Attempt(), self._all_right_so_far(spec.question)
        if not waits_for and not (right_so_far and self._passes_as_others_did(spec)):
            attempt = self._attempt(lambda: function(**arguments))
            if isinstance(attempt.raised, NotRepeated):
                again = arguments["student"]
                attempt = self._attempt(lambda: self.rerun(item, function, arguments, again))
            if right_so_far:
                self._remember(spec, attempt)
            # A function whose main check fails is wrong, whatever form it has.
            main = self._main(spec.question)
            if isinstance(attempt.raised, compare.Mismatch) and (
                main is None or main.status is Status.PASSED
            ):
                attempt = self._try_variants(item, function, arguments) or attempt
        raised, log = attempt.raised, attempt.log
        if waits_for:
            outcome = blocked(self.manifest, spec, waits_for)
        elif raised is None:
            outcome = Outcome(spec, Status.PASSED, by_variant=bool(self.variants))
        else:
            outcome = outcome_of(self.manifest, spec, raised, hidden=self.source.hidden)
        if not waits_for and outcome.status is not Status.ERROR:
            outcome.finding = Finding(
                spec,
                raised,
                log,
                lambda student: self.rerun(item, function, arguments, student, verdicts=NEUTRAL),
            )
        outcome.notes += [self.manifest.say(message, **values) for message, values in log.notes]
        for _, what in sorted(self.student.updated):
            outcome.notes.append(self.manifest.say("note_in_place", what=what))
        outcome.seconds = time.perf_counter() - started
        outcome.printed = self.student.runner.take_output()
        self.outcomes[spec.question, spec.name] = outcome
        if self.raising:
            self._raise(outcome, raised)

    def _passes_as_others_did(self, spec: CheckSpec) -> bool:
        """Whether the answers to a check are those of a submission that has passed it before."""
        try:
            return self._conversations.passes((spec.question, spec.name), self.student.runner)
        except Exception:  # the check itself will meet it, where it belongs
            return False

    def _remember(self, spec: CheckSpec, attempt: Attempt) -> None:
        """Keep the conversation of a check that has passed, if nothing but the answers counted."""
        student, heard = self.student, self.student.runner.heard
        if (
            self._begun > 1  # else there may be no class
            and heard is not None
            and attempt.raised is None
            and not attempt.log.notes
            and not (student.updated or student.elsewhere or student.timed)
            and self._asked_about <= self.with_prerequisites([spec.question])
        ):
            self._conversations.keep((spec.question, spec.name), heard)

    def _all_right_so_far(self, question: str) -> bool:
        """Whether all so far is right, in the reference's form, in what a question builds on."""
        questions = self.with_prerequisites([question])
        forms = {self.manifest.functions[function].question for function in self.variants}
        return questions.isdisjoint(forms) and all(
            outcome.status is Status.PASSED
            for outcome in self.outcomes.values()
            if outcome.spec.question in questions
        )

    def finish(self) -> None:
        """Once all checks have run: diagnose what has failed, note which forms were found."""
        for question in self.selected:
            self._diagnose(question)
        for name, found_in in self.student.elsewhere.items():
            file = self.manifest.functions[name].file
            note = self.manifest.say("note_elsewhere", function=name, found_in=found_in, file=file)
            own = self.manifest.functions[name].question
            first = self._main(own)
            if first is not None:  # else only another question's check has called it
                first.notes.append(note)
        for variant in self.variants.values():
            question = self.manifest.functions[variant.function].question
            for outcome in self.outcomes.values():
                if outcome.spec.question == question and outcome.by_variant:
                    outcome.notes.append(self.manifest.say("variant", note=variant.note))
                    break

    def _raise(self, outcome: Outcome, raised: BaseException | None) -> None:
        if outcome.status is Status.BLOCKED:
            pytest.skip(outcome.message)
        if outcome.status is not Status.PASSED:
            self._diagnose(outcome.spec.question)
            diagnosis = outcome.diagnosis.text if outcome.diagnosis else ""
            text = f"{outcome.status}: {outcome.message}\n{diagnosis}".rstrip()
            raise AssertionError(text) from raised

    def _diagnose(self, question: str) -> None:
        """Give the failing checks of a question their diagnoses, as far as it has been judged."""
        found = [o for o in self.outcomes.values() if o.spec.question == question]
        if self.mistakes is None or self._diagnosed.get(question) == len(found):
            return
        self._diagnosed[question] = len(found)
        findings = [outcome.finding for outcome in found if outcome.finding is not None]
        told = diagnose(self.manifest, self.mistakes, question, findings)
        for outcome in found:
            outcome.diagnosis = told.get(outcome.spec.name)

    def _attempt(self, run: Callable[[], None]) -> Attempt:
        """Run a check's body; what it raised, and what its comparisons saw."""
        with compare.logging() as log:
            try:
                run()
            except (Exception, pytest.fail.Exception) as error:
                return Attempt(error, log)
        return Attempt(None, log)

    def _try_variants(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> Attempt | None:
        """Whether the check passes against another accepted form of one of its functions.

        The form that does is this submission's from here on, until a check says otherwise: on some
        inputs two forms are the same to within the tolerance, so that the first guess can be wrong.
        """
        spec = self.specs[item.nodeid]
        for variant in (None, *self.source.variants(spec.question)):
            before = dict(self.variants)
            if variant is None:
                self.variants.clear()
            else:
                self.variants[variant.function] = variant
            if self.variants != before:
                attempt = self._attempt(
                    lambda: self.rerun(item, function, arguments, arguments["student"])
                )
                if attempt.raised is None:
                    return attempt
            self.variants = before
        return None

    def rerun(
        self,
        item: pytest.Item,
        function: Callable[..., None],
        arguments: Mapping[str, Any],
        student: Student,
        *,
        verdicts: Verdicts | None = None,
    ) -> None:
        """Run a check's body once more on the same inputs, with a student's functions."""
        fresh = {"student": student, "reference": self.reference(item), "rng": self.draws(item)}
        fresh["verdicts"] = verdicts or self
        student.start_check()
        function(**{name: fresh.get(name, value) for name, value in arguments.items()})

    def is_sound(self, question: str) -> bool:
        """Whether others can build on a question: all but its edge checks have passed.

        A failure that is charged once, where it was found, does not count here.
        """
        self._asked_about.add(question)
        found = [o for o in self.outcomes.values() if o.spec.question == question]
        failing = [o for o in found if o.status is not Status.PASSED and not o.spec.edge]
        if failing:
            self._diagnose(question)
        return bool(found) and all(o.diagnosis and o.diagnosis.charged_once for o in failing)

    def known_mistake(self, function: str) -> Diagnosis | None:
        """The known mistake found in a function, if one that can be followed through.

        A main check that fails in no known way leaves nothing to follow.
        """
        if function not in self.manifest.functions:
            return None
        question = self.manifest.functions[function].question
        self._asked_about.add(question)
        self._diagnose(question)
        found = [o for o in self.outcomes.values() if o.spec.question == question]
        told = [o.diagnosis for o in found if o.diagnosis and o.diagnosis.function == function]
        if not self._can_follow(question) or not told or not told[0].follow_through:
            return None
        return told[0]

    def wait_for(self, question: str) -> None:
        """Block the running check unless a question's main check passes, or fails in a known way.

        A check that judges one function against another of the student's own must not take just
        anything for the other: zeros would be the right gradient of zeros.
        """
        self._asked_about.add(question)
        self._diagnose(question)
        if not self._can_follow(question):
            raise Blocked(question)

    def _can_follow(self, question: str) -> bool:
        main = self._main(question)
        if main is None or main.status is Status.PASSED:
            return main is not None
        return main.diagnosis is not None and main.diagnosis.follow_through

    def _main(self, question: str) -> Outcome | None:
        """The outcome of a question's main check, which is the first to run."""
        return next((o for o in self.outcomes.values() if o.spec.question == question), None)

    def not_run(self, item: pytest.Item, error: BaseException) -> None:
        """Note a check whose fixtures failed, or that someone has switched off."""
        spec = self.specs[item.nodeid]
        self.outcomes[spec.question, spec.name] = grader_fault(self.manifest, spec, error)

    def with_prerequisites(self, questions: Iterable[str]) -> set[str]:
        """The questions, and those that they use, directly or not."""
        wanted: set[str] = set()
        pending = list(questions)
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
        if self.raising:
            return  # pytest was asked for some of them
        for question, check in sorted(self._only - set(names)):
            there = ", ".join(name for q, name in names if q == question)
            raise UnknownCheck(f"{question} has no check {check!r}. There are: {there}.")
        for question in (question.name for question in self.manifest.questions):
            if not any(spec.question == question and not spec.after_main for spec in specs):
                raise CheckError(f"question {question} has no main check")
