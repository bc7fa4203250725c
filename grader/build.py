"""Everything derived: starter files, notebooks and recordings, made from the sources or checked.

`grader build` writes what has changed and nothing else. A starter file is overwritten only while it
is what an earlier build wrote: `starter.json` keeps the digests, so that work is never lost. Of a
notebook the cells' text and outputs count, not what Jupyter changes by saving it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import recordings
from grader.files import write_atomically
from grader.labs import SUFFIX
from grader.labs import notebook as labs
from grader.labs.source import question_names
from grader.manifest import Manifest, load_manifest
from grader.markers import starter_of
from grader.project import Project
from grader.record import SAME, record
from grader.recordings import Recording

DIGESTS = "starter.json"


class BuildError(Exception):
    """Something cannot be built; the sentence says what and the way out."""


@dataclass(frozen=True)
class Derived:
    """A derived file: where it belongs, its content, and how it differs from what is there."""

    path: Path
    content: bytes
    difference: str  # empty: up to date


def derive(project: Project) -> list[Derived]:
    """Every derived file, compared with what is there."""
    project.require_solutions("grader build")
    manifest = load_manifest(project.manifest)
    starters = dict(_starters(project, manifest))
    digests = json.dumps(
        {name: _digest(name, content) for name, content in starters.items()}, indent=1
    ).encode()
    derived = [_text(project.starter / name, content) for name, content in starters.items()]
    derived.append(_text(project.expected / DIGESTS, digests + b"\n"))
    names = {DIGESTS}
    for question, recording in record(project, manifest).items():
        path = recordings.path_of(project.expected, question)
        derived.append(Derived(path, recordings.pack(recording), _changes(path, recording)))
        pairs = recordings.pairs_path_of(project.expected, question)
        changes = _changes_of_pairs(pairs, path, recording)
        derived.append(Derived(pairs, recordings.pack_pairs(recording), changes))
        names |= {entry.path.name for entry in derived[-2:]}
    for path in sorted(project.expected.glob("*")):
        if path.name not in names:
            derived.append(Derived(path, b"", "belongs to no question"))
    return derived


def check(project: Project) -> list[str]:
    """What differs from what would be built, one line each; nothing is written."""
    return [f"{_shown(d.path, project)}: {d.difference}" for d in derive(project) if d.difference]


def build(project: Project) -> list[str]:
    """Write what has changed; returns one line for each file written.

    Raises BuildError, before anything is written, if a starter file has been filled in.
    """
    derived = [entry for entry in derive(project) if entry.difference]
    for entry in derived:
        if entry.path.parent == project.starter and _is_filled_in(entry.path, project):
            raise BuildError(
                f"{_shown(entry.path, project)} has been filled in, and building would overwrite "
                "it. Move it away (or delete it) and build again; nothing was changed."
            )
    written = []
    for entry in derived:
        if entry.content:
            write_atomically(entry.path, entry.content)
        else:
            shutil.rmtree(entry.path) if entry.path.is_dir() else entry.path.unlink()
        written.append(f"{_shown(entry.path, project)}: {entry.difference}")
    return written


def starter_digests(project: Project) -> dict[str, str]:
    """The digests of the starter files as they were built; empty if that is not known."""
    try:
        digests = json.loads((project.expected / DIGESTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return digests if isinstance(digests, dict) else {}


def _starters(project: Project, manifest: Manifest) -> Iterator[tuple[str, bytes]]:
    for name in manifest.files:
        path = project.solutions / name
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BuildError(f"{path} cannot be read: {error}") from error
        yield name, starter_of(source, Path(_shown(path, project))).encode()
    sources = project.assignment / "labs"
    for lab in labs.lab_names(sources):
        cells = labs.lab_cells(sources, lab)
        _require_marked(manifest, lab, question_names(cells))
        yield f"{lab}{SUFFIX}", labs.notebook_of(cells)


def _require_marked(manifest: Manifest, lab: str, asked: list[str]) -> None:
    """BuildError unless the questions of a lab are those that the manifest has points for."""
    listed = [question.name for question in manifest.manual if question.lab == lab]
    for name in asked:
        if name not in listed:
            raise BuildError(
                f"The lab {lab} asks {name!r}, which has no [[manual]] entry of that lab in "
                f"{manifest.path.name}: add one, with a title and points."
            )
    for name in listed:
        if name not in asked:
            raise BuildError(
                f"{manifest.path.name} has a [[manual]] entry {name!r}, and the lab {lab} asks no "
                "such question: correct the name, or take the entry out."
            )


def _text(path: Path, content: bytes) -> Derived:
    if not path.exists():
        return Derived(path, content, "new")
    return Derived(path, content, "" if path.read_bytes() == content else "changed")


def _changes(path: Path, recording: Recording) -> str:
    return _difference(path, lambda: recordings.differences(recordings.read(path), recording, SAME))


def _changes_of_pairs(path: Path, beside: Path, recording: Recording) -> str:
    def found() -> list[str]:
        try:  # the pairs refer to the mistakes beside them
            mistakes = recordings.read(beside).mistakes
        except recordings.RecordingError:
            mistakes = recording.mistakes
        pairs = recordings.read_pairs(path, mistakes)
        return recordings.differences_of_pairs(Recording({}, pairs=pairs), recording, SAME)

    return _difference(path, found)


def _difference(path: Path, find: Callable[[], list[str]]) -> str:
    if not path.exists():
        return "new"
    try:
        found = find()
    except recordings.RecordingError:
        return "damaged"
    others = f" and {len(found) - 1} more" if found[1:] else ""
    return f"changed at {found[0]}{others}" if found else ""


def _is_filled_in(path: Path, project: Project) -> bool:
    if not path.exists():
        return False
    return _digest(path.name, path.read_bytes()) != starter_digests(project).get(path.name)


def _digest(name: str, content: bytes) -> str:
    if name.endswith(SUFFIX):
        return labs.content_digest(content)
    return hashlib.sha256(content).hexdigest()


def _shown(path: Path, project: Project) -> str:
    return path.relative_to(project.root).as_posix()
