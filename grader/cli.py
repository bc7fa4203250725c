"""The command line: one thin function per command.

Exit codes: 0 done, 1 below --fail-under or a law broken, 2 wrong usage or an unusable submission
path, 3 the grader itself failed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from grader import __version__, cli_run
from grader.class_cli import class_app
from grader.cli_run import run_command

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
        cli_run.debug = True


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

    run_command("grader.commands", command)


@app.command()
def submit() -> None:
    """Grade once more and pack your files into submission.zip."""
    run_command("grader.commands", lambda module: module.submit_command())


@app.command()
def inputs(
    check: Annotated[str, typer.Argument(help="A check, as question:name.")],
    path: Annotated[
        Path | None, typer.Argument(help="Your folder (default: starter_code).")
    ] = None,
) -> None:
    """Print code that makes the calls of one practice check, for a debugger."""
    run_command("grader.commands", lambda module: module.inputs_command(check, path))


@app.command()
def data(
    directory: Annotated[
        Path | None,
        typer.Option(help="The folder for its files (default: where the loader looks)."),
    ] = None,
) -> None:
    """Fetch CIFAR-10 (170 MB), checked and resumable."""
    run_command("grader.commands", lambda module: module.data_command(directory))


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if anything differs.")
    ] = False,
) -> None:
    """Derive starter files and expected values from the solutions and checks (instructors)."""
    run_command("grader.instructor", lambda module: module.build_command(check))


@app.command()
def verify(
    mutants: Annotated[
        bool,
        typer.Option("--mutants", help="Law 7 too: no changed solution passes (minutes)."),
    ] = False,
) -> None:
    """Check the laws of the grader itself (instructors)."""
    run_command("grader.instructor", lambda module: module.verify_command(mutants))


@app.command()
def release(
    solutions: Annotated[
        bool, typer.Option("--solutions", help="The solutions instead, for after the deadline.")
    ] = False,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("dist"),
) -> None:
    """Pack what students get and what Gradescope gets, or the solutions (instructors)."""
    run_command("grader.instructor", lambda module: module.release_command(solutions, out))


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
    run_command(
        "grader.labs.command",
        lambda module: module.labs_command(tuple(names or ()), full=full, pictures=pictures),
    )


app.add_typer(class_app, name="class")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
