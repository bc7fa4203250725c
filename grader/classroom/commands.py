"""What the commands for a class do. `cli` reads the command line."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from grader.classroom import grading, regrading, telling
from grader.classroom.changes import compared
from grader.classroom.cluster import Cluster, grade_on, require_usable
from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import final_grades, penalties
from grader.classroom.layouts import find_submissions
from grader.classroom.policies import Policies, read_policies
from grader.classroom.pool import default_workers
from grader.classroom.records import Scope
from grader.classroom.roster import read_roster
from grader.classroom.stopping import stoppable
from grader.classroom.summary import entries_of
from grader.classroom.works import handed_out
from grader.commands import DONE, UsageError
from grader.files import write_atomically
from grader.intake.names import shown
from grader.manifest import load_manifest
from grader.project import find_project
from grader.reports.canvas import to_canvas
from grader.reports.class_junit import to_class_junit
from grader.reports.grades_csv import to_csv
from grader.reports.grades_json import to_json
from grader.reports.html.folder import STAFF, STUDENTS, write_class_report
from grader.reports.moodle import to_moodle
from grader.reports.plain import one_line
from grader.reports.sheets import Export

FORMATS = ("canvas", "moodle", "csv", "json", "junit")


def grade_command(
    folder: Path,
    gradebook: Path,
    *,
    roster: Path | None = None,
    workers: int | None = None,
    seed: int | None = None,
    quiet: bool = False,
    allow_weak_isolation: bool = False,
    cluster: Cluster | None = None,
) -> int:
    """Grade what a class has handed in; returns the exit code."""
    project = find_project()
    project.require_solutions("grader class grade")
    if cluster is not None:
        require_usable(cluster)
        if workers:
            raise UsageError("--workers is for this machine: leave it out with --cluster.")
    manifest = load_manifest(project.manifest)
    policies = read_policies(manifest)
    listed = read_roster(roster, policies.zone) if roster is not None else None
    findings = find_submissions(folder, listed)
    with stoppable(gradebook), Gradebook(gradebook) as book:
        if listed is not None:
            book.add_students(listed.students)
        unread = grading.take_in(book, findings.found, manifest.manual)
        with telling.progress(quiet) as show:
            _, tally = grading.grade_all(
                project,
                book,
                seed=secrets.randbits(128) if seed is None else seed,
                workers=(
                    partial(grade_on, cluster, notice=_notice)
                    if cluster is not None
                    else workers or default_workers()
                ),
                allow_weak_isolation=allow_weak_isolation,
                progress=show,
            )
        book.set_penalties(penalties(book, policies))
        students = {delivery.student for delivery in book.deliveries()}
    number = telling.count(len(students), "student")
    print(f"{telling.graded(tally)} {gradebook} holds work of {number}.")
    if absent := [one.id for one in listed.students if one.id not in students] if listed else []:
        number = telling.count(len(absent), "student")
        said = f"{number} of the roster handed in nothing: {telling.some(absent)}."
        print(said, file=sys.stderr)
    for left in findings.unmatched:
        print(f"Not graded: {left.name}: {left.why}", file=sys.stderr)
    for note in unread:
        print(f"Answers not read: {note}.", file=sys.stderr)
    return telling.failures(tally)


def regrade_command(
    gradebook: Path,
    *,
    students: tuple[str, ...] = (),
    questions: tuple[str, ...] = (),
    withheld: bool = False,
    reason: str = "",
    workers: int | None = None,
    seed: int | None = None,
    quiet: bool = False,
    allow_weak_isolation: bool = False,
) -> int:
    """Grade again what is in the gradebook; returns the exit code."""
    project = find_project()
    project.require_solutions("grader class regrade")
    manifest = load_manifest(project.manifest)
    policies = read_policies(manifest)
    names = [question.name for question in manifest.questions]
    for question in questions:
        if question not in names:
            raise UsageError(f"There is no question {question!r}. There are: {', '.join(names)}.")
    scope = Scope(tuple(sorted(set(students))), tuple(sorted(set(questions))), withheld)
    with stoppable(gradebook), opened(gradebook) as book:
        handed_in = {delivery.student for delivery in book.deliveries()}
        for student in scope.students:
            if student not in handed_in:
                raise UsageError(f"{gradebook} holds nothing that {shown(student)} has handed in.")
        with telling.progress(quiet) as show:
            run, tally = regrading.regrade(
                project,
                book,
                scope,
                reason=storable(reason) or "regrade",
                seed=secrets.randbits(128) if seed is None else seed,
                workers=workers or default_workers(),
                allow_weak_isolation=allow_weak_isolation,
                progress=show,
            )
        book.set_penalties(penalties(book, policies))
        changed = 0
        if run is not None:
            found = compared(book, newer=run.number).changes
            changed = sum(one.score_changed for one in found if one.after.run == run.number)
    print(telling.graded(tally))
    if run is not None:
        say = telling.count(changed, "score")
        print(f"Run {run.number} changed {say}; `grader class diff` says whose, and why.")
    return telling.failures(tally)


def storable(text: str) -> str:
    """A text from the command line, where bytes that are no text may be in it."""
    return text.encode("utf-8", "replace").decode().strip()


def cluster_from(
    address: str | None, tls: Path | None, insecure: bool, remote_root: str
) -> Cluster | None:
    """The cluster that the command line describes; None if it names none."""
    if address is not None:
        return Cluster(address, tls, insecure, remote_root)
    if tls is not None or insecure or remote_root:
        raise UsageError("--tls, --insecure-cluster and --remote-root need --cluster ADDRESS.")
    return None


def _notice(text: str) -> None:
    print(text, file=sys.stderr)


def export_command(
    format: str, gradebook: Path, *, beside: Path | None, column: str, out: Path | None
) -> int:
    """Write the grades in another system's format; returns the exit code."""
    manifest = load_manifest(find_project().manifest)
    most = float(sum(one.points for one in manifest.questions if not one.bonus))
    if format not in FORMATS:
        raise UsageError(f"There is no format {format!r}. There are: {', '.join(FORMATS)}.")
    if format in ("canvas", "moodle") and beside is None:
        raise UsageError(f"{format} is filled in: give the sheet downloaded from it with --into.")
    if (beside is not None and format not in ("canvas", "moodle")) or (
        column and format != "canvas"
    ):
        raise UsageError("--into is for canvas and moodle, --column for canvas: leave them out.")
    policies = read_policies(manifest)
    most += policies.manual_points
    with opened(gradebook, policies) as book:
        grades = list(final_grades(book, policies))
    if format == "canvas" and beside is not None:
        exported = to_canvas(beside, column or manifest.title, grades, most)
    elif format == "moodle" and beside is not None:
        exported = to_moodle(beside, grades, most)
    else:
        text = {
            "csv": lambda: to_csv(grades, manifest),
            "json": lambda: "".join(to_json(manifest.name, grades)),
            "junit": lambda: "".join(to_class_junit(manifest.name, grades)),
        }[format]()
        exported = Export(text, sum(grade.total is not None for grade in grades))
    if out is None:
        _print_bytes(exported.text.encode())
    else:
        write_out(out, exported.text.encode(), gradebook)
        say = "1 grade is" if exported.count == 1 else f"{exported.count} grades are"
        print(f"{say} in {out}.")
    for note in exported.notes:
        print(one_line(note), file=sys.stderr)
    return DONE


