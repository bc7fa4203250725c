"""Write docs/benchmarks.md from the figures in benchmarks/results/.

python -m benchmarks.page [--check]

--check: change nothing, and exit with 1 if the page is not what the figures give.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.measuring import RESULTS, ROOT, bar_of

PAGE = ROOT / "docs" / "benchmarks.md"
# The page's order, by the names' beginnings; what is not here comes after it.
ORDER = ("grade_", "class_", "solver", "growth", "cluster", "confinement")

HEAD = """# Benchmarks

Made by `make bench` from `benchmarks/results/*.json`; do not edit.

No time means much on its own, because machines differ and are busy with other things. So all sides
of a row are measured in turn in one run, and what counts is their ratio: taken within each round,
then the median over the rounds, with the quartiles in brackets. Every side has to reach the right
verdict, or nothing is kept. A bar is what this project asks of itself.

A class of right submissions is the fast end: a check that others have passed with the same answers,
byte for byte, is not judged again. The mixed class is the slow end: two of five submissions hold a
mistake to diagnose, and one in forty a loop that never ends: ten seconds of processor time each.
"""

HOW = """## Measure it yourself

    make bench                       # every row; the peers are installed into .benchmarks/ first
    make bench ROWS=grade_latency    # one of them; options of its own in ARGS

The rows are the modules of `benchmarks/`; each says in its first lines what it does. Growth takes a
quarter of an hour or more, the others minutes. A machine that does nothing else gives the narrowest
quartiles.
"""


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    wanted = page_of(read_results())
    if check:
        found = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
        if found != wanted:
            print(
                f"{PAGE.relative_to(ROOT)} is not what benchmarks/results/ gives: make it again "
                "with python -m benchmarks.page",
                file=sys.stderr,
            )
            return 1
        return 0
    PAGE.write_text(wanted, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is up to date.")
    return 0


def read_results() -> list[dict[str, Any]]:
    """The measurements that were kept, in the page's order."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in RESULTS.glob("*.json")]
    return sorted(found, key=lambda one: (_rank(one["name"]), one["name"]))


def _rank(name: str) -> int:
    return next((n for n, start in enumerate(ORDER) if name.startswith(start)), len(ORDER))


def page_of(results: Sequence[Mapping[str, Any]]) -> str:
    """The page about these measurements, as Markdown."""
    lines = [HEAD, "| what | sides, medians | ratio | bar | met |", "|---|---|---|---|---|"]
    for result in results:
        lines += rows_of(result)
    lines += ["", *machines_of(results), "", HOW.rstrip()]
    return "\n".join(lines) + "\n"


def rows_of(result: Mapping[str, Any]) -> Iterator[str]:
    """The rows of one measurement: one for each ratio."""
    sides = "<br>".join(
        f"{name}: {spread['median']:,g} {result['unit']}"
        for name, spread in result["sides"].items()
    )
    first = [result["title"], sides]
    for ratio in result["ratios"] or [None]:
        yield "| " + " | ".join([*first, *_judged(ratio)]) + " |"
        first = ["", ""]


def _judged(ratio: Mapping[str, Any] | None) -> list[str]:
    if ratio is None:
        return ["", "", ""]
    low, high = ratio["quartiles"]
    value = f"{ratio['of']} / {ratio['to']}: **{ratio['median']:.3g}** ({low:.3g} to {high:.3g})"
    met = {True: "yes", False: "**not met**", None: ""}[ratio["holds"]]
    return [value, bar_of(ratio), met]


def machines_of(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the rows were measured on, when, and how often."""
    if not results:
        yield "Nothing has been measured yet."
        return
    yield "| row | rounds | settings | measured | on |"
    yield "|---|---|---|---|---|"
    for result in results:
        rounds = {spread["rounds"] for spread in result["sides"].values()}
        settings = "; ".join(f"{name}: {_plain(it)}" for name, it in result["settings"].items())
        machine = result["machine"]
        on = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        on += f"Python {machine['python']}" + (
            f", numpy {machine['numpy']}" if "numpy" in machine else ""
        )
        cells = [result["title"], ", ".join(map(str, sorted(rounds))), settings]
        yield "| " + " | ".join([*cells, result["measured"], on]) + " |"


def _plain(setting: Any) -> str:
    if isinstance(setting, Mapping):
        return ", ".join(f"{name} ({_plain(value)})" for name, value in setting.items())
    if isinstance(setting, list):
        return ", ".join(map(_plain, setting))
    return f"{setting:,}" if isinstance(setting, int) else str(setting)


if __name__ == "__main__":
    sys.exit(main())
