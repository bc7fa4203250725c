"""Where the submissions of a class lie in a folder, and whose they are.

Known are one folder or file for each student, and what Gradescope, Canvas and Moodle give to
download. A layout is recognized only by names that nothing else has. What cannot be assigned to a
student is named with the reason, and never left out silently; a roster's column `file` settles it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from grader.classroom import canvas_download, gradescope_metadata
from grader.classroom.handed_in import Findings, Found, LayoutError
from grader.classroom.records import Student
from grader.classroom.roster import Roster
from grader.intake.names import NOTEBOOK, PYTHON, skipped_folder
from grader.submission import SUFFIXES

METADATA = "submission_metadata.yml"
MOODLE = re.compile(
    r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(_(?P<rest>.*))?\Z"
)
NUMBERED = re.compile(r"(?P<name>.+)_(?P<number>\d+)\Z")
LITTER = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
ANYTHING = ("file", "student", "login", "sis_id", "email", "canvas_id", "name")


def find_submissions(folder: Path, roster: Roster | None = None) -> Findings:
    """Every submission in a folder, by student.

    With a roster only its students count, and a submission of one is everybody's in the team.
    Raises LayoutError if the folder is not there or holds a single submission.
    """
    folder, entries = _entries(folder)
    if METADATA in entries:
        findings = _gradescope(folder, entries, roster)
    elif any(MOODLE.match(name) for name in entries):
        findings = _moodle(folder, entries, roster)
    elif canvas_download.recognized(entries):
        findings = _canvas(folder, entries, roster)
    else:
        findings = _plain(folder, entries, roster)
    if roster is not None:
        shared = [each for one in findings.found for each in _shared(one, roster)]
        findings.found = list({(one.student, one.source): one for one in shared}.values())
    findings.found.sort(key=lambda one: (one.student, one.source))
    return findings


def _entries(folder: Path) -> tuple[Path, list[str]]:
    """The names in the folder without litter; of the folder inside it, if an export is in that."""
    try:
        names = [name for name in sorted(os.listdir(folder)) if not _litter(name)]
        if len(names) == 1 and (folder / names[0] / METADATA).is_file():
            return _entries(folder / names[0])
    except NotADirectoryError:
        raise LayoutError(
            f"{folder} is a file. Unpack it, and give the folder with the submissions."
        ) from None
    except OSError as error:
        raise LayoutError(
            f"{folder} cannot be read ({error.strerror}). Give the folder with the submissions."
        ) from None
    if not names:
        raise LayoutError(f"{folder} is empty. Give the folder with the submissions.")
    return folder, names


def _litter(name: str) -> bool:
    return skipped_folder(name) or name.startswith("~$") or name.lower() in LITTER


def _submission(findings: Findings, path: Path) -> Path:
    """The path to grade: the archive or notebook that a folder holds in place of any code."""
    try:
        inside = [item for item in sorted(path.iterdir()) if not _litter(item.name)]
    except OSError:  # a file; or it cannot be read, which reading it will tell
        return path
    if any(item.suffix.lower() in (PYTHON, NOTEBOOK) or item.is_dir() for item in inside):
        return path
    packed = [item for item in inside if SUFFIXES.search(item.name) and not item.is_symlink()]
    if len(packed) > 1:
        names = ", ".join(item.name for item in packed)
        findings.leave(path.name, f"it holds several archives, so none is graded: {names}")
    return packed[0] if len(packed) == 1 and packed[0].is_file() else path


def _gradescope(folder: Path, entries: list[str], roster: Roster | None) -> Findings:
    findings = Findings("Gradescope")
    text = (folder / METADATA).read_text(encoding="utf-8", errors="replace")
    metadata = gradescope_metadata.parse_metadata(text)
    for name in entries:
        if name == METADATA:
            continue
        about = metadata.get(name)
        if about is None or not about.submitters:
            findings.leave(name, f"{METADATA} does not say who handed it in")
            continue
        by_hand = roster.find(name, "file") if roster else None
        students: list[tuple[str, gradescope_metadata.Submitter]] = []
        for who in about.submitters:
            # An address cannot be given twice there; a student number can be missing or mistyped.
            student = by_hand or _first(
                roster,
                *((who.email, "email"), (who.email, "student"), (who.email, "login")),
                *(
                    (who.sid, "student"),
                    (who.sid, "sis_id"),
                    (who.sid, "login"),
                    (who.name, "name"),
                ),
            )
            if roster is not None and student is None:
                findings.leave(name, f"{who.name or who.email or who.sid} is not in the roster")
            else:
                id = student.id if student else who.email or who.sid or who.name
                students.append((id, who))
        team = tuple(dict.fromkeys(id for id, _ in students))
        for id, who in students:
            known = {"email": who.email, "sis_id": who.sid}
            findings.found.append(
                Found(
                    *(
                        id,
                        _submission(findings, folder / name),
                        about.created_at,
                        name,
                        team,
                        who.name,
                    ),
                    {kind: value for kind, value in known.items() if value},
                )
            )
    for name in metadata.keys() - set(entries):
        findings.leave(name, f"{METADATA} lists it, but the folder is missing")
    return findings


def _moodle(folder: Path, entries: list[str], roster: Roster | None) -> Findings:
    findings = Findings("Moodle")
    loose: dict[str, dict[str, Path]] = {}
    for name in entries:
        match = MOODLE.match(name)
        if match is None:
            findings.leave(name, "its name is not like those of the other submissions")
        elif match["kind"] != "file":
            findings.leave(name, "text typed in the browser is not graded")
        elif (folder / name).is_dir():
            _moodle_one(findings, roster, match, _submission(findings, folder / name), name, {})
        elif match["rest"]:  # downloaded without a folder for each
            start = name[: -len(match["rest"])]
            loose.setdefault(start, {})[match["rest"]] = folder / name
    for start, files in loose.items():
        match = MOODLE.match(start)
        assert match is not None
        path, taken, left = canvas_download.one_submission(folder, files)
        for name, why in left:
            findings.leave(f"{start}{name}", why)
        if path is not None:
            _moodle_one(findings, roster, match, path, start, taken)
    return findings


def _moodle_one(
    findings: Findings,
    roster: Roster | None,
    match: re.Match[str],
    path: Path,
    source: str,
    files: Mapping[str, Path],
) -> None:
    number, name = match["number"], match["name"]
    student = _first(roster, (source, "file"), (number, "participant"), (name, "name"))
    if roster is not None and student is None:
        findings.leave(source, f"neither participant {number} nor {name} is in the roster")
        return
    id = student.id if student else number
    findings.found.append(
        Found(id, path, None, source, (id,), name, {"participant": number}, files)
    )


def _canvas(folder: Path, entries: list[str], roster: Roster | None) -> Findings:
    findings = Findings("Canvas")
    students, left = canvas_download.by_student(entries)
    for name, why in left:
        findings.leave(name, why)
    for (name, number), uploads in students.items():
        files = {original: folder / uploaded for original, uploaded in uploads.files.items()}
        path, taken, left = canvas_download.one_submission(folder, files)
        for original, why in [
            *left,
            *((name, "a later upload replaced it") for name in uploads.older),
        ]:
            findings.leave(uploads.files.get(original, original), why)
        if path is None:
            continue
        source = path.name if path != folder else f"{name}_{number}"
        names = [(item.name, "file") for item in (path, *taken.values())]
        student = _first(roster, *names, (number, "canvas_id"), (name, "name"))
        if roster is not None and student is None:
            findings.leave(source, f"neither Canvas id {number} nor {name} is in the roster")
            continue
        id = student.id if student else number
        known = {"canvas_id": number}
        findings.found.append(
            Found(id, path, None, source, (id,), name, known, taken, uploads.late)
        )
    return findings


def _plain(folder: Path, entries: list[str], roster: Roster | None) -> Findings:
    findings = Findings("one for each student")
    for name in entries:
        path = folder / name
        single = path.suffix.lower() == PYTHON and path.is_file()
        by_hand = roster.find(name, "file") if roster else None
        if single and by_hand:
            files = {name: path}
            findings.found.append(Found(by_hand.id, folder, None, name, (by_hand.id,), files=files))
        elif single:
            findings.leave(name, "a single file says not whose it is; put it in a student's folder")
        elif not path.is_dir() and not SUFFIXES.search(name):
            findings.leave(name, "it is no folder, archive or notebook")
        else:
            id = name if path.is_dir() else SUFFIXES.sub("", name)
            student = by_hand or _plain_student(id, roster)
            if roster is not None and student is None:
                findings.leave(name, "the roster has no student of that name")
                continue
            id = student.id if student else id
            findings.found.append(Found(id, _submission(findings, path), None, name, (id,)))
    if not findings.found and any(name.endswith(PYTHON) for name in entries):
        raise LayoutError(
            f"{folder} looks like a single submission, not like a class. Give the folder above it, "
            "or grade it alone with `grader grade`."
        )
    return findings


def _plain_student(id: str, roster: Roster | None) -> Student | None:
    if roster is None:
        return None
    numbered = NUMBERED.match(id)  # Moodle's, with the rest of the name cut off
    return _first(
        roster,
        *((id, kind) for kind in ANYTHING),
        *([(numbered["number"], "participant")] if numbered else []),
    )


def _first(roster: Roster | None, *tried: tuple[str, str]) -> Student | None:
    """The first student that one of these (value, kind) finds."""
    if roster is None:
        return None
    return next((one for value, kind in tried if (one := roster.find(value, kind))), None)


def _shared(found: Found, roster: Roster) -> list[Found]:
    """One for everybody in the team, with what the roster knows of them."""
    own = roster.by_id[found.student]
    team = tuple(sorted({*found.team, *roster.team(own)}))
    shared = []
    for id in team:
        if id != own.id and id in found.team:
            continue  # has a Found of their own
        when = found.submitted_at
        if when is None and (text := own.details.get("submitted_at")):
            when = datetime.fromisoformat(text)
        student = roster.by_id[id]
        name = student.name or (found.name if id == own.id else "")
        identifiers = found.identifiers if id == own.id else {}
        shared.append(
            replace(
                found, student=id, submitted_at=when, team=team, name=name, identifiers=identifiers
            )
        )
    return shared
