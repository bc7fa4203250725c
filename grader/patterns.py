"""What can honestly be said of a wrong array when no known mistake explains it.

Only what holds for every entry to within rounding is said: a factor, a sign, an offset, rows or
columns, a transposition, one result per example, or the step at which things part.
"""

from __future__ import annotations

import numpy as np

from grader.compare import Log, Observation
from grader.manifest import Manifest
from grader.results import Diagnosis

EXACT = 1e-6
PATTERN = "pattern-"  # what these diagnoses are called, as opposed to a known mistake


def describe(manifest: Manifest, log: Log) -> Diagnosis | None:
    """The pattern of a check's last comparison, which failed; None if there is none."""
    if not log.observations:
        return None
    found = _shape(log.observations[-1]) or _steps(log) or _values(log.observations[-1])
    if found is None:
        return None
    name, values = found
    text = manifest.say(f"pattern_{name}", what=log.observations[-1].what, **values)
    return Diagnosis(f"{PATTERN}{name}", text)


Found = tuple[str, dict[str, str]] | None


def _shape(seen: Observation) -> Found:
    got, expected = seen.got, seen.expected
    if got.ndim == 2 and got.T.shape == expected.shape and _close(got.T, expected):
        return "transposed", {}
    if got.ndim == 2 and expected.ndim == 1 and got.shape[1:] == expected.shape:
        return ("per_example", {}) if _close(got.sum(axis=0), expected) else None
    return None


def _steps(log: Log) -> Found:
    """How the steps of an update compare, where the check told all of them."""
    if len(log.steps) < 2:
        return None
    factors = [_factor(got, expected) for got, expected in log.steps]
    right = [factor is not None and abs(factor - 1) < EXACT for factor in factors]
    if all(right):  # what failed came after the steps
        return None
    if right[0]:
        return "drift", {}
    known = [factor for factor in factors if factor is not None]
    if len(known) < len(factors):
        return None
    if max(known) - min(known) < EXACT * abs(known[0]):
        return _named_factor(known[0])
    return "factors", {"factors": ", ".join(f"{factor:.3g}" for factor in known)}


def _values(seen: Observation) -> Found:
    got, expected = seen.got, seen.expected
    if got.shape != expected.shape or not np.isfinite(got).all() or got.size < 2:
        return None
    factor = _factor(got, expected)
    if factor is not None:
        return _named_factor(factor)
    offset = got - expected
    if np.ptp(offset) < EXACT * np.abs(offset).max():
        return "offset", {"offset": f"{float(offset.flat[0]):.4g}"}
    if got.ndim == 2 and min(got.shape) > 1:
        wrong = np.abs(offset) > EXACT * np.abs(expected).max()
        for axis, name in ((1, "rows"), (0, "columns")):
            lines = np.flatnonzero(wrong.any(axis=axis))
            if 0 < len(lines) < wrong.shape[1 - axis]:
                return name, {name: ", ".join(map(str, lines))}
    return None


def _factor(got: np.ndarray, expected: np.ndarray) -> float | None:
    """The one number that got is expected times, if there is one."""
    if got.shape != expected.shape or not np.abs(expected).max(initial=0.0) > 0:
        return None
    factor = float(np.vdot(expected, got) / np.vdot(expected, expected))
    if not np.isfinite(factor) or factor == 0 or not _close(got, factor * expected):
        return None
    return factor


def _named_factor(factor: float) -> Found:
    if abs(factor + 1) < EXACT:
        return "sign", {}
    return "factor", {"factor": f"{factor:.4g}"}


def _close(got: np.ndarray, expected: np.ndarray) -> bool:
    size = float(np.abs(expected).max(initial=0.0))
    return bool(np.abs(got - expected).max(initial=0.0) <= EXACT * size)
