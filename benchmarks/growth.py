"""Whether a class of 10,000 slows down: the last 1,000 against the second 1,000 of one run.

python -m benchmarks.growth [--submissions 10000] [--workers 2]

The run is `grader class grade`'s own, into one gradebook. Each submission is the update rules only,
no two of them the same file: the less there is to grade, the more is seen of what grows. Where a
machine does other things too, time on the wall tells of these as well: processor time, of the
grader, its workers, zygotes and student processes, is given beside it.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.measuring import (
    ROOT,
    Measurement,
    MeasuringError,
    Ratio,
    carry_out,
    finish,
    parser_of,
)
from grader.classroom.gradebook import Gradebook
from grader.classroom.grading import Tally, digest_of, grade_all, pack
from grader.classroom.records import Delivery
from grader.project import Project
from grader.submission import Submission

FILE = "optim.py"
PARTS = 10  # thousands, where there are ten thousand
STEPS = 10  # of each: a ratio of each has a spread
BAR = 1.1
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Moment:
    """How things were after so many submissions: seconds since the start, memory in MiB."""

    graded: int
    wall: float
    processor: float
    grader: float
    workers: float
    zygotes: float


def main() -> None:
    """Grade them; print and keep how the cost of each grew."""
    sizes = parser_of(
        __doc__, submissions=(10_000, f"a multiple of {PARTS * STEPS}"), workers=(2, "processes")
    ).parse_args()
    step = max(sizes.submissions // (PARTS * STEPS), 1)
    moments = grade_class(step * PARTS * STEPS, step, sizes.workers)
    part = f"{step * STEPS:,}"
    second, last = f"the second {part}", f"the last {part}"
    kinds = {"wall": "on the wall", "processor": "processor time"}
    costs, memories = {}, {}
    for kind, words in kinds.items():
        each = costs_of(moments, kind)
        costs[f"{second}, {words}"] = each[STEPS : 2 * STEPS]
        costs[f"{last}, {words}"] = each[-STEPS:]
    for role in ("grader", "workers", "zygotes"):
        mebibytes = [getattr(moment, role) for moment in moments[1:]]
        memories[f"{role}, {second}"] = mebibytes[STEPS : 2 * STEPS]
        memories[f"{role}, {last}"] = mebibytes[-STEPS:]
    settings = {"submissions": step * PARTS * STEPS, "workers": sizes.workers}
    finish(
        Measurement(
            "growth",
            f"{step * PARTS * STEPS:,} submissions in one run into one gradebook",
            "ms a submission",
            costs,
            [
                Ratio(f"{last}, {words}", f"{second}, {words}", at_most=BAR)
                for words in kinds.values()
            ],
            settings,
            [{name: round(x, 2) for name, x in asdict(m).items()} for m in moments[::STEPS]],
        )
    )
    finish(
        Measurement(
            "growth_memory",
            "The same run: resident memory",
            "MiB",
            memories,
            [
                Ratio(f"{role}, {last}", f"{role}, {second}", at_most=BAR)
                for role in ("grader", "workers", "zygotes")
            ],
            settings,
        )
    )


def grade_class(count: int, step: int, workers: int) -> list[Moment]:
    """Grade so many submissions in one run; how things were at the start and after every `step`."""
    project = Project(ROOT)
    moments: list[Moment] = []
    started = time.perf_counter()

    def note(tally: Tally) -> None:
        if tally.graded % step == 0 and tally.graded // step == len(moments):
            moments.append(moment(tally.graded, time.perf_counter() - started))

    with (
        tempfile.TemporaryDirectory() as folder,
        Gradebook(Path(folder) / "gradebook.db") as gradebook,
    ):
        hand_in(gradebook, (project.solutions / FILE).read_bytes(), count)
        _, tally = grade_all(project, gradebook, seed=231, workers=workers, progress=note)
        scores = {(one.score, one.bonus) for one in gradebook.attempts()}
    if tally.graded != count or len(scores) != 1:
        raise MeasuringError(f"{count} times the same has these scores: {scores}; {tally}")
    return moments


def hand_in(gradebook: Gradebook, source: bytes, count: int) -> None:
    """Put so many submissions into a gradebook, each a little different."""
    for number in range(count):
        student = f"student{number:05}"
        own = Submission(student, Path(student), {FILE: source + f"\n# {student}\n".encode()})
        gradebook.add_delivery(Delivery(student, digest_of(own), student), pack(own.files))


def moment(graded: int, wall: float) -> Moment:
    """The processor time so far and the memory, of this process and all that it has started.

    Student processes come and go: their time is their zygote's once they have ended.
    """
    levels = [[psutil.Process()]]
    while levels[-1]:
        levels.append([child for process in levels[-1] for child in _of(process, "children", [])])
    processor = sum(
        times.user + times.system + times.children_user + times.children_system
        for level in levels
        for process in level
        if (times := _of(process, "cpu_times", None)) is not None
    )
    memory = [
        sum(info.rss for process in level if (info := _of(process, "memory_info", None))) / MEBIBYTE
        for level in [*levels, [], []][:3]
    ]
    return Moment(graded, wall, processor, *memory)


def _of(process: psutil.Process, what: str, otherwise: object) -> object:
    try:
        return getattr(process, what)()
    except psutil.Error:  # it has just ended
        return otherwise


def costs_of(moments: Sequence[Moment], kind: str) -> list[float]:
    """Milliseconds a submission between each two moments."""
    return [
        1000 * (getattr(after, kind) - getattr(before, kind)) / (after.graded - before.graded)
        for before, after in itertools.pairwise(moments)
    ]


if __name__ == "__main__":
    carry_out(main)
