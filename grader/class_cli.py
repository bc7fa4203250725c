"""The command line of a class: one thin function per command of `grader class`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli_run import run_command

class_app = typer.Typer(
    help="Grade a class: one gradebook, many submissions (instructors).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
GradebookOption = Annotated[Path, typer.Option(help="The gradebook, one SQLite file.")]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Processes on this machine (default: its processors).")
]
SeedOption = Annotated[int | None, typer.Option(min=0, help="Of a new run's hidden inputs.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
WeakOption = Annotated[bool, typer.Option("--allow-weak-isolation", help="As for `grader grade`.")]


@class_app.command("grade")
def class_grade(
    folder: Annotated[Path, typer.Argument(help="Holds one folder or archive per student.")],
    gradebook: GradebookOption = Path("gradebook.db"),
    roster: Annotated[
        Path | None, typer.Option(help="A CSV of students: names, files, teams, extensions.")
    ] = None,
    workers: WorkersOption = None,
    seed: SeedOption = None,
    quiet: QuietOption = False,
    allow_weak_isolation: WeakOption = False,
    cluster: Annotated[
        str | None, typer.Option(help="Grade on a Dask cluster: its scheduler, tls://host:port.")
    ] = None,
    tls: Annotated[
        Path | None, typer.Option(help="Cluster: a folder with ca.pem, cert.pem and key.pem.")
    ] = None,
    remote_root: Annotated[
        str, typer.Option(help="Cluster: the project's folder on its workers (default: as here).")
    ] = "",
    insecure_cluster: Annotated[
        bool, typer.Option("--insecure-cluster", help="Cluster: accept one without encryption.")
    ] = False,
) -> None:
    """Grade what has not been graded yet. May be interrupted and started again at any time."""
    run_command(
        "grader.classroom.commands",
        lambda module: module.grade_command(
            folder,
            gradebook,
            roster=roster,
            workers=workers,
            seed=seed,
            quiet=quiet,
            allow_weak_isolation=allow_weak_isolation,
            cluster=module.cluster_from(cluster, tls, insecure_cluster, remote_root),
        ),
    )


@class_app.command("regrade")
def class_regrade(
    student: Annotated[
        list[str] | None, typer.Option(help="Only this student; may be repeated.")
    ] = None,
    question: Annotated[
        list[str] | None, typer.Option(help="Only this question; may be repeated.")
    ] = None,
    withheld: Annotated[
        bool, typer.Option("--withheld", help="Only where the grader itself had failed.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; kept in the gradebook.")] = "",
    gradebook: GradebookOption = Path("gradebook.db"),
    workers: WorkersOption = None,
    seed: SeedOption = None,
    quiet: QuietOption = False,
    allow_weak_isolation: WeakOption = False,
) -> None:
    """Grade again what has been handed in, after a fix. What came before stays, corrections too."""
    run_command(
        "grader.classroom.commands",
        lambda module: module.regrade_command(
            gradebook,
            students=tuple(student or ()),
            questions=tuple(question or ()),
            withheld=withheld,
            reason=reason,
            workers=workers,
            seed=seed,
            quiet=quiet,
            allow_weak_isolation=allow_weak_isolation,
        ),
    )


@class_app.command("diff")
def class_diff(
    older: Annotated[
        int | None,
        typer.Option("--from", help="The run to compare with (default: the last but one)."),
    ] = None,
    newer: Annotated[
        int | None, typer.Option("--to", help="The run to compare (default: the last one).")
    ] = None,
    gradebook: GradebookOption = Path("gradebook.db"),
    csv: Annotated[Path | None, typer.Option(help="Write every change as a table, too.")] = None,
) -> None:
    """Show whose score a regrade changed, by how much, and in which checks."""
    run_command(
        "grader.classroom.review_commands",
        lambda module: module.diff_command(gradebook, older=older, newer=newer, out=csv),
    )


@class_app.command("replay")
def class_replay(
    id: Annotated[
        str, typer.Argument(help="A student, student:run, or the beginning of a digest.")
    ],
    gradebook: GradebookOption = Path("gradebook.db"),
    html: Annotated[Path | None, typer.Option(help="Write the sheet as a web page, too.")] = None,
    allow_weak_isolation: WeakOption = False,
) -> None:
    """Reach a verdict again from what is kept, and print an appeal sheet. Exit 1 if it differs."""
    run_command(
        "grader.classroom.review_commands",
        lambda module: module.replay_command(
            gradebook, id, html=html, allow_weak_isolation=allow_weak_isolation
        ),
    )


@class_app.command("override")
def class_override(
    student: Annotated[str, typer.Argument(help="As the gradebook calls them.")],
    score: Annotated[float, typer.Argument(help="The points in place of the measured ones.")],
    question: Annotated[
        str, typer.Option(help="Only this question (default: the total, which is then final).")
    ] = "",
    author: Annotated[str, typer.Option(help="Who decides; kept in the gradebook.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept in the gradebook.")] = "",
    above_maximum: Annotated[
        bool, typer.Option("--above-maximum", help="Allow more than the points to be had.")
    ] = False,
    gradebook: GradebookOption = Path("gradebook.db"),
) -> None:
    """Give a score by hand, with a name and a reason; what was measured stays beside it."""
    run_command(
        "grader.classroom.record_commands",
        lambda module: module.override_command(
            gradebook,
            student,
            score,
            question=question,
            author=author,
            reason=reason,
            above_maximum=above_maximum,
        ),
    )


@class_app.command("overrides")
def class_overrides(gradebook: GradebookOption = Path("gradebook.db")) -> None:
    """List the scores given by hand: whose, by whom, when and why."""
    run_command(
        "grader.classroom.record_commands", lambda module: module.overrides_command(gradebook)
    )


@class_app.command("answers")
def class_answers(
    split: Annotated[int, typer.Option(min=1, help="For so many markers.")] = 1,
    out: Annotated[Path, typer.Option(help="A folder for the sheets.")] = Path("marking"),
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Without names; the codes lead back to them.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="What is marked, too (default: what is not).")
    ] = False,
    semicolons: Annotated[
        bool, typer.Option("--semicolons", help="For spreadsheets with decimal commas.")
    ] = False,
    gradebook: GradebookOption = Path("gradebook.db"),
) -> None:
    """Write sheets, to mark the answers in the labs by hand: a CSV and a page for each marker."""
    run_command(
        "grader.classroom.marking_commands",
        lambda module: module.answers_command(
            gradebook,
            out,
            markers=split,
            anonymous=anonymous,
            everything=everything,
            semicolons=semicolons,
        ),
    )


@class_app.command("marks")
def class_marks(
    sheets: Annotated[list[Path], typer.Argument(help="Filled sheets of `grader class answers`.")],
    by: Annotated[
        str, typer.Option(help="Who has marked (default: the name of each sheet's file).")
    ] = "",
    gradebook: GradebookOption = Path("gradebook.db"),
) -> None:
    """Read filled sheets back. If one row cannot be taken, nothing is kept."""
    run_command(
        "grader.classroom.marking_commands",
        lambda module: module.marks_command(gradebook, sheets, author=by),
    )


@class_app.command("twins")
def class_twins(gradebook: GradebookOption = Path("gradebook.db")) -> None:
    """Show submissions that may have been copied: the same files, comments, rare mistakes."""
    run_command("grader.classroom.twins_command", lambda module: module.twins_command(gradebook))


@class_app.command("purge")
def class_purge(
    student: Annotated[str, typer.Argument(help="As the gradebook calls them.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    gradebook: GradebookOption = Path("gradebook.db"),
) -> None:
    """Remove a student and everything that only they have, for good."""
    run_command(
        "grader.classroom.record_commands",
        lambda module: module.purge_command(gradebook, student, yes=yes),
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
    run_command(
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
    run_command("grader.classroom.commands", lambda module: module.report_command(gradebook, out))


@class_app.command("demo")
def class_demo(
    folder: Annotated[Path, typer.Argument(help="A new folder for the submissions.")],
    n: Annotated[int, typer.Option("--n", min=1, help="How many.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Another seed makes another class.")] = 0,
    check: Annotated[
        bool, typer.Option("--check", help="Hold the gradebook against the truth instead.")
    ] = False,
    gradebook: GradebookOption = Path("gradebook.db"),
) -> None:
    """Make up a class to try things on, with the truth about each submission beside it."""
    run_command(
        "grader.classroom.demo_command",
        lambda module: (
            module.check_command(folder, gradebook)
            if check
            else module.demo_command(folder, n, seed)
        ),
    )
