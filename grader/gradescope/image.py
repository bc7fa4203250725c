"""When Gradescope builds the image: may it grade at all, and does it grade right?

What is wrong is found out here, before the first student hands in, and stops the build.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

from grader.classroom.policies import read_policies
from grader.files import write_atomically
from grader.gradescope.layout import Layout
from grader.grading import Graded, Session
from grader.manifest import load_manifest
from grader.project import Project
from grader.reports.gradescope import withheld_json
from grader.results import Status
from grader.student import hosts
from grader.student.inside.confinement import lacking_layers
from grader.submission import read_submission

PRIVATE = 0o600
SHOWN = 10  # checks that a solution fails, in the build's log


class ImageError(Exception):
    """This image must not grade anybody; the sentences say why."""


def prepare(layout: Layout) -> Iterator[str]:
    """Make an image ready and test it; yields the lines of Gradescope's build log.

    Raises ImageError unless student code is kept from the files and the network, and the solutions
    get full marks in official mode.
    """
    project = Project(layout.source)
    project.require_solutions("setup.sh")
    manifest = load_manifest(project.manifest)
    read_policies(manifest)  # a mistake in it shows now
    seed = _make_private(layout, project)
    write_atomically(layout.withheld, withheld_json(manifest).encode())

    layers = _require_isolation(layout, project)
    yield f"Isolation: {', '.join(layers)}."
    with Session(project, official=True, allow_weak_isolation=True) as session:  # seen to above
        graded = session.grade(read_submission(project.solutions), seed)
    result = graded.result
    if (result.score, result.bonus) != (result.max_score, result.max_bonus):
        raise ImageError(_what_is_wrong(graded))
    bonus = f", and all {result.max_bonus:g} of the bonus" if result.max_bonus else ""
    yield f"The solutions get {result.score:g} of {result.max_score:g}{bonus}."
    yield f"All submissions get the same hidden inputs, from the seed {seed}."
    yield f"To repeat a verdict: grader grade SUBMISSION --official --seed {seed}"


def _make_private(layout: Layout, project: Project) -> int:
    """Let only the owner read the solutions, and a seed, which is drawn if there is none yet."""
    os.chmod(project.solutions, 0o700)
    if not layout.seed.exists():
        write_atomically(layout.seed, b"%d\n" % secrets.randbits(128), mode=PRIVATE)
    os.chmod(layout.seed, PRIVATE)
    return int(layout.seed.read_text())


def _require_isolation(layout: Layout, project: Project) -> tuple[str, ...]:
    """The layers of this machine, tried on the very files that nobody may read."""
    secret = (layout.seed, *project.solutions.glob("**/*.py"))
    host = hosts.open_host(hosts.Enclosure(project.assignment, secret))
    try:
        layers = host.layers
    finally:
        host.close()
    if lacking := lacking_layers(layers):
        raise ImageError(
            f"This image lacks {' and '.join(lacking)}, so that a submission could read the "
            "solutions or send them away. Build it as root on Gradescope's own base image, with "
            "nothing in setup.sh that changes users; docs/security.md says what is needed."
        )
    return layers


def _what_is_wrong(graded: Graded) -> str:
    wrong = [outcome for outcome in graded.outcomes if outcome.status is not Status.PASSED]
    lines = [f"  {one.spec.question}: {one.spec.name}: {one.message}" for one in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        lines.append(f"  and {len(wrong) - SHOWN} more")
    result = graded.result
    points = "no score" if result.score is None else f"{result.score:g} of {result.max_score:g}"
    return "\n".join(
        [
            f"The solutions get {points} here, so that nobody could get more. Run `grader verify` "
            "where the archive was made, and release it again. What they fail:",
            *lines,
        ]
    )
