"""Makes docs/gallery.md: the commonest mistakes and what a student sees of each.

python docs/gallery.py            write docs/gallery.md
python docs/gallery.py --check    only say whether it is up to date
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from grader.answers import WrongAnswer, load_wrong_answers
from grader.grading import count, make_judge
from grader.manifest import Manifest, load_manifest
from grader.project import Project, find_project
from grader.reference import load_solutions
from grader.reports.terminal import report
from grader.running import Rerun, run_checks
from grader.student.local import LocalRunner
from grader.submission import Submission

PAGE = Path(__file__).with_name("gallery.md")
COMMONEST = (
    "momentum-without-learning-rate",
    "momentum-not-stored",
    "momentum-velocity-of-gradients",
    "rmsprop-without-root",
    "rmsprop-old-cache",
    "rmsprop-epsilon-multiplies",
    "adam-without-bias-correction",
    "adam-t-too-late",
    "adam-correction-without-t",
    "adam-m-uncorrected",
    "adam-stores-corrected",
    "batchnorm-test-without-gamma-beta",
    "batchnorm-momentum-swapped",
    "batchnorm-unbiased-variance",
    "batchnorm-without-eps",
    "batchnorm-backward-constant-statistics",
    "dropout-not-scaled",
    "dropout-p-drops",
    "dropout-normal-numbers",
    "dropout-backward-not-scaled",
)
HEAD = """# Gallery of mistakes

The twenty commonest mistakes in public solutions of this kind of assignment, and what `make grade`
says to each. Made by `python docs/gallery.py` from `solutions/wrong_answers/`.

*Fingerprint* is the relative error that CS231n's own notebook prints for this mistake on its fixed
inputs, for whoever meets that number in a forum.
"""

Functions = dict[str, Callable[..., Any]]


def cs231n_inputs() -> dict[str, tuple[np.ndarray, np.ndarray, dict[str, Any]]]:
    """The inputs that CS231n's notebooks use for each update rule: w, dw, config."""
    shape = (4, 5)
    w = np.linspace(-0.4, 0.6, num=20).reshape(shape)
    dw = np.linspace(-0.6, 0.4, num=20).reshape(shape)
    rising = np.linspace(0.6, 0.9, num=20).reshape(shape)
    falling = np.linspace(0.7, 0.5, num=20).reshape(shape)
    return {
        "sgd_momentum": (w, dw, {"learning_rate": 1e-3, "velocity": rising}),
        "rmsprop": (w, dw, {"learning_rate": 1e-2, "cache": rising}),
        "adam": (w, dw, {"learning_rate": 1e-2, "m": rising, "v": falling, "t": 5}),
    }


def fingerprint(wrong: WrongAnswer, solutions: Functions) -> str:
    """CS231n's relative error of next_w for a wrong update rule; empty for other functions."""
    name = wrong.mistake.function
    if name not in cs231n_inputs():
        return ""
    results = []
    for function in (wrong.run, solutions[name]):
        w, dw, config = cs231n_inputs()[name]
        results.append(function(w.copy(), dw.copy(), dict(config))[0])
    got, expected = results
    error = np.max(np.abs(got - expected) / np.maximum(1e-8, np.abs(got) + np.abs(expected)))
    return "not visible there" if error < 1e-7 else f"{error:.3g}"


def page(project: Project, manifest: Manifest) -> str:
    """The text of the gallery."""
    solutions = load_solutions(project, manifest)
    wrong_answers = {w.mistake.id: w for w in load_wrong_answers(project, manifest)}
    judge = make_judge(project, manifest)
    parts = [HEAD]

    def body(rerun: Rerun) -> None:
        for number, id in enumerate(COMMONEST, start=1):
            wrong = wrong_answers[id]
            if "_RNG" in wrong.run.__globals__:  # the same page every time
                wrong.run.__globals__["_RNG"] = np.random.default_rng(0)
            question = manifest.functions[wrong.mistake.function].question
            judge.begin(LocalRunner({**solutions, wrong.mistake.function: wrong.run}))
            judge.selected = (question,)
            rerun(judge.with_prerequisites([question]))
            judge.finish()
            graded = count(judge, Submission("starter_code", Path("starter_code"), {}), (), 0.0)
            lines = [line.text for line in report(graded, manifest, rerun="make grade QUESTION=")]
            told = next(i for i, line in enumerate(lines) if line.startswith(f"{question}: "))
            seen = "\n".join(lines[told:]).rstrip()
            parts.append(f"\n## {number}. {id}\n\n*Seen:* {wrong.seen}\n")
            if number_there := fingerprint(wrong, solutions):
                parts.append(f"\n*Fingerprint:* {number_there}\n")
            parts.append(f"\n```\n{seen}\n```\n")

    run_checks(project, judge, body)
    return "".join(parts)


def main() -> int:
    """Write the page, or check it; returns the exit code."""
    project = find_project(Path(__file__).parent)
    text = page(project, load_manifest(project.manifest))
    if "--check" in sys.argv:
        fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print(f"{PAGE.name} is {'up to date' if fresh else 'not what docs/gallery.py makes'}.")
        return 0 if fresh else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
