"""The students' commands without typer: where it is not installed, and wherever it is not needed.

Importing typer takes longer than many a check, so `grade` and `submit` are read here first. What is
not understood here (help, a mistake, any other command) is left to typer, which says more.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

from grader.errors import tell
from grader.hosting import open_ahead
from grader.project import find_project


class _NotUnderstood(Exception):
    """Something for typer."""


class _Silent(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _NotUnderstood


def main() -> None:
    """Run `grade` or `submit`; options as in `cli`."""
    parser = _with_commands(
        argparse.ArgumentParser(
            prog="grader",
            description="typer is not installed, so only grade and submit are there.",
            allow_abbrev=False,
        )
    )
    _carry_out(parser.parse_args())


def try_to_run(arguments: list[str]) -> None:
    """Run the command and exit, if these arguments are understood here; else do nothing."""
    try:
        parsed = _with_commands(_Silent(add_help=False)).parse_args(arguments)
    except _NotUnderstood:
        return
    _carry_out(parsed)


def _with_commands(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    commands = parser.add_subparsers(dest="command", required=True)
    own = partial(commands.add_parser, add_help=parser.add_help, allow_abbrev=False)
    grade = own("grade", help="grade one submission")
    grade.add_argument("path", type=Path, nargs="?")
    grade.add_argument("--question", action="append", default=[])
    grade.add_argument("--official", action="store_true")
    grade.add_argument("--seed", type=_seed)
    grade.add_argument("--json", type=Path)
    grade.add_argument("--html", type=Path)
    grade.add_argument("--junit", type=Path)
    grade.add_argument("--fail-under", type=float)
    grade.add_argument("--watch", action="store_true")
    grade.add_argument("--allow-weak-isolation", action="store_true")
    own("submit", help="grade once more and pack your files")
    return parser


def _seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        raise argparse.ArgumentTypeError(f"{seed} is below 0")
    return seed


def _carry_out(arguments: argparse.Namespace) -> NoReturn:
    try:
        sys.exit(_run(arguments))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        sys.exit(tell(error))


def _run(arguments: argparse.Namespace) -> int:
    with suppress(Exception):  # said when it is needed
        open_ahead(find_project())
    from grader.commands import GradeOptions, grade_command, submit_command, watch_command

    if arguments.command == "submit":
        return submit_command()
    command = watch_command if arguments.watch else grade_command
    return command(
        GradeOptions(
            path=arguments.path,
            questions=tuple(arguments.question),
            official=arguments.official,
            seed=arguments.seed,
            json=arguments.json,
            html=arguments.html,
            junit=arguments.junit,
            fail_under=arguments.fail_under,
            allow_weak_isolation=arguments.allow_weak_isolation,
        )
    )
