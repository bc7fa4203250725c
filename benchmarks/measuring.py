"""What the benchmarks share: sides measured in turn, ratios with a spread, a table, a JSON file.

Machines are noisy, so no time here means anything alone. All sides of a benchmark are measured in
turn in one run, and each ratio is the median over the rounds of the ratio within a round.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"


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
    """

    name: str
    title: str
    unit: str
    values: Mapping[str, Sequence[float]]
    ratios: Sequence[Ratio] = ()
    settings: Mapping[str, object] = field(default_factory=dict)

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
        }

    def _ratio(self, ratio: Ratio) -> dict[str, object]:
        pairs = zip(self.values[ratio.of], self.values[ratio.to], strict=True)
        spread = _spread([of / to for of, to in pairs])
        bars = {"at_least": ratio.at_least, "at_most": ratio.at_most, "aim": ratio.aim}
        return {
            "of": ratio.of,
            "to": ratio.to,
            **spread,
            **{name: bar for name, bar in bars.items() if bar is not None},
            "holds": ratio.holds(float(str(spread["median"]))),
        }


def in_turn(
    sides: Mapping[str, Callable[[], float]], rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """What each side measures, once a round, all sides in turn; the first rounds are not kept."""
    values: dict[str, list[float]] = {name: [] for name in sides}
    for round_ in range(-warm_up, rounds):
        for name, measure in sides.items():
            value = measure()
            if round_ >= 0:
                values[name].append(value)
    return values


def finish(measurement: Measurement) -> None:
    """Print the table and keep the JSON in benchmarks/results/."""
    found = measurement.as_dict()
    print(table(found))
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{measurement.name}.json"
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"kept in {target.relative_to(ROOT)}")


def table(found: Mapping[str, object]) -> str:
    """A measurement for a terminal."""
    sides, ratios = found["sides"], found["ratios"]
    assert isinstance(sides, dict)
    assert isinstance(ratios, list)
    width = max(24, *(len(side) for side in sides))
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
    bar = (
        f"at least {ratio['at_least']:g}"
        if "at_least" in ratio
        else f"at most {ratio['at_most']:g}"
    )
    return f", {bar}: {'met' if ratio['holds'] else 'NOT MET'}"


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
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
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "median": _figures(middle),
        "quartiles": [_figures(low), _figures(high)],
        "rounds": len(values),
    }


def _figures(value: float) -> float:
    """Four of them: more would be noise."""
    return float(f"{value:.4g}")
