"""A class graded under kills, row for row against the same class graded in peace.

python -m benchmarks.killed [--submissions 500] [--kills 10] [--seed 1] [--workers N]

Both runs are `python -m grader class grade`, with the same seed. In one of them the whole process
group is killed (SIGKILL) at random moments, and the command is given again until it ends by itself.
Then every row of every table must be equal, clocks apart, and what was graded before a kill must
not have been graded again. Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import ROOT, carry_out, parser_of, run
from grader.classroom.database import CLOCKS
from grader.classroom.gradebook import Gradebook

GRADER = [sys.executable, "-m", "grader", "class"]


def main() -> int:
    """Make a class, grade it twice, compare; the exit code."""
    options = parser_of(
        __doc__,
        submissions=(500, "in the class"),
        kills=(10, "at random moments"),
        seed=(1, "of the class, its inputs, the moments"),
        workers=(len(os.sched_getaffinity(0)), "processes"),
    ).parse_args()
    with tempfile.TemporaryDirectory(prefix="killed-") as scratch:
        return compare(Path(scratch), options)


def compare(scratch: Path, options: argparse.Namespace) -> int:
    """Both runs in a scratch folder; the exit code."""
    folder, peace, war = scratch / "class", scratch / "peace.db", scratch / "killed.db"
    count, seed = str(options.submissions), str(options.seed)
    run([*GRADER, "demo", str(folder), "--n", count, "--seed", seed], cwd=ROOT)
    command = [*GRADER, "grade", str(folder), "--seed", seed, "--workers", str(options.workers)]
    command += ["--quiet", "--gradebook"]
    seconds = run([*command, str(peace)], cwd=ROOT).wall
    print(f"undisturbed: {count} submissions in {seconds:.0f} s")

    chance, again, kills = random.Random(options.seed), 0, 0
    for _ in range(options.kills):
        before = graded(war)
        # On average the kills are spread over the run, and it does not end before the last.
        if not killed([*command, str(war)], chance.uniform(0, 2 * seconds / (options.kills + 2))):
            break
        kills += 1
        after = graded(war)
        again += sum(after.get(key) != when for key, when in before.items())
        print(f"kill {kills}: {len(before)} graded before this start, {len(after)} after it")
    before = graded(war)
    run([*command, str(war)], cwd=ROOT)
    after = graded(war)
    again += sum(after.get(key) != when for key, when in before.items())
    print(f"ended by itself: {len(after)} graded")

    different = 0
    with Gradebook(peace) as one, Gradebook(war) as other:
        expected, found = one.dump(), other.dump()
    for table in sorted({*expected, *found}):
        rows, others = expected.get(table, []), found.get(table, [])
        same = rows == others
        different += not same
        clocks = f", but for {', '.join(CLOCKS[table])}" if table in CLOCKS else ""
        print(f"{table:12} {len(rows):7} rows  {'equal' if same else 'DIFFERENT'}{clocks}")
    print(f"graded again after a kill: {again}")
    print(f"kills: {kills} of {options.kills}" + (" (it ended early)" * (kills < options.kills)))
    return int(bool(different or again or kills < options.kills))


def killed(command: list[str], seconds: float) -> bool:
    """Start a command and kill its process group after a while; False if it ended before that."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}")
    return False


def graded(path: Path) -> dict[tuple[str, str, int], str]:
    """When each attempt was made."""
    if not path.exists() or not path.stat().st_size:
        return {}
    with Gradebook(path) as book:
        return {(a.student, a.submission, a.run): a.graded_at for a in book.attempts()}


if __name__ == "__main__":
    carry_out(lambda: sys.exit(main()))
