"""The students' commands for a machine without typer: offline, with numpy and pytest only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from grader.errors import sentence_and_code


def main() -> None:
    """Run `grade` or `submit`; options as in `cli`."""
    parser = argparse.ArgumentParser(
        prog="grader",
        description="typer is not installed, so only grade and submit are there.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    grade = commands.add_parser("grade", help="grade one submission")
    grade.add_argument("path", type=Path, nargs="?")
    grade.add_argument("--question", action="append", default=[])
    grade.add_argument("--json", type=Path)
    grade.add_argument("--html", type=Path)
    grade.add_argument("--junit", type=Path)
    grade.add_argument("--fail-under", type=float)
    commands.add_parser("submit", help="grade once more and pack your files")
    arguments = parser.parse_args()
    try:
        sys.exit(_run(arguments))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        sentence, code = sentence_and_code(error)
        print(sentence, file=sys.stderr)
        sys.exit(code)


def _run(arguments: argparse.Namespace) -> int:
    from grader.commands import GradeOptions, grade_command, submit_command

    if arguments.command == "submit":
        return submit_command()
    return grade_command(
        GradeOptions(
            path=arguments.path,
            questions=tuple(arguments.question),
            json=arguments.json,
            html=arguments.html,
            junit=arguments.junit,
            fail_under=arguments.fail_under,
        )
    )
