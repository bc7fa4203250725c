"""`grader labs`: execute notebooks, tell what went wrong, and write their pictures to files."""

from __future__ import annotations

import io
from pathlib import Path

from grader.commands import DONE, UsageError
from grader.files import write_atomically
from grader.labs.execution import Executed, execute
from grader.labs.notebook import lab_names
from grader.project import find_project

BROKEN = 1


def labs_command(names: tuple[str, ...], *, full: bool, pictures: Path | None) -> int:
    """Execute labs with the solutions; 1 if any has an error or a warning."""
    project = find_project()
    project.require_solutions("grader labs")
    known = lab_names(project.assignment / "labs")
    for name in names:
        if name not in known:
            raise UsageError(f"There is no lab {name!r}. There are: {', '.join(known)}.")
    broken, labs = 0, names or tuple(known)
    for name in labs:
        print(f"{name} ... ", end="", flush=True)
        done = execute(project, name, quick=not full)
        broken += bool(done.problems)
        print(
            f"{done.seconds:.1f} s, {len(done.figures)} figures" + ", BROKEN" * bool(done.problems)
        )
        for problem in done.problems:
            print(f"  {problem}")
        if pictures is not None:
            _write_figures(pictures, done)
    print(f"{len(labs)} labs executed, {broken} broken.")
    return BROKEN if broken else DONE


def _write_figures(pictures: Path, done: Executed) -> None:
    """Every figure as LAB/NN-NAME.png, in the notebook's order, and the lab's picture as LAB.png.

    Those of an earlier execution are taken away.
    """
    folder, chosen = pictures / done.lab, pictures / f"{done.lab}.png"
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("[0-9][0-9]-*.png"), chosen):
        old.unlink(missing_ok=True)
    for number, figure in enumerate(done.figures, start=1):
        write_atomically(folder / f"{number:02}-{figure.name or 'figure'}.png", figure.png)
        if figure.is_the_picture:
            write_atomically(chosen, _in_256_colours(figure.png))


def _in_256_colours(png: bytes) -> bytes:
    """The same picture in a third of the bytes, for a page."""
    from PIL import Image  # matplotlib brings it

    made = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(made, "png", optimize=True)
    return made.getvalue()
