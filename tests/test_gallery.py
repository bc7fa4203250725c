"""The gallery of mistakes shows what students see today."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_gallery_is_up_to_date():
    done = subprocess.run(
        [sys.executable, "docs/gallery.py", "--check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout == "gallery.md is up to date.\n"


def test_every_line_fits_a_terminal():
    text = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    blocks = text.split("```")[1::2]
    assert len(blocks) == 20
    assert max(len(line) for block in blocks for line in block.splitlines()) <= 80
