"""What the commands for a class do. `cli` reads the command line."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.classroom import grading
from grader.classroom.demo import make_class
from grader.classroom.gradebook import Gradebook
from grader.classroom.pool import default_workers
from grader.classroom.summary import latest_entries
from grader.commands import DONE, GRADER_FAILED, UsageError
from grader.manifest import load_manifest
from grader.project import find_project
from grader.reports.html.folder import write_class_report

GRADEBOOK = Path("gradebook.db")


def grade_command(
    folder: Path,
    gradebook: Path,
    *,
    workers: int | None = None,
    seed: int | None = None,
    quiet: bool = False,
    allow_weak_isolation: bool = False,
) -> int:
    """Grade what a class has handed in; returns the exit code."""
    project = find_project()
    project.require_solutions("grader class grade")
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder. Give the one that holds the submissions.")
    with Gradebook(gradebook) as book:
        grading.take_in(book, grading.find_in(folder))
        tally = grading.Tally()
        try:
            with _shown(quiet) as show:
                _, tally = grading.grade_all(
                    project,
                    book,
                    seed=secrets.randbits(128) if seed is None else seed,
                    workers=workers or default_workers(),
                    allow_weak_isolation=allow_weak_isolation,
                    progress=show,
                )
        except KeyboardInterrupt:
            print(f"\nStopped. What was graded is in {gradebook}; the same command goes on.")
            return 130
        students = len({delivery.student for delivery in book.deliveries()})
    print(
        f"{tally.graded} submissions graded now ({tally.full} with full marks, {tally.partial} "
        f"with less, {tally.stopped} had to be stopped). {gradebook} holds {students} students."
    )
    if tally.withheld:
        names = ", ".join(tally.withheld[:10])
        print(
            f"The grader itself failed on {len(tally.withheld)}: {names}. Their scores are "
            "withheld; please report it.",
            file=sys.stderr,
        )
        return GRADER_FAILED
    return DONE


def report_command(gradebook: Path, out: Path) -> int:
    """Write the class's page and one for each student; returns the exit code."""
    if not gradebook.is_file():
        raise UsageError(f"{gradebook} does not exist. `grader class grade` makes it.")
    manifest = load_manifest(find_project().manifest)
    with Gradebook(gradebook) as book:
        page = write_class_report(latest_entries(book), manifest, out, book.students())
    print(f"The class's page is {page}; it leads to one for each student.")
    return DONE


def demo_command(folder: Path, count: int, seed: int) -> int:
    """Make up a class; returns the exit code."""
    project = find_project()
    project.require_solutions("grader class demo")
    if folder.exists():
        raise UsageError(f"{folder} is there already. Give a folder that is not.")
    truth = make_class(project, folder, count, seed)
    print(f"{folder} holds {count} submissions; what must come of them is in {truth}.")
    return DONE


@contextmanager
def _shown(quiet: bool) -> Iterator[grading.Progress]:
    """Shows how a run is going: a bar on a terminal, a line now and then in a log."""
    from tqdm import tqdm

    if quiet:
        yield lambda tally: None
        return
    with tqdm(unit=" submissions", dynamic_ncols=True, mininterval=0.2) as bar:

        def show(tally: grading.Tally) -> None:
            bar.total = tally.total
            bar.set_postfix_str(
                f"{tally.full} full, {tally.partial} partial, {tally.stopped} stopped",
                refresh=False,
            )
            bar.update(tally.graded - bar.n)

        yield show
