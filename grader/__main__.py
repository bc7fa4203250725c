"""`python -m grader`, and the console script: what `plain_cli` understands, else typer's part."""

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line."""
    # The arrays are small: threads for their products cost more than they save, even unused.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    # Loading modules makes hardly any garbage, and looking for it takes a twelfth of a grading.
    gc.set_threshold(100_000)
    from grader import plain_cli

    try:
        plain_cli.try_to_run(sys.argv[1:])
    except SystemExit as end:
        _leave_quickly(end.code)
        raise
    try:
        import typer  # noqa: F401
    except ImportError:
        plain_cli.main()
    else:
        from grader import cli

        cli.main()


def _leave_quickly(code: object) -> None:
    """End the process without taking down what the system takes down with it, a good deal faster.

    Does nothing where the interpreter is needed for longer: somebody is measuring or debugging it,
    or the output has not got through.
    """
    if not isinstance(code, int) or sys.flags.inspect or _is_watched():
        return
    atexit._run_exitfuncs()  # pytest's, which removes old folders of `tmp_path`
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # there is none, the disk is full, it is closed
        return
    os._exit(code)


def _is_watched() -> bool:
    """Whether a profiler, a debugger or a measurement of coverage is at work."""
    monitoring = getattr(sys, "monitoring", None)  # Python 3.12 or newer
    tools = monitoring is not None and any(map(monitoring.get_tool, range(6)))
    return bool(tools or sys.getprofile() or sys.gettrace())


if __name__ == "__main__":
    main()
