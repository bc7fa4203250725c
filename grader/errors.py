"""Every error that a user can meet, as one sentence and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys

USAGE, GRADER_FAILED = 2, 3
# What is the matter with a path, and not with the grader.
UNUSABLE = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR),
    *(errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP),
}


def tell(error: Exception) -> int:
    """Print an error's sentence to standard error; what to exit with."""
    try:
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):  # Python would try again, and complain
        with contextlib.suppress(AttributeError, OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):  # whoever was reading has seen enough
        return 1
    sentence, code = sentence_and_code(error)
    print(sentence, file=sys.stderr)
    return code


def sentence_and_code(error: Exception) -> tuple[str, int]:
    """What to print and what to exit with. A sentence that is ours is printed as it is."""
    # Raised with a sentence of our own: by name, so that nothing is imported to report an error.
    usage = {"UsageError", "SubmissionError", "ProjectError", "UnknownCheck", "BuildError"}
    usage |= {"MarkerError", "ManifestError", "ReleaseError", "DataError", "DataNotFoundError"}
    usage |= {"EquivalentsError", "WeakIsolation", "GradebookError"}
    usage |= {"RosterError", "LayoutError", "TableError", "ExportError", "ClusterError", "LabError"}
    ours = {
        "GradingError",
        "ImageError",
        "ClusterLost",
        "CheckError",
        "OracleError",
        "RecordingError",
        "ProcessUnavailable",
        "GradebookUnwritable",
    }
    name = type(error).__name__
    if name == "Stopped":
        return str(error), int(getattr(error, "code", GRADER_FAILED))
    if name in usage:
        return str(error), USAGE
    if name in ours:
        return f"The grader cannot go on: {error}", GRADER_FAILED
    if isinstance(error, ModuleNotFoundError) and error.name:
        if error.name.startswith("grader."):
            return "This command is the instructor's; a student's copy does not have it.", USAGE
        return f"The package {error.name} is not installed; `make setup` installs it.", USAGE
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            "The disk is full. Free some space and run this again; nothing is lost.",
            GRADER_FAILED,
        )
    if isinstance(error, OSError) and error.filename and error.errno in UNUSABLE:
        return f"{error.filename} cannot be used: {error.strerror}.", USAGE
    return (
        f"The grader itself failed: {name}: {error} (run it with --debug for details).",
        GRADER_FAILED,
    )
