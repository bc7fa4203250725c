"""The sentences for students: which there are, and one that is named here and said elsewhere.

Their texts are the manifest's [messages].
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.results import Status


@dataclass(frozen=True)
class Sentence:
    """A sentence of the manifest's [messages], by its key, and the values that fill it in."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


# Every sentence that the grader may need, with the values it is filled with.
MESSAGES: Mapping[str, frozenset[str]] = {
    key: frozenset(values.split())
    for key, values in {
        "no_file": "function file",
        "no_function": "function file",
        "not_implemented": "function type text",
        "raised": "function type text",
        "raised_hidden": "function type",
        "raised_at": "file line source",
        "unavailable": "function package",
        "unavailable_hidden": "function",
        "exited": "function code",
        "exited_hidden": "function",
        "killed": "function code",
        "killed_hidden": "function",
        "hung_up": "function",
        "timeout": "function seconds",
        "timeout_computing": "function seconds",
        "timeout_again": "function times",
        "timeout_check": "function seconds",
        "timeout_submission": "function seconds",
        "memory": "function type text",
        "memory_hidden": "function",
        "bad_frame": "function why",
        "bad_return": "function got expected",
        "bad_return_hidden": "function expected",
        "bad_argument": "function what",
        "bad_item": "what got expected",
        "bad_item_hidden": "what expected",
        "shape": "where what got expected",
        "shape_hidden": "where what",
        "dtype": "where what got expected",
        "nonfinite": "where what index got count size",
        "nonfinite_hidden": "where what",
        "value": "where what index got expected error allowed share",
        "value_hidden": "where what error allowed share",
        "share_one": "",
        "share_all": "size",
        "share_some": "count size",
        "blocked": "questions",
        "not_counted": "check",
        "follow_through": "",
        "variant": "note",
        "note_in_place": "what",
        "note_elsewhere": "function found_in file",
        "pattern_factor": "what factor",
        "pattern_factors": "what factors",
        "pattern_sign": "what",
        "pattern_offset": "what offset",
        "pattern_drift": "what",
        "pattern_rows": "what rows",
        "pattern_columns": "what columns",
        "pattern_transposed": "what",
        "pattern_per_example": "what",
        "note_shape": "what got expected",
        "note_slow": "function seconds",
        "note_float64": "what",
        "diagnosed": "cause",
        "diagnosed_loosely": "cause",
        "diagnosed_pair": "first second",
        "diagnosed_pair_loosely": "first second",
        "grader_fault": "text",
        "unreadable": "why",
        "refused_kind": "name",
        "refused_empty": "name",
        "refused_damaged": "name",
        "refused_unreadable": "name why",
        "refused_outside": "name",
        "refused_name": "name",
        "refused_path": "name count",
        "refused_link": "name",
        "refused_special": "name",
        "refused_twice": "name other",
        "refused_encrypted": "name",
        "refused_method": "name",
        "refused_large": "name mib",
        "refused_many": "count",
        "refused_total": "mib",
        "refused_members": "count",
        "refused_directory": "mib",
        "refused_unpacked": "mib",
        "refused_notebook": "name",
        "refused_notebook_large": "name mib",
        "refused_notebook_code": "name cells kib cell_kib",
        "source_pasted": "",
        "source_not_utf8": "file",
        "fix_first": "",
        "not_started": "",
        "waiting_for": "questions",
        "again": "command",
        "also": "checks",
        "printed": "",
        "printed_hidden": "",
        "note": "text",
        "first_step": "function file",
        "all_done": "",
        "saved": "file age",
        "weak_isolation": "active missing",
        "withheld": "count",
        "not_graded": "",
        "total_hidden": "",
        "bonus_apart": "bonus max_bonus",
        "page_language": "",
        "page_skip": "",
        "page_score": "",
        "page_of_points": "most",
        "page_bonus": "score most",
        "page_is_bonus": "",
        "page_first": "",
        "page_start": "",
        "page_questions": "",
        "page_counts": "passed count",
        "page_output": "",
        "page_about": "",
        "page_mode": "",
        "page_digest": "",
        "page_seed": "",
        "page_graded_at": "",
        "page_took": "",
        "page_isolation": "",
        "page_environment": "",
        "page_version": "",
        "page_corrections": "",
        "page_taken_off": "",
        "page_earned": "",
        "page_late": "",
        "page_override": "author",
        "page_override_question": "author question",
        "page_final": "",
        "page_manual": "",
        "page_home": "",
        "picture_heatmap": "what shape count size",
        "picture_curve": "what count got expected",
        **{f"status_{status}": "" for status in Status},
        "lab_redefined": "function file",
        "lab_stale": "file",
        "lab_steps": "",
        "lab_step": "",
        "lab_ratio": "",
        "lab_path": "what",
        "lab_not_run": "lab count",
        "lab_error": "lab",
        "lab_unanswered": "lab questions",
        "lab_unreadable": "lab",
    }.items()
}


# The values that are numbers, and may have a format like `{seconds:g}`.
NUMBERS = frozenset({"seconds", "error", "allowed"})
WIDE = re.compile(r":[^{}]*\d{3}[^{}]*\}")  # `{x:>100}`: nobody's report, but a lot of memory


def require_sayable(key: str, text: str) -> None:
    """Raise ValueError, in one sentence, unless the text can be filled in as sentence `key`."""
    known = MESSAGES[key]
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        unknown, wide = used - known, WIDE.search(text)
        if not (unknown or wide):
            text.format(**{name: 1.0 if name in NUMBERS else "x" for name in known})
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError(f"`{key}`: {error}") from None
    if unknown:
        raise ValueError(f"`{key}` uses {{{unknown.pop()}}}, which it is not given")
    if wide:
        raise ValueError(f"`{key}` asks for a number of more than 99 signs")
