"""One step of the Solver against PyTorch, CS231n's Solver and the matrix products alone, in turn.

python -m benchmarks.solver [--rounds 15] [--steps 30] [--depth 5]

A net of 3072 - [100] x depth - 10 on batches of 100, float32, Adam: plain, with batch norm, and
with batch norm and dropout; with one thread on every side, and with as many as each takes by
itself. The former is told in processor time, so that a busy machine matters less.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measuring import (
    ONE_THREAD,
    Measurement,
    MeasuringError,
    Ratio,
    carry_out,
    finish,
    in_turn,
    parser_of,
)
from benchmarks.peers import python_of
from benchmarks.solver_problem import BATCH, IMAGES, KEEP, PIXELS, WIDTH, Net, write_problem
from benchmarks.stepping import Worker, WorkerEnded

NETS = ("plain", "batchnorm", "batchnorm+dropout")
THREADS = {"one": "1 thread", "default": "default threads"}
SAME_STEPS = 20  # in which PyTorch's losses must be Descent's


def main() -> None:
    """Measure every net with one thread and with the default; print and keep the tables."""
    parser = parser_of(
        __doc__, rounds=(15, "of all sides"), steps=(30, "in a round"), depth=(5, "hidden layers")
    )
    parser.add_argument("--net", action="append", choices=NETS, help="only this one (repeatable)")
    parser.add_argument("--threads", action="append", choices=THREADS, help="only so many")
    options = parser.parse_args()
    torch = python_of("torch")
    with tempfile.TemporaryDirectory() as folder:
        for threads in options.threads or THREADS:
            for name in options.net or NETS:
                net = Net.parse(f"{options.depth}:{name}")
                path = Path(folder) / "problem.npz"
                write_problem(path, net)
                try:
                    finish(measure(net, path, torch, threads, options.rounds, options.steps))
                except WorkerEnded as ended:
                    raise MeasuringError(str(ended)) from None


def measure(
    net: Net, path: Path, torch: Path, threads: str, rounds: int, steps: int
) -> Measurement:
    """One net, all sides in turn."""
    clock = "processor" if threads == "one" else "wall"
    with ExitStack() as stack:
        sides: dict[str, Worker] = {}
        for side, (python, module, *more) in commands(net, torch).items():
            arguments = [str(path), str(net), *more]
            worker = Worker(python, module, arguments, environment(threads))
            sides[side] = stack.enter_context(worker)
        require_same_training(net, sides)
        values = in_turn(
            {side: partial(worker.milliseconds, steps, clock) for side, worker in sides.items()},
            rounds,
        )
        about = {side: worker.about for side, worker in sides.items()}
    return Measurement(
        f"solver_{net.depth}_{net.name.replace('+', '_')}_{threads}",
        f"A training step of {PIXELS}-[{WIDTH}]x{net.depth}-10, {net.name}, {THREADS[threads]}",
        "ms of processor time a step" if clock == "processor" else "ms a step",
        values,
        list(ratios(net)),
        {
            "batch": BATCH,
            "images": IMAGES,
            "keep": KEEP if net.dropout else None,
            "steps a round": steps,
            "value of a round": "the shortest of its steps",
            "sides": about,
        },
    )


def commands(net: Net, torch: Path) -> dict[str, list[str]]:
    """Interpreter, module and more arguments of each side."""
    numpy_side = [sys.executable, "benchmarks.solver_numpy"]
    torch_side = [str(torch), "benchmarks.solver_torch"]
    found = {"descent": [*numpy_side, "descent"], "torch": torch_side}
    if net.dropout:
        found["cs231n"] = [*numpy_side, "cs231n"]
    return found | {
        "torch, fused Adam": [*torch_side, "fused"],
        "products": [*numpy_side, "products"],
    }


def ratios(net: Net) -> Iterator[Ratio]:
    """What is compared, and the bars."""
    if net.batchnorm:
        yield Ratio("descent", "torch", at_most=1.1, aim=1.0)
    else:
        yield Ratio("descent", "torch")
    if net.dropout:
        yield Ratio("descent", "cs231n", at_most=0.5)
    yield Ratio("descent", "torch, fused Adam")  # not the default: what PyTorch has in reserve
    for side in ("descent", "torch"):
        yield Ratio(side, "products")


def environment(threads: str) -> dict[str, str]:
    """This one, with the number of threads set to one or left to each side."""
    own = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    return {**own, **(ONE_THREAD if threads == "one" else {})}


def require_same_training(net: Net, sides: Mapping[str, Worker]) -> None:
    """Raise unless Descent and PyTorch train the same net on the same batches.

    Dropout draws its own masks on each side, so that nets with it cannot be compared this way.
    """
    if net.dropout:
        return
    ours, theirs = (sides[side].losses(SAME_STEPS) for side in ("descent", "torch"))
    if not np.allclose(ours, theirs, rtol=1e-2):
        raise MeasuringError(f"the sides do not train the same net: losses {ours} and {theirs}")


if __name__ == "__main__":
    carry_out(main)
