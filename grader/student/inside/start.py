"""Where a student process begins: `python -I -S -B start.py OPTIONS`, OPTIONS being JSON.

numpy      the folder that numpy is in; nothing else is loaded from there
readable   folders that student code may read
hidden     files that it must not be able to read
without    layers of confinement to leave out
control    the descriptor of the zygote's socket; without it, one submission is served over
           standard input and output
"""

import gc
import importlib
import json
import os
import sys
import types
from typing import Any

PACKAGE = "_student"
# What honest student code imports most, so that a fork has it already; the rest costs a moment.
PRELOADED = ("numpy.random", "numpy.linalg", "copy", "functools", "itertools", "math")

# What numpy loads only when it is used.
LAZY = ("numpy.testing", "numpy.fft", "numpy.ma", "numpy.polynomial")


def main() -> None:
    """Load numpy and this package, then become a zygote or a student process."""
    gc.disable()  # loading modules makes hardly any garbage
    options = json.loads(sys.argv[1])
    del sys.argv[1:]
    # Started without `site`, so that no .pth file opens other folders; and once numpy is loaded it
    # finds its own parts without the folder that holds all other packages, too.
    sys.path.append(options["numpy"])
    for name in PRELOADED:
        importlib.import_module(name)
    sys.path.remove(options["numpy"])
    confinement, serve, zygote = (_load(name) for name in ("confinement", "serve", "zygote"))
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]  # a student's file may have any name

    prepared = confinement.Confinement(options["readable"], options["without"])
    if prepared.hides_library:
        for name in LAZY:
            importlib.import_module(name)
    gc.enable()
    if options["control"] is not None:
        import socket

        zygote.run(socket.socket(fileno=options["control"]), prepared, options["hidden"])
        os._exit(0)  # the grader waits, and taking the interpreter down by hand takes long
    else:
        requests, replies, printed = os.dup(0), os.dup(1), os.dup(2)
        serve.serve(requests, replies, printed, prepared)


def _load(name: str) -> Any:
    """A module of this folder; its siblings and the wire are found through relative imports."""
    here = os.path.dirname(os.path.abspath(__file__))
    for package, folder in ((PACKAGE, os.path.dirname(here)), (f"{PACKAGE}.inside", here)):
        if package not in sys.modules:
            module = types.ModuleType(package)
            module.__path__ = [folder]
            sys.modules[package] = module
    return importlib.import_module(f"{PACKAGE}.inside.{name}")


if __name__ == "__main__":
    main()
