"""An update rule's steps beside the reference's: a table of ratios, and the path of one weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.manifest import Manifest
from grader.reports.html.markup import Html, el

WIDTH, HEIGHT, LEFT, BOTTOM, MARGIN = 420, 150, 8, 20, 8
EQUAL = 1e-6  # relative: ratios that differ by less are one ratio

Steps = Sequence[tuple[np.ndarray, np.ndarray]]  # the student's step, the reference's


@dataclass(frozen=True)
class Ratio:
    """How long the student's step is, in units of the right one: the entries' range."""

    least: float
    most: float

    def __str__(self) -> str:
        if self.most - self.least <= EQUAL * max(abs(self.most), abs(self.least)):
            return f"{self.least:.3f}"
        return f"{self.least:.3f} to {self.most:.3f}"


def ratios(steps: Steps) -> list[Ratio | None]:
    """The ratio of each step; None where the right one is 0, or something is not finite."""
    found: list[Ratio | None] = []
    for got, expected in steps:
        with np.errstate(all="ignore"):
            share = np.asarray(got, float)[expected != 0] / expected[expected != 0]
        whole = share.size > 0 and bool(np.isfinite(share).all())
        found.append(Ratio(float(share.min()), float(share.max())) if whole else None)
    return found


def steps_table(steps: Steps, manifest: Manifest) -> Html:
    """The ratios, step by step, beside the paths of the weight that ends furthest off."""
    head = el(
        "tr",
        el("th", manifest.say("lab_step"), scope="col"),
        el("th", manifest.say("lab_ratio"), scope="col", class_="num"),
    )
    rows = [
        el("tr", el("th", str(number), scope="row"), el("td", _shown(ratio), class_="num"))
        for number, ratio in enumerate(ratios(steps), start=1)
    ]
    table = el("table", el("thead", head), el("tbody", rows))
    return el("div", table, _paths(steps, manifest), class_="steps")


def steps_text(question: str, steps: Steps, manifest: Manifest) -> str:
    """The same ratios as a line of text."""
    shown = ", ".join(map(_shown, ratios(steps)))
    return f"{question}: {manifest.say('lab_ratio')}: {shown}"


def _shown(ratio: Ratio | None) -> str:
    return "?" if ratio is None else str(ratio)


def _paths(steps: Steps, manifest: Manifest) -> Html | None:
    """Both paths of one weight, from 0; nothing where a number is not finite."""
    ours = np.cumsum([got for got, _ in steps], axis=0, dtype=float)
    right = np.cumsum([expected for _, expected in steps], axis=0, dtype=float)
    if not ours.size or not np.isfinite(ours).all() or not np.isfinite(right).all():
        return None
    index = np.unravel_index(int(np.abs(ours[-1] - right[-1]).argmax()), ours.shape[1:])
    lines = [np.array([0.0, *(at[index] for at in path)]) for path in (ours, right)]
    low, high = float(np.min(lines)), float(np.max(lines))
    across = (WIDTH - 2 * LEFT) / len(steps)
    down = (HEIGHT - BOTTOM - 2 * MARGIN) / ((high - low) or 1.0)

    def place(step: int, value: float) -> tuple[float, float]:
        return LEFT + across * step, MARGIN + down * (high - value)

    def path(values: np.ndarray) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*place(i, v)) for i, v in enumerate(values))

    ground = HEIGHT - BOTTOM
    dots = [place(i, v) for i, v in enumerate(lines[0])]
    drawn = [
        el("line", class_="axis", x1=0, y1=ground, x2=WIDTH, y2=ground),
        *(
            el("text", str(step), x=place(step, 0)[0], y=HEIGHT - 5, text_anchor="middle")
            for step in range(len(steps) + 1)
        ),
        el("path", class_="right", d=path(lines[1])),
        el("path", class_="yours", d=path(lines[0])),
        *(el("circle", class_="dot", cx=round(x, 1), cy=round(y, 1), r=2.5) for x, y in dots),
    ]
    what = f"w[{', '.join(map(str, index))}]" if index else "w"
    caption = manifest.say("lab_path", what=what)
    picture = el(
        "svg",
        drawn,
        role="img",
        aria_label=caption,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
    )
    return el("figure", picture, el("figcaption", caption))
