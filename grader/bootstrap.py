"""Bring .venv up to date for make: python3 grader/bootstrap.py grade|data|labs|dev [--venv DIR].

Runs before anything is installed, on whatever `python3` is: standard library only, in the syntax
of Python 3.6, so that a Python that is too old gets a sentence and not a SyntaxError.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
from typing import Iterator, Sequence, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
GROUPS = ("grade", "data", "labs", "dev")
# What each set of packages stands for. Developers execute labs without JupyterLab.
CONTAINS = {
    "grade": ("grade",),
    "data": ("grade", "data"),
    "labs": ("grade", "data", "labs"),
    "dev": ("grade", "data", "dev"),
}

# Of pip's environment variables, keep those that say where packages come from. PIP_USER,
# PIP_TARGET and their like would send the packages somewhere else.
PIP_SOURCES = re.compile(
    "PIP_(.*INDEX.*|FIND_LINKS|TRUSTED_HOST|.*CERT|PROXY|.*TIMEOUT|RETRIES|.*CACHE_DIR"
    "|CONFIG_FILE|KEYRING_PROVIDER|USE_.*)$"
)
DISK_FULL = re.compile("No space left on device|Disk quota exceeded")
READ_ONLY = re.compile("Permission denied|Read-only file system|Operation not permitted")
OFFLINE = re.compile(
    "from versions: none|Max retries|NewConnectionError|NameResolutionError|ConnectionError"
    "|Connection broken|ReadTimeout|ConnectTimeout|ProxyError|SSLError"
)

# Is this a virtual environment that works? A Python upgraded in place looks for a site-packages
# of another name than the one that was filled.
WORKS = f"""
import os, sys, sysconfig
venv = sys.prefix != sys.base_prefix and os.path.isdir(sysconfig.get_path("purelib"))
sys.exit(not (venv and sys.version_info >= {OLDEST}))
"""
# Can this Python grade with the packages it has?
ENOUGH = """
import numpy, pytest
found = [("numpy", numpy.__version__, 2), ("pytest", pytest.__version__, 8)]
assert all(int(version.split(".")[0]) >= least for _, version, least in found)
print(" and ".join(name + " " + version for name, version, _ in found))
"""
PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))"


class SetupError(Exception):
    """What is wrong and the way out; `borrow` if packages installed elsewhere would do."""

    def __init__(self, sentence: str, code: int = 3, borrow: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.borrow = borrow


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.remove(path)


class Venv:
    """A virtual environment, made and filled by subprocesses only."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = os.path.join(ROOT, name)
        layout = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        self.python = os.path.join(self.folder, *layout)
        # The Python under an activated environment, which may be the very one to be made anew.
        self.host = str(getattr(sys, "_base_executable", None) or sys.executable)
        self.unfinished = self.stamp("unfinished")
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if PIP_SOURCES.match(name) or not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))
        }
        self.environment.setdefault("PIP_RETRIES", "2")  # so that offline shows within seconds
        self.environment.update(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")

    def stamp(self, group: str) -> str:
        return os.path.join(self.folder, f".descent-{group}")

    def run(self, *command: str) -> Tuple[bool, str]:
        """Whether a command succeeded, and what it printed."""
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            return False, str(error)
        return done.returncode == 0, done.stdout.strip()

    def finish(self, group: str) -> None:
        """Write the stamps: `Python 3.11.7`, which the Makefile compares with `python -V`."""
        version = self.run(self.python, "-V")[1]
        for name in CONTAINS[group]:
            with open(self.stamp(name), "w") as stamp:
                stamp.write(version + "\n")
        remove(self.unfinished)

    def prepare(self) -> bool:
        """Keep the environment if it works and is whole, else make it anew; whether it was kept."""
        if not os.path.exists(self.unfinished) and self.run(self.python, "-I", "-c", WORKS)[0]:
            say(f"Updating {self.name} ...")
            if os.path.exists(self.stamp("grade")):  # made here, so it can be made here again
                open(self.unfinished, "w").close()
            return True
        say(f"Setting up {self.name} (once, about a minute) ...")
        new = ("-I", "-m", "venv", "--clear", "--without-pip", self.folder)
        made, output = self.run(self.host, *new)
        if not made:
            raise failure(output, self.name)
        open(self.unfinished, "w").close()
        made, output = self.run(self.python, "-I", "-m", "ensurepip", "--default-pip")
        if not made and "No module named ensurepip" not in output:
            raise failure(output, self.name)
        return False

    def install(self, group: str, wheelhouse: str) -> None:
        """Install the pinned packages of `group`, then the project."""
        if self.run(self.python, "-I", "-c", "import pip")[0]:
            pip = [self.python, "-I", "-m", "pip"]
        elif self.run(self.host, "-I", "-c", "import pip")[0]:
            pip = [self.host, "-I", "-m", "pip", "--python", self.python]
        else:
            raise no_venv()
        pip += ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
        pins = f"requirements/{group}.txt"
        source = ["--no-index", "--find-links", wheelhouse] if wheelhouse else []
        done, output = self.run(*pip, *source, "--require-hashes", "-r", pins)
        if not done:
            cannot_fetch = OFFLINE.search(output) and not DISK_FULL.search(output)
            raise offline(output, pins, wheelhouse) if cannot_fetch else failure(output, self.name)
        # A path file with other letters stops a Python before 3.13 outright in some locales.
        editable = (*pip, "--no-deps", "--no-build-isolation", "-e", ROOT)
        if not (ROOT.isascii() and self.run(*editable)[0]):
            say("(The command `grader` could not be installed: `python -m grader` does the same.)")

    def borrow(self) -> str:
        """Let the environment see the packages of this Python; those found, or nothing."""
        enough, found = self.run(self.python, "-I", "-c", ENOUGH)
        if not enough:
            folders = [p for p in sys.path if p.endswith(("site-packages", "dist-packages"))]
            with open(self.borrowed(), "w") as file:
                file.write(f"import sys; sys.path += {folders!a}\n")
            enough, found = self.run(self.python, "-I", "-c", ENOUGH)
        if not enough:
            remove(self.borrowed())
        return found.splitlines()[-1] if enough else ""

    def borrowed(self) -> str:
        """The path file that `borrow` writes."""
        return os.path.join(self.run(self.python, "-I", "-c", PURELIB)[1], "descent-borrowed.pth")


def failure(output: str, folder: str) -> SetupError:
    """The cause of a failure, from what `venv`, `pip` or the system said."""
    if DISK_FULL.search(output):
        return SetupError(
            "The disk is full, or your quota: free a few hundred MB, then run this again."
        )
    if READ_ONLY.search(output):
        elsewhere = "make VENV=/tmp/descent-venv grade"
        return SetupError(f"Cannot write to {folder}: name a folder that is yours, {elsewhere}")
    if "No module named venv" in output:
        return no_venv()
    last = "\n".join(output.splitlines()[-8:])
    return SetupError(f"Setting up {folder} failed. The last that was said:\n{last}")


def no_venv() -> SetupError:
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    return SetupError(
        f"This Python ({sys.executable}) lacks its venv or ensurepip module: install it "
        f"(Debian, Ubuntu: sudo apt install {package}), then run this again.",
        borrow=True,
    )


def offline(output: str, pins: str, wheelhouse: str) -> SetupError:
    if wheelhouse:
        missing = re.search("requirement ([^ ]+)", output)
        return SetupError(
            f"{wheelhouse} has no {missing.group(1) if missing else 'wheel for every package'}: "
            f"fill it where there is a connection, python3 -m pip download -d DIR -r {pins}",
            borrow=True,
        )
    reason = re.search("(SSL|Proxy)Error.*", output)
    return SetupError(
        f"No package index answers, and what {pins} lists (numpy, pytest, ...) is not installed: "
        "connect once, or give a folder of wheels, make WHEELHOUSE=DIR grade"
        + (f"\npip says: {reason.group()}" if reason else ""),
        borrow=True,
    )


def set_up(group: str, folder: str) -> None:
    wheelhouse = os.path.expanduser(os.environ.get("WHEELHOUSE", ""))
    if wheelhouse and not os.path.isdir(wheelhouse):
        raise SetupError(f"WHEELHOUSE={wheelhouse} is not a folder.", code=2)
    venv = Venv(folder)
    kept = venv.prepare()
    remove(venv.borrowed())
    try:
        venv.install(group, wheelhouse and os.path.abspath(wheelhouse))
    except SetupError as problem:
        found = venv.borrow()
        if not (found and problem.borrow and group == "grade"):
            if found and kept:  # pip undoes what it could not finish
                remove(venv.unfinished)
            raise
        say(f"Cannot fetch the pinned packages: going on with the {found} found here.")
    venv.finish(group)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other set-up of this project runs, where the system can tell."""
    with open(os.path.abspath(__file__)) as file:
        try:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Waiting for another set-up to end ...")
                fcntl.flock(file, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass  # Windows, or a file system without locks
        yield


def main(arguments: Sequence[str], version: Sequence[int] = sys.version_info[:3]) -> int:
    if tuple(version) < OLDEST:
        number = ".".join(map(str, version))
        say(
            f"Descent needs Python 3.11 or newer; this is {number} ({sys.executable}). Install a "
            "newer one, or name one that you have: make PYTHON=python3.12 grade"
        )
        return 2
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--venv", metavar="DIR", default=".venv", help="default: .venv")
    options = parser.parse_args(arguments)
    try:
        with one_at_a_time():
            set_up(options.group, options.venv)
    except SetupError as problem:
        say(str(problem))
        return problem.code
    except KeyboardInterrupt:
        say("Set-up was interrupted; run it again to go on.")
        return 130
    except OSError as error:
        say(str(failure(str(error), options.venv)))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
