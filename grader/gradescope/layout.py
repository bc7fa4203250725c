"""Where things are in a Gradescope container."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/autograder")


@dataclass(frozen=True)
class Layout:
    """The folders below `/autograder`, or below another root to try things in."""

    root: Path = ROOT

    @property
    def source(self) -> Path:
        """The unpacked autograder.zip: the whole project, solutions included."""
        return self.root / "source"

    @property
    def submission(self) -> Path:
        """What a student has handed in, unpacked by Gradescope."""
        return self.root / "submission"

    @property
    def results(self) -> Path:
        """The file that Gradescope reads."""
        return self.root / "results" / "results.json"

    @property
    def metadata(self) -> Path:
        """Who handed in, when, and what came of earlier submissions."""
        return self.root / "submission_metadata.json"

    @property
    def seed(self) -> Path:
        """The seed of this image's hidden inputs; only its owner can read it."""
        return self.source / "seed"

    @property
    def withheld(self) -> Path:
        """Results without a score, for when grading itself fails. `run_autograder` copies them."""
        return self.source / "withheld.json"
