"""What a grading of a class tells while it goes on and when it has ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from grader.classroom import grading
from grader.commands import DONE, GRADER_FAILED
from grader.intake.names import shown

NAMED = 10  # students in one sentence


def graded(tally: grading.Tally) -> str:
    """How many were graded, and with what."""
    return (
        f"{count(tally.graded, 'submission')} graded now ({tally.full} with full marks, "
        f"{tally.partial} with less, {tally.stopped} had to be stopped)."
    )


def count(number: int, what: str) -> str:
    """So many of something."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = [f"{len(names) - NAMED} more"] if names[NAMED:] else []
    return ", ".join([*map(shown, names[:NAMED]), *more])


def failures(tally: grading.Tally) -> int:
    """Tell of what the grader could not do; the exit code."""
    failed = [*tally.withheld, *tally.lost]
    if not failed:
        return DONE
    print(
        f"The grader itself failed on {len(failed)}: {some(failed)}. Their scores are withheld; "
        "please report it. Once it is mended, `grader class regrade --withheld` grades them again.",
        file=sys.stderr,
    )
    if tally.lost:
        print("What ended its worker is tried again by the same command.", file=sys.stderr)
    return GRADER_FAILED


@contextmanager
def progress(quiet: bool) -> Iterator[grading.Progress]:
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
