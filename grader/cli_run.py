"""Running a command of the command line: what it raises becomes one sentence and an exit code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer

from grader.errors import tell

debug = False  # show tracebacks


def run_command(module: str, command: Callable[[Any], int]) -> NoReturn:
    """Run a command of a module, which is imported only now; exits with what it returns."""
    try:
        code = command(importlib.import_module(module))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        code = 130
    except Exception as error:
        if debug:
            raise
        code = tell(error)
    raise typer.Exit(code)
