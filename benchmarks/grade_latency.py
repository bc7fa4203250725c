"""How long one grading takes: `grader grade solutions` against `otter run` and `import numpy`.

python -m benchmarks.grade_latency [--rounds 7]

Each time a fresh process. Otter grades a notebook of the same functions with the tests of
`benchmarks.notebook`, made with `otter assign`; Descent runs every check in practice mode.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import nbformat.v4

from benchmarks.measuring import (
    ROOT,
    Measurement,
    MeasuringError,
    Ratio,
    Spent,
    carry_out,
    finish,
    in_turn,
    parser_of,
    plain_environment,
    run,
)
from benchmarks.notebook import IMPORTS, QUESTIONS
from benchmarks.peers import PEERS, command_of, environment


def main() -> None:
    """Grade with each in turn; print and keep the times."""
    rounds = parser_of(__doc__, rounds=(7, "of each")).parse_args().rounds
    python = {"cwd": ROOT, "env": plain_environment()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive, submission = make_assignment(folder)
        otter = [command_of("otter", "otter"), "run", "-a", archive, "-o", folder, submission]

        def grade_with_otter() -> Spent:
            spent = run(otter, cwd=folder, env=environment("otter"))
            require_full_marks(folder / "results.json")
            return spent

        grade = [sys.executable, "-m", "grader", "grade", "solutions", "--fail-under", "100"]
        spent = in_turn(
            {
                "otter run": grade_with_otter,
                "grader grade": lambda: run(grade, **python),
                "import numpy": lambda: run([sys.executable, "-c", "import numpy"], **python),
            },
            rounds,
        )
    settings = {"questions": len(QUESTIONS), "peer": PEERS["otter"][0]}
    finish(
        Measurement(
            "grade_latency",
            "One grading in a fresh process: everything, practice mode",
            "s",
            {side: [one.wall for one in values] for side, values in spent.items()},
            [
                Ratio("otter run", "grader grade", at_least=6),
                Ratio("grader grade", "import numpy", at_most=14),
            ],
            settings,
        )
    )
    finish(
        Measurement(
            "grade_processor",
            "The same, processor time of all processes",
            "s",
            {side: [one.processor for one in values] for side, values in spent.items()},
            [Ratio("otter run", "grader grade"), Ratio("grader grade", "import numpy")],
            settings,
        )
    )


def make_assignment(folder: Path) -> tuple[Path, Path]:
    """The autograder zip that `otter assign` makes, and the notebook with the solutions in it."""
    master = folder / "optim.ipynb"
    nbformat.write(master_notebook(), master)
    assign = [command_of("otter", "otter"), "assign", "--no-pdfs", "optim.ipynb", "dist"]
    run(assign, cwd=folder, env=environment("otter"))
    (zip_file,) = (folder / "dist" / "autograder").glob("*.zip")
    return zip_file, folder / "dist" / "autograder" / "optim.ipynb"


def master_notebook() -> nbformat.NotebookNode:
    """The notebook in the form that otter takes."""
    raw, code = nbformat.v4.new_raw_cell, nbformat.v4.new_code_cell
    cells = [raw("# ASSIGNMENT CONFIG\ngenerate: true\nexport_cell: false"), code(IMPORTS)]
    for question in QUESTIONS:
        cells += [
            raw(f"# BEGIN QUESTION\nname: {question.name}\npoints: 1"),
            nbformat.v4.new_markdown_cell(f"Write {' and '.join(question.functions)}."),
            raw("# BEGIN SOLUTION"),
            code(question.solution),
            raw("# END SOLUTION"),
            raw("# BEGIN TESTS"),
            code(question.test),
            raw("# END TESTS"),
            raw("# END QUESTION"),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def require_full_marks(results: Path) -> None:
    """Otter's verdict on the solutions, or MeasuringError."""
    tests = json.loads(results.read_text(encoding="utf-8"))["tests"]
    scores = {test["name"]: (test.get("score"), test.get("max_score")) for test in tests}
    results.unlink()
    for question in QUESTIONS:
        if not any(question.name in name and got == of for name, (got, of) in scores.items()):
            raise MeasuringError(f"otter does not give the solutions full marks: {scores}")


if __name__ == "__main__":
    carry_out(main)
