"""Calls of a student's functions, and their answers: how they travel, and what is believed of them.

Nothing is. `read_results` takes a child's answer apart field by field; what has not the expected
form is the student's `BadOutput`, never an exception in the grader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.student import wire
from grader.student.faults import (
    BadOutput,
    Crashed,
    Missing,
    OutOfMemory,
    SourceLine,
    StudentFault,
)


@dataclass(frozen=True)
class Call:
    """One call of a student's function.

    `arguments` may hold `wire.Handle` and `wire.Ref`; `keep` are the positions of results that
    stay in the child; `may_change` the positions of arguments that the function may modify.
    """

    file: str
    function: str
    arguments: tuple[Any, ...]
    returns: int = 1
    keep: tuple[int, ...] = ()
    may_change: tuple[int, ...] = ()


@dataclass(frozen=True)
class Returned:
    """What a call gave: its results, the dict arguments it changed, and what it should not have.

    `items` are the results in order, `changed` maps a dict argument's position to its new content,
    `modified` are the positions of arrays that are not as they were, `aliased` those of arrays that
    a returned or changed dict has kept without a copy; `found_in` is the file with the function.
    """

    items: tuple[Any, ...]
    changed: dict[int, Any]
    modified: tuple[int, ...]
    aliased: tuple[int, ...]
    found_in: str


@dataclass(frozen=True)
class Question:
    """A message with calls, as it is sent; any submission can be asked it.

    called: the functions, each with its file
    seconds: of processor time that the answer may take; None: as long as any
    """

    called: tuple[tuple[str, str], ...]
    seconds: float | None
    frame: bytes = field(repr=False)


@dataclass(frozen=True)
class Heard:
    """A question, and what came back."""

    question: Question
    answer: bytes = field(repr=False)


class NotRepeated(Exception):
    """A check does not ask what it asked before; it must run from its beginning."""


def encode_call(call: Call) -> dict[str, Any]:
    """The form in which a call travels."""
    return {
        "file": call.file,
        "function": call.function,
        "arguments": list(call.arguments),
        "returns": call.returns,
        "keep": list(call.keep),
        "may_change": list(call.may_change),
    }


def read_results(reply: Any, calls: list[Call]) -> list[Returned]:
    """Check the child's answer piece by piece; nothing in it is believed."""
    results: list[Returned] = []
    if type(reply) is not list or not 0 < len(reply) <= len(calls):
        raise BadOutput(calls[0].function, "bad_frame", {"why": "the answer has no known form"})
    for call, answer in zip(calls, reply, strict=False):
        try:
            results.append(_result(answer, call))
        except StudentFault:
            raise
        except Exception:  # whatever the child made of it, the fault is not the grader's
            why = {"why": "the answer has no known form"}
            raise BadOutput(call.function, "bad_frame", why) from None
    if len(results) < len(calls):
        why = {"why": "an answer is missing"}
        raise BadOutput(calls[len(results)].function, "bad_frame", why)
    return results


def _result(answer: dict[str, Any], call: Call) -> Returned:
    if type(answer) is not dict:
        raise ValueError
    status = answer["status"]
    if status == "returned":
        items = answer["value"]
        if type(items) is not list or len(items) != call.returns:
            raise ValueError
        for index, item in enumerate(items):
            if (type(item) is wire.Handle) != (index in call.keep):
                raise ValueError
        changed = {index: content for index, content in answer["changed"]}
        modified, aliased = tuple(answer["modified"]), tuple(answer["aliased"])
        if not all(type(index) is int for index in (*changed, *modified, *aliased)):
            raise ValueError
        dicts = {i for i, given in enumerate(call.arguments) if isinstance(given, dict)}
        if not dicts.intersection(call.may_change).issuperset(changed):
            raise ValueError
        if not set(range(len(call.arguments))).issuperset((*modified, *aliased)):
            raise ValueError
        found_in = str(answer["found_in"])[:200]
        return Returned(tuple(items), changed, modified, aliased, found_in)
    raise _fault(status, answer, call)


def _fault(status: str, answer: dict[str, Any], call: Call) -> StudentFault:
    name = call.function
    if status == "absent":
        reason = "no_function" if answer["file_present"] is True else "no_file"
        return Missing(name, reason, {"file": call.file})
    if status == "bad_return":
        return BadOutput(name, "bad_return", {"got": str(answer["got"])[:200]})
    frames = tuple(
        SourceLine(str(file), int(number), str(function), str(text))
        for file, number, function, text in answer["frames"]
    )
    details = {"type": str(answer["type"])[:200], "text": str(answer["text"])[:2000]}
    if status == "not_implemented":
        return Missing(name, "not_implemented", details, frames)
    if status == "unavailable":
        return Crashed(name, "unavailable", {"package": details["text"]}, frames)
    if status == "memory":
        return OutOfMemory(name, "memory", details, frames)
    if status == "raised":
        return Crashed(name, "raised", details, frames)
    raise ValueError