def write_out(path: Path, content: bytes, gradebook: Path) -> None:
    """Write a file for the owner alone; UsageError if it would take the gradebook's place."""
    if path.exists() and path.samefile(gradebook):
        raise UsageError(f"{path} is the gradebook itself: give another file to write to.")
    write_atomically(path, content, mode=0o600)


def _print_bytes(content: bytes) -> None:
    """Print what programs read: in UTF-8 and with its own line ends, whatever the terminal has."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def opened(gradebook: Path, policies: Policies | None = None) -> Gradebook:
    """The gradebook that is there; UsageError if there is none.

    policies: take late penalties by them, in place of those of the last grading.
    """
    if gradebook.is_dir():
        raise UsageError(f"{gradebook} is a folder: give the gradebook, which is one file.")
    if not gradebook.is_file():
        raise UsageError(f"{gradebook} does not exist. `grader class grade` makes it.")
    book = Gradebook(gradebook)
    if policies is not None:
        book.set_penalties(penalties(book, policies))
    return book


def report_command(gradebook: Path, out: Path) -> int:
    """Write the class's page and one for each student; returns the exit code."""
    project = find_project()
    manifest = load_manifest(project.manifest)
    policies, now = read_policies(manifest), datetime.now(UTC)
    with opened(gradebook, policies) as book:
        entries = entries_of(book, policies, handed_out(project))
        page = write_class_report(
            entries, manifest, out, book.students(), policies=policies, now=now
        )
    print(f"The class's page is {page}; it leads to one for each student.")
    if any((out / STAFF).iterdir()):
        print(f"Those in {out / STUDENTS} show what students may see now; {out / STAFF} all of it.")
    return DONE
