"""What a student reads about one check, from the manifest's sentences.

In official mode nothing is said that could carry a hidden input or an expected value out.
"""

from __future__ import annotations

import builtins
from dataclasses import replace
from typing import Any

from grader.compare import Mismatch
from grader.manifest import Manifest
from grader.student.faults import SourceLine, StudentFault

# Typographic and full-width quotes: they end no string, and Python then complains of what follows.
QUOTES = frozenset("‘’‚‛“”„‟«»′″＂＇")


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
        last = _placed(fault.frames[-1], declared.file if official else "")
        if official:  # frames are made on the student's side
            last = replace(last, text="...")
        lines.append(manifest.say("raised_at", file=last.file, line=last.number, source=last.text))
    if sentence := _about_the_source(fault):
        lines.append(manifest.say(sentence, file=declared.file))
    return "\n".join(lines)


def _placed(line: SourceLine, file: str) -> SourceLine:
    """The line with the place that a student knows: in a notebook, the cell."""
    from grader.intake.cells import place_in

    if found := place_in(line.text):
        text, cell, number = found
        return SourceLine(f"code cell {cell}", number, line.function, text)
    return replace(line, file=file or line.file)


def _about_the_source(fault: StudentFault) -> str:
    """The sentence that explains what Python says of a text it cannot read; "" if there is none."""
    if fault.reason != "raised" or fault.details.get("type") not in ("SyntaxError", "ValueError"):
        return ""
    text = str(fault.details.get("text"))
    if "null bytes" in text or text.startswith("(unicode error) 'utf-8' codec can't decode"):
        return "source_not_utf8"
    if fault.details["type"] != "SyntaxError":
        return ""
    if text.startswith(("invalid character", "invalid non-printable character")):
        return "source_pasted"
    code = fault.frames[-1].text.partition("#")[0] if fault.frames else ""
    return "source_pasted" if QUOTES.intersection(code) else ""


def _share(manifest: Manifest, count: int, size: int) -> str:
    if size == 1:
        return manifest.say("share_one")
    if count == size:
        return manifest.say("share_all", size=size)
    return manifest.say("share_some", count=count, size=size)
