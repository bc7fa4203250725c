"""Checkpoints: nested Python values and arrays in one .npz file, without pickle.

The arrays are the file's members; everything else is a JSON text in which they are referred to
by number. Loading therefore runs no code, and every float, integer and array comes back bit for
bit.
"""

import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
FORMAT = "descent checkpoint 1"


class CheckpointError(Exception):
    """A checkpoint that cannot be written, read, or used here; one sentence says why."""


def save_checkpoint(path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Write `state` to `path`, at once or not at all; missing folders are made.

    state: dicts with string keys, lists, tuples, numbers, strings, None, arrays. Anything else is
    a CheckpointError that names where it sits.
    """
    path = Path(path)
    arrays: list[Array] = []
    text = json.dumps({"format": FORMAT, "state": _packed(state, arrays, "state")})
    members = {f"array_{i}": array for i, array in enumerate(arrays)}
    members["json"] = np.frombuffer(text.encode(), np.uint8)

    # A crash while writing must leave the previous checkpoint whole: write beside it, then swap.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "wb") as file:
                np.savez(file, allow_pickle=False, **members)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CheckpointError(f"cannot write the checkpoint {path}: {error}") from error


def load_checkpoint(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote.

    A file that is missing, damaged or something else is a CheckpointError.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            document = json.loads(archive["json"].tobytes())
            arrays = {name: archive[name] for name in archive.files if name != "json"}
        if document["format"] != FORMAT:
            raise CheckpointError(f"{path} is a checkpoint of another version of this program")
        state: dict[str, Any] = _unpacked(document["state"], arrays)
        return state
    except FileNotFoundError as error:
        raise CheckpointError(f"there is no checkpoint {path}") from error
    except _DAMAGE as error:
        raise CheckpointError(f"{path} is not a checkpoint, or it is damaged: {error}") from error


# What numpy, zipfile and json raise on files that are cut off or were never a checkpoint.
_DAMAGE = (
    OSError, EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError, MemoryError,
    NotImplementedError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def _packed(value: Any, arrays: list[Array], where: str) -> Any:
    """`value` as JSON; arrays go to `arrays`, what JSON lacks becomes {kind: content}."""
    match value:
        case None | bool() | str():
            return value
        case np.ndarray() | np.generic() if not value.dtype.hasobject:
            arrays.append(np.asarray(value))
            return {"array" if isinstance(value, np.ndarray) else "scalar": len(arrays) - 1}
        case int() | float():
            return value
        case list():
            return [_packed(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)]
        case tuple():
            return {"tuple": [_packed(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)]}
        case dict() if all(isinstance(key, str) for key in value):
            return {"dict": {k: _packed(v, arrays, f"{where}[{k!r}]") for k, v in value.items()}}
    kind = "a dict with keys that are not strings" if isinstance(value, dict) else type(value)
    raise CheckpointError(f"cannot save {where} in a checkpoint: it is {kind}")


def _unpacked(value: Any, arrays: dict[str, Array]) -> Any:
    if isinstance(value, list):
        return [_unpacked(v, arrays) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "array":
            return arrays[f"array_{content}"]
        case "scalar":
            return arrays[f"array_{content}"][()]
        case "tuple":
            return tuple(_unpacked(v, arrays) for v in content)
        case "dict":
            return {k: _unpacked(v, arrays) for k, v in content.items()}
    raise ValueError(f"unknown kind {kind!r}")
