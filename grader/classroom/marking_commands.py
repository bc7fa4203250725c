"""What the commands do by which persons mark the labs' answers: `class answers`, `class marks`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.classroom.commands import opened, storable
from grader.classroom.grading import now
from grader.classroom.mark_sheets import read_marks
from grader.classroom.marking import Row, rows_of, shared_out
from grader.classroom.policies import Policies, read_policies
from grader.commands import DONE, UsageError
from grader.files import write_atomically
from grader.labs import QUESTION
from grader.labs.notebook import lab_cells
from grader.manifest import Manifest, load_manifest
from grader.project import Project, find_project
from grader.reports.html.folder import PRIVATE_FILE, PRIVATE_FOLDER
from grader.reports.html.marking import marking_page
from grader.reports.marking_sheets import to_sheet
from grader.reports.plain import one_line


def answers_command(
    gradebook: Path,
    out: Path,
    *,
    markers: int,
    anonymous: bool = False,
    everything: bool = False,
    semicolons: bool = False,
) -> int:
    """Write a sheet and a page for each marker; returns the exit code.

    everything: answers that are marked, too
    """
    project = find_project()
    manifest = load_manifest(project.manifest)
    policies = _policies(manifest)
    with opened(gradebook) as book:
        rows = rows_of(book, policies, everything=everything)
        silent = len(book.students()) - len({a.student for a in book.answers(texts=False)})
    if not rows:
        print(f"There is no answer to mark in {gradebook}.{_silent(silent)}")
        return DONE
    shares = shared_out(rows, markers)
    paths = [out / f"marker-{number}.csv" for number in range(1, len(shares) + 1)]
    for path in paths:
        if path.exists():
            raise UsageError(
                f"{path} is there already, perhaps with marks in it. Read it in with `grader class "
                "marks` and move it away, or give another folder with --out."
            )
    out.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    texts = _texts(project, manifest)
    for number, (path, share) in enumerate(zip(paths, shares, strict=True), start=1):
        title = f"{manifest.title}, marker {number} of {len(shares)}"
        page = marking_page(share, texts, title, anonymous=anonymous)
        sheet = to_sheet(share, anonymous=anonymous, delimiter=";" if semicolons else ",")
        write_atomically(path.with_suffix(".html"), page.encode(), mode=PRIVATE_FILE)
        write_atomically(path, sheet.encode(), mode=PRIVATE_FILE)
        print(f"{path}: {_contents(share)}")
    if len(shares) < markers:
        print(f"A question is for one marker, so that {markers - len(shares)} have none.")
    print(f"Beside each there is a page to read.{_silent(silent)}")
    return DONE


def marks_command(gradebook: Path, sheets: Iterable[Path], *, author: str = "") -> int:
    """Read filled sheets into the gradebook, all of them or none; returns the exit code."""
    policies = _policies(load_manifest(find_project().manifest))
    author = storable(author)
    with opened(gradebook) as book:
        reading = read_marks(list(sheets), book, policies, author)
        if reading.marks:
            book.add_marks(reading.marks, now())
        left = len(rows_of(book, policies))
    answers = {(mark.question, mark.digest, mark.student) for mark in reading.marks}
    print(f"{_many(len(answers), 'mark')} kept in {gradebook}; {reading.known} were there already.")
    if reading.blank:
        print(f"Without points: {_many(reading.blank, 'row')}.")
    for mark in reading.outdated:
        print(
            one_line(
                f"{mark.student} has changed the answer to {mark.question} since the sheet was "
                "written: it is to be marked again."
            )
        )
    if left:
        print(f"To be marked: {_many(left, 'answer')}; `grader class answers` writes sheets.")
    return DONE


def _policies(manifest: Manifest) -> Policies:
    if not manifest.manual:
        raise UsageError(
            f"{manifest.path} lists no question that persons mark: add [[manual]] entries."
        )
    return read_policies(manifest)


def _texts(project: Project, manifest: Manifest) -> dict[str, str]:
    """What is asked, by the questions' names; nothing where the labs' sources are not."""
    labs = project.assignment / "labs"
    return {
        cell.name: cell.source
        for lab in sorted({question.lab for question in manifest.manual})
        if (labs / f"{lab}.py").is_file()
        for cell in lab_cells(labs, lab)
        if QUESTION in cell.tags
    }


def _contents(rows: Iterable[Row]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.question.name] = counts.get(row.question.name, 0) + 1
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def _silent(students: int) -> str:
    return f" {_many(students, 'student')} handed in no notebook of a lab." if students else ""


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
