"""The official CIFAR-10 files ("CIFAR-10 python version"): where they are, and reading them safely.

The files are pickles, and a pickle can run any program. These are read by an unpickler that knows
the handful of names an array needs and nothing else.

Source of the format: Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html
"""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FOLDER_NAME = "cifar-10-batches-py"
META_FILE = "batches.meta"
TRAIN_FILES = tuple(f"data_batch_{i}" for i in range(1, 6))
TEST_FILES = ("test_batch",)
ALL_FILES = (META_FILE, *TRAIN_FILES, *TEST_FILES)
MAX_FILE_BYTES = 64_000_000  # the official ones have 31 million

PIXELS = 3 * 32 * 32
NUM_CLASSES = 10


class DataError(Exception):
    """Images that cannot be read, fetched or stored; one sentence with the file and the way out."""


class DataNotFoundError(DataError):
    """There are no CIFAR-10 files where they were looked for."""


def cifar10_folder(directory: str | os.PathLike[str] | None = None) -> Path:
    """The folder of the batch files, whether it exists or not.

    `directory` if given, else the environment variable CIFAR10_DIR, else
    data/cifar-10-batches-py under the project's root or under the current directory. The folder
    around cifar-10-batches-py will do as well.
    """
    chosen = directory if directory is not None else os.environ.get("CIFAR10_DIR")
    if chosen:
        folder = Path(chosen).expanduser()
        inside = folder / FOLDER_NAME
        return inside if inside.is_dir() else folder
    default = Path("data", FOLDER_NAME)
    root = Path(__file__).resolve().parents[1]
    for base in (root, Path.cwd()):
        if (base / default).is_dir():
            return base / default
    # Not under a root that is not a project: installed, it is Python's own package folder.
    return (root if (root / "pyproject.toml").is_file() else Path.cwd()) / default


def require_files(folder: Path) -> None:
    """Raise DataNotFoundError unless every batch file is in `folder`."""
    missing = [name for name in ALL_FILES if not (folder / name).is_file()]
    if missing:
        what = "CIFAR-10" if len(missing) == len(ALL_FILES) else f"the CIFAR-10 file {missing[0]}"
        raise DataNotFoundError(
            f"{what} is not in {folder}: run `make data`, or set CIFAR10_DIR to the "
            f"{FOLDER_NAME} folder"
        )


def read_batch(path: Path) -> tuple[Array, Array]:
    """Read one batch file: images (N, 3072) uint8, red then green then blue, and labels (N,)."""
    content = _unpickle(path)
    for key in ("data", "labels"):
        if key not in content:
            raise _not_a_batch(path, f"it has no {key}")
    images = content["data"]
    try:
        labels = np.asarray(content["labels"])
    except ValueError as error:
        raise _not_a_batch(path, f"its labels are not a list: {error}") from error
    N = len(labels) if labels.ndim == 1 else -1
    if (
        not isinstance(images, np.ndarray)
        or images.dtype != np.uint8
        or images.shape != (N, PIXELS)
    ):
        raise _not_a_batch(path, "its data are not one uint8 image of 32 x 32 x 3 per label")
    if labels.size and (
        labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < 10
    ):
        raise _not_a_batch(path, "its labels are not integers from 0 to 9")
    return images, labels.astype(np.int64)


def read_class_names(path: Path) -> tuple[str, ...]:
    """Read the ten class names from batches.meta."""
    names = _unpickle(path).get("label_names")
    if not isinstance(names, list) or len(names) != NUM_CLASSES:
        raise _not_a_batch(path, "it does not hold ten class names")
    return tuple(_text(name) for name in names)


def _unpickle(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _not_a_batch(path, "it is too large")
        with open(path, "rb") as file:
            # Python 2 wrote these files: its strings are bytes here.
            content = _BatchUnpickler(file, encoding="bytes").load()
    except _ForbiddenNameError as error:
        raise _not_a_batch(path, f"it asks for {error}, and was not executed") from error
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from error
    except DataError:
        raise
    except Exception as error:  # damaged pickles raise nearly anything
        raise _not_a_batch(path, f"{type(error).__name__}: {error}") from error
    if not isinstance(content, dict):
        raise _not_a_batch(path, f"it holds a {type(content).__name__}")
    return {_text(key): value for key, value in content.items()}


class _ForbiddenNameError(Exception):
    """A pickle asked for something that no array needs."""


class _BatchUnpickler(pickle.Unpickler):
    """Unpickles arrays of integers, and what JSON could hold; imports nothing.

    Every name resolves to a function made for the occasion, so that a pickle can neither call
    anything else nor leave a change behind.
    """

    def find_class(self, module: str, name: str) -> Any:
        match module.replace("numpy.core.", "numpy._core."), name:
            case "numpy._core.multiarray", "_reconstruct":
                return lambda subtype, shape, typecode: np.empty(0, np.uint8)
            case "numpy", "ndarray":
                return None  # only ever the subtype above
            case "numpy", "dtype":
                return _integer_dtype
            case "numpy._core.numeric", "_frombuffer":  # pickle protocol 5
                return lambda buffer, dtype, shape, order: np.frombuffer(buffer, dtype).reshape(
                    shape, order=order
                )
            case "_codecs", "encode":  # bytes, in protocol 2 by Python 3
                return lambda text, encoding: text.encode("latin1")
        raise _ForbiddenNameError(f"{module}.{name}")


def _integer_dtype(name: Any, *flags: Any) -> np.dtype[Any]:
    dtype = np.dtype(_text(name), copy=True)
    if dtype.kind not in "iu":
        raise _ForbiddenNameError(f"an array of {dtype}")
    return dtype


def _text(value: Any) -> str:
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


def _not_a_batch(path: Path, reason: str) -> DataError:
    return DataError(
        f"{path} is damaged or not a CIFAR-10 file ({reason}): delete it and run `make data`"
    )
