"""The command line: one thin function per command.

Exit codes: 0 done, 1 below --fail-under or a law broken, 2 wrong usage or an unusable submission
path, 3 the grader itself failed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from grader import __version__
from grader.errors import sentence_and_code

app = typer.Typer(
    name="grader",
    help="Grade the assignment; instructors also build, verify and release it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        print(f"grader {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    if debug:
        _State.debug = True


class _State:
    debug = False


def _run(module: str, command: Callable[[Any], int]) -> NoReturn:
    """Run a command of a module; an error becomes one sentence and an exit code."""
    try:
        code = command(importlib.import_module(module))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        code = 130
    except Exception as error:
        if _State.debug:
            raise
        sentence, code = sentence_and_code(error)
        print(sentence, file=sys.stderr)
    raise typer.Exit(code)


@app.command()
def grade(
    path: Annotated[
        Path | None,
        typer.Argument(help="Folder, zip, tar or notebook to grade (default: starter_code)."),
    ] = None,
    question: Annotated[
        list[str] | None, typer.Option(help="Grade only this question; may be repeated.")
    ] = None,
    official: Annotated[
        bool, typer.Option("--official", help="Hidden inputs, live reference; needs solutions/.")
    ] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Replay an official grading.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the result as JSON, schema 1.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as a web page.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the result as JUnit XML.")] = None,
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 if the score is lower.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Grade again after every save.")] = False,
    allow_weak_isolation: Annotated[
        bool,
        typer.Option(
            "--allow-weak-isolation",
            help="Grade officially where submissions can read files or use the network.",
        ),
    ] = False,
) -> None:
    """Grade one submission. Exit code 0 whatever the score, unless --fail-under says otherwise."""

    def command(commands: Any) -> int:
        options = commands.GradeOptions(
            path,
            tuple(question or ()),
            official,
            seed,
            json,
            html,
            junit,
            fail_under,
            allow_weak_isolation,
        )
        return int((commands.watch_command if watch else commands.grade_command)(options))

    _run("grader.commands", command)


@app.command()
def submit() -> None:
    """Grade once more and pack your files into submission.zip."""
    _run("grader.commands", lambda module: module.submit_command())


@app.command()
def inputs(
    check: Annotated[str, typer.Argument(help="A check, as question:name.")],
    path: Annotated[
        Path | None, typer.Argument(help="Your folder (default: starter_code).")
    ] = None,
) -> None:
    """Print code that makes the calls of one practice check, for a debugger."""
    _run("grader.commands", lambda module: module.inputs_command(check, path))


@app.command()
def data(
    directory: Annotated[
        Path | None,
        typer.Option(help="The folder for its files (default: where the loader looks)."),
    ] = None,
) -> None:
    """Fetch CIFAR-10 (170 MB), checked and resumable."""
    _run("grader.commands", lambda module: module.data_command(directory))


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if anything differs.")
    ] = False,
) -> None:
    """Derive starter files and expected values from the solutions and checks (instructors)."""
    _run("grader.instructor", lambda module: module.build_command(check))


@app.command()
def verify(
    mutants: Annotated[
        bool,
        typer.Option("--mutants", help="Law 7 too: no changed solution passes (minutes)."),
    ] = False,
) -> None:
    """Check the laws of the grader itself (instructors)."""
    _run("grader.instructor", lambda module: module.verify_command(mutants))


@app.command()
def release(
    solutions: Annotated[
        bool, typer.Option("--solutions", help="The solutions instead of the assignment.")
    ] = False,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("dist"),
) -> None:
    """Pack the student archive, or the solutions (instructors)."""
    _run("grader.instructor", lambda module: module.release_command(solutions, out))


@app.command()
def labs(
    names: Annotated[list[str] | None, typer.Argument(help="Labs (default: all).")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="With the long searches, not their quick setting.")
    ] = False,
    pictures: Annotated[
        Path | None, typer.Option(help="A folder for every figure, one folder in it per lab.")
    ] = None,
) -> None:
    """Execute the labs with the solutions; exit with 1 at any error or warning (instructors)."""
    _run(
        "grader.labs.command",
        lambda module: module.labs_command(tuple(names or ()), full=full, pictures=pictures),
    )


class_app = typer.Typer(
    help="Grade a class: one gradebook, many submissions (instructors).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(class_app, name="class")
GradebookOption = Annotated[Path, typer.Option(help="The gradebook, one SQLite file.")]


@class_app.command("grade")
def class_grade(
    folder: Annotated[Path, typer.Argument(help="Holds one folder or archive per student.")],
    gradebook: GradebookOption = Path("gradebook.db"),
    roster: Annotated[
        Path | None, typer.Option(help="A CSV of students: names, files, teams, extensions.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes on this machine (default: its processors).")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of a new run's hidden inputs.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    allow_weak_isolation: Annotated[
        bool, typer.Option("--allow-weak-isolation", help="As for `grader grade`.")
    ] = False,
) -> None:
    """Grade what has not been graded yet. May be interrupted and started again at any time."""
    _run(
        "grader.classroom.commands",
        lambda module: module.grade_command(
            folder,
            gradebook,
            roster=roster,
            workers=workers,
            seed=seed,
            quiet=quiet,
            allow_weak_isolation=allow_weak_isolation,
        ),
    )


@class_app.command("export")
def class_export(
    format: Annotated[str, typer.Option(help="canvas, moodle, csv, json or junit.")] = "csv",
    gradebook: GradebookOption = Path("gradebook.db"),
    into: Annotated[
        Path | None, typer.Option(help="Canvas, Moodle: the sheet downloaded from there.")
    ] = None,
    column: Annotated[str, typer.Option(help="Canvas: the assignment's column.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write (default: print).")] = None,
) -> None:
    """Write the grades for a learning management system or a spreadsheet."""
    _run(
        "grader.classroom.commands",
        lambda module: module.export_command(
            format, gradebook, beside=into, column=column, out=out
        ),
    )


@class_app.command("report")
def class_report(
    out: Annotated[Path, typer.Argument(help="A folder for the pages.")] = Path("class-report"),
    gradebook: GradebookOption = Path("gradebook.db"),
) -> None:
    """Write a page on the class and one on each student, to open in a browser."""
    _run("grader.classroom.commands", lambda module: module.report_command(gradebook, out))


@class_app.command("demo")
def class_demo(
    folder: Annotated[Path, typer.Argument(help="A new folder for the submissions.")],
    n: Annotated[int, typer.Option("--n", min=1, help="How many.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Another seed makes another class.")] = 0,
) -> None:
    """Make up a class to try things on, with the truth about each submission beside it."""
    _run("grader.classroom.commands", lambda module: module.demo_command(folder, n, seed))


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
