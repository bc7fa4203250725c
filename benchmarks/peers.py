"""What Descent is measured against: each peer pinned, in an environment of its own.

python -m benchmarks.peers [PEER ...]

The environments are made once, in `.benchmarks/`. Where packages come from is pip's own setting: to
spare the gigabytes of PyTorch's CUDA libraries, let pip find the CPU wheels (PIP_EXTRA_INDEX_URL).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.measuring import ROOT, plain_environment
from grader.bootstrap import OFFLINE, SetupError, Venv, failure, remove

FOLDER: Final = ".benchmarks"
STAMP: Final = "peer"
# All sides compute with the numpy that Descent has here: kernels are not what is compared.
NUMPY: Final = f"numpy=={np.__version__}"
PEERS: Final = {
    "otter": ("otter-grader==7.0.0", "ipykernel==7.4.0", NUMPY),
    "nbgrader": ("nbgrader==0.9.6", "ipykernel==7.4.0", NUMPY),
    "torch": ("torch==2.13.0", NUMPY),
}


def python_of(peer: str) -> Path:
    """The Python of a peer's environment, which is made or brought up to date first.

    Raises `grader.bootstrap.SetupError`, a sentence, where packages cannot be fetched.
    """
    pins = PEERS[peer]
    venv = Venv(f"{FOLDER}/{peer}")
    stamp = Path(venv.stamp(STAMP))
    wanted = "\n".join((venv.run(venv.python, "-V")[1], *pins))
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        _install(venv, peer, pins)
        wanted = "\n".join((venv.run(venv.python, "-V")[1], *pins))
        stamp.write_text(wanted, encoding="utf-8")
    return Path(venv.python)


def command_of(peer: str, name: str) -> Path:
    """A console script of a peer's environment, see `python_of`."""
    return python_of(peer).with_name(name)


def environment(peer: str) -> dict[str, str]:
    """Variables for a peer's commands: its own environment first on PATH, one BLAS thread.

    Jupyter's files go into the peer's folder, so that the user's kernels and settings are not used.
    """
    folder = ROOT / FOLDER / peer
    own = plain_environment()
    return {
        **{name: value for name, value in own.items() if not name.startswith("JUPYTER")},
        "PATH": os.pathsep.join([str(folder / "bin"), own.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(folder),
        "HOME": str(folder),
    }


def _install(venv: Venv, peer: str, pins: tuple[str, ...]) -> None:
    (ROOT / FOLDER).mkdir(exist_ok=True)
    shutil.rmtree(venv.folder, ignore_errors=True)  # pins that changed leave nothing behind
    venv.prepare()
    pip = (venv.python, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    done, output = venv.run(*pip, "--quiet", *pins)
    if done:
        remove(venv.unfinished)
    elif OFFLINE.search(output):
        raise SetupError(
            f"No package index has {' and '.join(pins)}, which {peer} is measured with: connect "
            "once (or point pip at wheels, PIP_FIND_LINKS=DIR), then run this again. The other "
            "benchmarks do without."
        )
    else:
        raise failure(output, venv.name)


def main() -> int:
    """Make the environments; say where they are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"of {', '.join(PEERS)}")
    options = parser.parse_args()
    unknown = [peer for peer in options.peers if peer not in PEERS]
    if unknown:
        parser.error(f"there is no peer {unknown[0]!r}: there are {', '.join(PEERS)}")
    for peer in options.peers or PEERS:
        try:
            print(f"{peer}: {python_of(peer)}")
        except SetupError as problem:
            print(problem, file=sys.stderr)
            return problem.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
