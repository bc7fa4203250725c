"""What a student reads about one check, from the manifest's sentences.

In official mode nothing is said that could carry a hidden input or an expected value out.
"""

from __future__ import annotations

import builtins
from typing import Any

from grader.compare import Mismatch
from grader.manifest import Manifest
from grader.student.faults import SourceLine, StudentFault


def explain_mismatch(manifest: Manifest, mismatch: Mismatch, official: bool) -> str:
    """One or two lines: the first thing wrong, and where."""
    values: dict[str, Any] = dict(mismatch.values)
    kind = mismatch.kind
    if kind == "text":  # a law that a check states in its own words
        return str(values["text"])
    if kind == "value":
        values["share"] = _share(manifest, values["count"], values["size"])
    if official and f"{kind}_hidden" in manifest.messages:
        kind = f"{kind}_hidden"
    return manifest.say(kind, **values)


def explain_fault(manifest: Manifest, fault: StudentFault, official: bool) -> str:
    """What happened instead of a result, and the student's own line where it happened."""
    declared = manifest.functions[fault.function]
    values: dict[str, Any] = {
        "function": fault.function,
        "file": declared.file,
        "expected": declared.returns,
        **fault.details,
    }
    if official and "type" in values and not hasattr(builtins, str(values["type"])):
        values["type"] = "an exception"  # a name can be made of what was passed in
    reason = fault.reason
    if official and f"{reason}_hidden" in manifest.messages:
        reason = f"{reason}_hidden"
    lines = [manifest.say(reason, **values)]
    if fault.frames and fault.status != "missing":
        last = fault.frames[-1]
        if official:  # frames are made on the student's side
            last = SourceLine(declared.file, last.number, "", "...")
        lines.append(manifest.say("raised_at", file=last.file, line=last.number, source=last.text))
    return "\n".join(lines)


def _share(manifest: Manifest, count: int, size: int) -> str:
    if size == 1:
        return manifest.say("share_one")
    if count == size:
        return manifest.say("share_all", size=size)
    return manifest.say("share_some", count=count, size=size)
