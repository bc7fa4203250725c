"""Pictures of a failed practice check: where an array is wrong, where a curve leaves the right one.

They show inputs and expected values, so that there are none in official mode.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from grader.compare import Log, Observation
from grader.grading import OFFICIAL, Graded
from grader.manifest import Manifest
from grader.reports.html.markup import Html, el
from grader.results import Status

SIDE = 48  # rows and columns at most; larger arrays are shown in blocks
MIN_STEPS = 3
CURVE_WIDTH, CURVE_HEIGHT, MARGIN = 420, 150, 8
SMALLEST = 1e-8  # of the scale: what is closer counts as right
STEP = re.compile(r"\d+")

Pictures = dict[tuple[str, str], list[Html]]


def pictures_of(graded: Graded, manifest: Manifest) -> Pictures:
    """What there is to see of each failed check, by question and check; nothing officially."""
    if graded.result.mode == OFFICIAL:
        return {}
    found: Pictures = {}
    for outcome in graded.outcomes:
        if outcome.status is Status.FAILED and outcome.finding is not None:
            drawn = draw(outcome.finding.log, manifest)
            if drawn:
                found[outcome.spec.question, outcome.spec.name] = drawn
    return found


def draw(log: Log, manifest: Manifest) -> list[Html]:
    """The pictures of what the comparisons of one check saw."""
    if not log.observations:
        return []
    series = _series(log.observations)
    if len(series) >= MIN_STEPS:
        return [_figure(*curve(series, manifest))]
    last = log.observations[-1]
    if not _comparable(last) or last.got.size < 2:
        return []
    return [_figure(*heatmap(last, manifest))]


def heatmap(seen: Observation, manifest: Manifest) -> tuple[Html, str]:
    """Every entry's error, the stronger the color; the picture and its caption."""
    errors = _errors(seen)
    flat = errors.reshape(-1, errors.shape[-1])
    blocks = _blocks(flat)
    rows, columns = blocks.shape
    size = max(2, min(24, 420 // columns, 420 // rows))
    top = float(blocks.max())
    cells = [el("rect", class_="ground", width=columns * size, height=rows * size)]
    for (i, j), error in np.ndenumerate(blocks):
        if error > 0:  # the square root keeps small errors in sight
            strength = 0.15 + 0.85 * float(np.sqrt(error / top))
            place = {"x": int(j) * size, "y": int(i) * size}
            gap = 1 if size > 4 else 0
            cells.append(
                el(
                    "rect",
                    class_="cell",
                    **place,
                    width=size - gap,
                    height=size - gap,
                    fill_opacity=round(strength, 2),
                )
            )
    caption = manifest.say(
        "picture_heatmap",
        what=seen.what,
        shape=" × ".join(map(str, seen.expected.shape)),
        count=int((errors > 0).sum()),
        size=errors.size,
    )
    return _svg(columns * size, rows * size, caption, cells), caption


def curve(series: Sequence[Observation], manifest: Manifest) -> tuple[Html, str]:
    """A number step by step, the student's and the reference's; the picture and its caption."""
    got = [float(seen.got) for seen in series]
    expected = [float(seen.expected) for seen in series]
    size = max(map(abs, got + expected)) or 1.0
    low, high = min(got + expected) / size, max(got + expected) / size
    span = (high - low) or 1.0

    def path(values: list[float]) -> str:
        step = (CURVE_WIDTH - 2 * MARGIN) / (len(values) - 1)
        height = CURVE_HEIGHT - 2 * MARGIN
        places = [
            f"{MARGIN + i * step:.1f} {MARGIN + height * (high - value / size) / span:.1f}"
            for i, value in enumerate(values)
        ]
        return "M" + "L".join(places)

    bottom = CURVE_HEIGHT - 1
    drawn = [
        el("line", class_="axis", x1=0, y1=bottom, x2=CURVE_WIDTH, y2=bottom),
        el("path", class_="right", d=path(expected)),
        el("path", class_="yours", d=path(got)),
    ]
    caption = manifest.say(
        "picture_curve",
        what=_without_step(series[-1].what),
        count=len(series),
        got=f"{got[-1]:.4g}",
        expected=f"{expected[-1]:.4g}",
    )
    return _svg(CURVE_WIDTH, CURVE_HEIGHT, caption, drawn), caption


def _series(observations: Sequence[Observation]) -> list[Observation]:
    """The last comparisons, as far as they are of one number at step after step."""
    found: list[Observation] = []
    for seen in reversed(observations):
        if seen.expected.ndim or not _comparable(seen) or not STEP.search(seen.what):
            break
        if found and STEP.sub("", seen.what) != STEP.sub("", found[-1].what):
            break
        found.append(seen)
    return found[::-1]


def _without_step(what: str) -> str:
    """`step 4, the loss` is about the loss."""
    return what.rpartition(", ")[2]


def _comparable(seen: Observation) -> bool:
    return (
        isinstance(seen.got, np.ndarray)
        and seen.got.shape == seen.expected.shape
        and seen.got.dtype.kind in "fiu"
        and bool(np.isfinite(seen.got).all())
    )


def _errors(seen: Observation) -> np.ndarray:
    """How far every entry is off, in units of the largest one; rounding counts as nothing."""
    got, expected = (np.atleast_1d(a).astype(np.float64) for a in (seen.got, seen.expected))
    size = max(float(np.abs(a).max(initial=0.0)) for a in (got, expected)) or 1.0
    got, expected = got / size, expected / size  # or the difference of huge numbers overflows
    errors = np.abs(got - expected)
    errors[errors <= SMALLEST * np.abs(expected).max(initial=0.0)] = 0.0
    return errors


def _blocks(flat: np.ndarray) -> np.ndarray:
    """A large array by the largest error of each block."""
    for axis in (0, 1):
        size = flat.shape[axis]
        if size > SIDE:
            starts = np.linspace(0, size, SIDE, endpoint=False).astype(int)
            flat = np.maximum.reduceat(flat, starts, axis=axis)
    return flat


def _svg(width: float, height: float, label: str, drawn: list[Html]) -> Html:
    return el(
        "svg",
        *drawn,
        role="img",
        aria_label=label,
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
    )


def _figure(picture: Html, caption: str) -> Html:
    return el("figure", picture, el("figcaption", caption))
