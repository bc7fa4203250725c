"""What a Solver shows while it trains: a tqdm bar, lines where tqdm is missing, or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Silent:
    """Shows nothing; the other displays have the same two methods."""

    def advance(self) -> None:
        """One step was taken."""

    def report(self, title: str, **numbers: float) -> None:
        """The latest numbers, by name."""


class Lines(Silent):
    """One line per report."""

    def report(self, title: str, **numbers: float) -> None:
        print(title, *(f"{name} {value:.3f}" for name, value in numbers.items()), flush=True)


class Bar(Silent):
    """A tqdm bar with steps per second and time left."""

    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def advance(self) -> None:
        self.bar.update()

    def report(self, title: str, **numbers: float) -> None:
        self.bar.set_description(title, refresh=False)
        # refresh=False: tqdm itself limits how often it draws, so reports cost next to nothing.
        self.bar.set_postfix({k: f"{v:.3f}" for k, v in numbers.items()}, refresh=False)


@contextmanager
def progress_display(verbose: bool, total: int, initial: int = 0) -> Iterator[Silent]:
    """The display for a run of `total` steps of which `initial` are done."""
    if not verbose:
        yield Silent()
        return
    try:
        from tqdm import tqdm  # imported here: grading and silent runs never need it
    except ImportError:
        yield Lines()
        return
    with tqdm(total=total, initial=initial, unit="step", leave=True) as bar:
        yield Bar(bar)
