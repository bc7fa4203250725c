"""What the benchmarks share: sides measured in turn, ratios with a spread, a table, a JSON file.

Machines are noisy, so no time here means anything alone. All sides of a benchmark are measured in
turn in one run, and each ratio is the median over the rounds of the ratio within a round.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from grader.bootstrap import SetupError

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class MeasuringError(Exception):
    """What was to be measured does not work; the sentence says what."""


@dataclass(frozen=True)
class Ratio:
    """How often one side's value goes into another's, and the bar for it.

    of, to    names of sides; the ratio is the value of `of` over that of `to`
    at_least  the bar where more is better
    at_most   the bar where less is better
    aim       what would be better still
    """

    of: str
    to: str
    at_least: float | None = None
    at_most: float | None = None
    aim: float | None = None

    def holds(self, value: float) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.at_least is not None:
            return value >= self.at_least
        if self.at_most is not None:
            return value <= self.at_most
        return None


@dataclass
class Measurement:
    """One row of the benchmarks' page.

    values    of each side, one per round, in `unit`
    settings  sizes and versions, whatever a reader needs to repeat it
    details   what was noted on the way, for whoever wants to look closer
    """

    name: str
    title: str
    unit: str
    values: Mapping[str, Sequence[float]]
    ratios: Sequence[Ratio] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    details: Sequence[Mapping[str, object]] = ()

    def as_dict(self) -> dict[str, object]:
        """It as plain data, with medians, quartiles and ratios."""
        return {
            "name": self.name,
            "title": self.title,
            "unit": self.unit,
            "sides": {side: _spread(values) for side, values in self.values.items()},
            "ratios": [self._ratio(ratio) for ratio in self.ratios],
            "settings": dict(self.settings),
            "machine": machine(),
            "measured": datetime.date.today().isoformat(),
            **({"details": [dict(one) for one in self.details]} if self.details else {}),
        }

    def _ratio(self, ratio: Ratio) -> dict[str, object]:
        pairs = zip(self.values[ratio.of], self.values[ratio.to], strict=True)
        ratios = [of / to for of, to in pairs]
        bars = {"at_least": ratio.at_least, "at_most": ratio.at_most, "aim": ratio.aim}
        return {
            "of": ratio.of,
            "to": ratio.to,
            **_spread(ratios),
            **{name: bar for name, bar in bars.items() if bar is not None},
            "holds": ratio.holds(statistics.median(ratios)),  # as measured, not as rounded
        }


T = TypeVar("T")


def in_turn(
    sides: Mapping[str, Callable[[], T]], rounds: int, warm_up: int = 1
) -> dict[str, list[T]]:
    """What each side measures, once a round, all sides in turn; the first rounds are not kept.

    Every other round goes backwards, so that no side always follows the same other one.
    """
    values: dict[str, list[T]] = {name: [] for name in sides}
    for round_ in range(-warm_up, rounds):
        order = list(sides.items())
        for name, measure in order[:: 1 if round_ % 2 == 0 else -1]:
            value = measure()
            if round_ >= 0:
                values[name].append(value)
    return values


@dataclass(frozen=True)
class Spent:
    """What a command took, in seconds, all processes that it waited for included."""

    wall: float
    processor: float


def run(command: Sequence[str | os.PathLike[str]], **options: Any) -> Spent:
    """Run a command to its end; options as for `subprocess.run`.

    Raises MeasuringError with the last that it said, where it fails: a benchmark of what does not
    work would be worth nothing.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        last = "\n".join(done.stdout.splitlines()[-20:])
        raise MeasuringError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{last}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(wall, used)


def plain_environment() -> dict[str, str]:
    """This process's variables, less those that change Python; one BLAS thread for every side."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **ONE_THREAD}


def parser_of(description: str | None, **sizes: tuple[int, str]) -> argparse.ArgumentParser:
    """A parser for a benchmark's sizes: name=(default, what it is)."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawTextHelpFormatter
    )
    for name, (default, what) in sizes.items():
        parser.add_argument(
            f"--{name}", type=_positive, default=default, help=f"{what} (default {default})"
        )
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a positive whole number, not {text!r}")
    return int(text)


def carry_out(main: Callable[[], None]) -> None:
    """Run a benchmark; what goes wrong is a sentence, and exit code 3."""
    try:
        main()
    except (MeasuringError, SetupError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(3)


def finish(measurement: Measurement) -> None:
    """Print the table and keep the JSON in benchmarks/results/."""
    found = measurement.as_dict()
    print(table(found))
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{measurement.name}.json"
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"kept in {target.relative_to(ROOT)}\n")


def table(found: Mapping[str, object]) -> str:
    """A measurement for a terminal."""
    sides, ratios = found["sides"], found["ratios"]
    assert isinstance(sides, dict)
    assert isinstance(ratios, list)
    width = max(24, *(len(side) for side in sides), len(str(found["unit"])))
    lines = [str(found["title"]), f"{found['unit']:{width}}{'median':>10}{'quartiles':>22}"]
    for side, spread in sides.items():
        low, high = spread["quartiles"]
        lines.append(f"{side:{width}}{spread['median']:10.4g}{low:12.4g} ..{high:7.4g}")
    for ratio in ratios:
        low, high = ratio["quartiles"]
        lines.append(
            f"{ratio['of']} / {ratio['to']}: {ratio['median']:.3g} ({low:.3g} .. {high:.3g})"
            + wanted(ratio)
        )
    return "\n".join(lines)


def wanted(ratio: Mapping[str, object]) -> str:
    """The bar of a ratio and whether it is met, as words."""
    if ratio["holds"] is None:
        return ""
    return f", {bar_of(ratio)}: {'met' if ratio['holds'] else 'NOT MET'}"


def bar_of(ratio: Mapping[str, object]) -> str:
    """The bar of a ratio, as words; empty where there is none."""
    kinds = {"at_least": "at least", "at_most": "at most", "aim": "aim"}
    return ", ".join(f"{words} {ratio[kind]:g}" for kind, words in kinds.items() if kind in ratio)


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _spread(values: Sequence[float]) -> dict[str, object]:
    twice = values if len(values) > 1 else [*values, *values]  # one round has no spread
    low, middle, high = statistics.quantiles(twice, n=4, method="inclusive")
    return {
        "median": _figures(middle),
        "quartiles": [_figures(low), _figures(high)],
        "rounds": len(values),
    }


def _figures(value: float) -> float:
    """Four of them: more would be noise."""
    return float(f"{value:.4g}")
