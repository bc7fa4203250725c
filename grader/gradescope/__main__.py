"""`python -m grader.gradescope prepare|grade`: what setup.sh and run_autograder start."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.errors import GRADER_FAILED, tell
from grader.gradescope.image import ImageError, prepare
from grader.gradescope.layout import ROOT, Layout
from grader.gradescope.run import grade_submission

DONE, UNFIT = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 1 for an image that must not grade."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.gradescope", description="Grading in a Gradescope container."
    )
    parser.add_argument("command", choices=("prepare", "grade"))
    parser.add_argument("--root", type=Path, default=ROOT, help="default: /autograder")
    options = parser.parse_args(arguments)
    layout = Layout(options.root.absolute())
    if options.command == "grade":
        return DONE if grade_submission(layout) else GRADER_FAILED
    try:
        for line in prepare(layout):
            print(line, flush=True)
    except ImageError as error:
        print(error, file=sys.stderr)
        return UNFIT
    except Exception as error:
        return tell(error)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
