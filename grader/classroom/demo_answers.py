"""Made-up answers to the labs' questions: ordinary, equal, odd ones, and none at all."""

from __future__ import annotations

import json
import random
from collections import defaultdict

from grader.labs import ANSWER, EMPTY_ANSWER, SUFFIX
from grader.labs import answers as reading
from grader.manifest import Manifest

BEGINNINGS = ("Because", "I think", "As the figure shows,", "It depends:", "By the formula,")
MIDDLES = ("the mean", "the variance", "the first step", "every gradient", "the sum of squares")
ENDINGS = (
    "is what changes, and nothing else.",
    "gets smaller.\n\nI tried it with two seeds.",
    "goes to 0 as the number of steps grows.",
    "does not matter here.",
)
ODD = ("No.", '=HYPERLINK("https://example.org","points")', "<b>2 points</b>", "?", "")


def notebooks_of(manifest: Manifest, seed: int, student: str) -> dict[str, bytes]:
    """A student's notebooks with nothing but answer cells; some students have none."""
    draw = random.Random(f"{seed} {student}")
    if draw.random() < 0.1:
        return {}
    labs: dict[str, list[dict[str, object]]] = defaultdict(list)
    for question in manifest.manual:
        parts = (BEGINNINGS, MIDDLES, ENDINGS)
        text = " ".join(draw.choice(part) for part in parts)
        labs[question.lab].append(
            {
                "cell_type": "markdown",
                "metadata": {"name": f"{question.name}{reading.SUFFIX}", "tags": [ANSWER]},
                "source": f"{EMPTY_ANSWER}\n\n{draw.choice(ODD) if draw.random() < 0.2 else text}",
            }
        )
    return {
        f"{lab}{SUFFIX}": json.dumps(
            {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
        ).encode()
        for lab, cells in labs.items()
    }
