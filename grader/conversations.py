"""What was asked and answered in checks that have passed: who answers the same passes, too.

A class is graded with one seed, and checks are open-loop: every submission is asked the same, and a
verdict depends on the answers alone. Most right functions give the same bits, so a check is first
held as a conversation that is known to end well: its messages are sent again, one after another, as
long as the answers are the same, byte for byte. Only where one is new does the check itself run. It
is given the answers that are there already: the student process sees the same messages either way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.student.calls import Heard, Question
from grader.student.faults import StudentFault
from grader.student.functions import Runner

Key = tuple[str, str]  # question and check
MOST_BYTES = 64 << 20  # in all; what is beyond begins anew
MOST_ANSWERS = 8  # kept to one question: more are another one's every time, as random masks are


@dataclass
class _Point:
    """A question, and where each known answer leads: to the next one, or (None) to a pass."""

    question: Question
    after: dict[bytes, _Point | None] = field(default_factory=dict)


class Conversations:
    """Conversations that have ended in a pass, by check, all of them under one seed."""

    def __init__(self) -> None:
        self._first: dict[Key, _Point] = {}
        self._bytes = 0

    def passes(self, key: Key, runner: Runner) -> bool:
        """Whether the submission gives answers that have passed; those it gives stay to be used."""
        point = self._first.get(key)
        while point is not None:
            try:
                answer = runner.ask(point.question)
            except StudentFault:
                return False  # the check will meet it
            if answer not in point.after:
                return False
            point = point.after[answer]
            if point is None:
                return True
        return False

    def keep(self, key: Key, heard: list[Heard]) -> None:
        """Remember a conversation that has passed."""
        if not heard:
            return
        size = sum(len(one.question.frame) + len(one.answer) for one in heard)
        if self._bytes + size > MOST_BYTES:
            self.forget()
        point = self._first.get(key)
        if point is None:
            point = self._first[key] = _Point(heard[0].question)
        for number, one in enumerate(heard, start=1):
            if point.question != one.question:
                return  # a check that does not ask the same of everybody
            if one.answer not in point.after:
                if len(point.after) == MOST_ANSWERS:
                    return
                last = number == len(heard)
                point.after[one.answer] = None if last else _Point(heard[number].question)
                self._bytes += len(one.question.frame) + len(one.answer)
            following = point.after[one.answer]
            if following is None:
                return
            point = following

    def forget(self) -> None:
        """The inputs change with the seed, and with them the answers."""
        self._first.clear()
        self._bytes = 0
