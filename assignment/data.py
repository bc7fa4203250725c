"""CIFAR-10 as arrays: the raw images, CS231n's training splits, and the generated stand-in.

The files themselves come from `make data` (`download.download_cifar10`).

Errors are `DataError`s: one sentence with the file and the way out.
"""

import hashlib
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from assignment.cifar10_files import (
    META_FILE,
    NUM_CLASSES,
    PIXELS,
    TEST_FILES,
    TRAIN_FILES,
    DataError,
    DataNotFoundError,
    cifar10_folder,
    read_batch,
    read_class_names,
    require_files,
)
from assignment.synthetic import SYNTHETIC_CLASSES, generate_images

__all__ = [
    "SYNTHETIC_CLASSES",
    "Cifar10",
    "DataError",
    "DataNotFoundError",
    "generate_images",
    "get_cifar10_data",
    "get_synthetic_data",
    "load_cifar10",
]

Array = NDArray[Any]
PathLike = str | os.PathLike[str]


class Cifar10(NamedTuple):
    """Raw images (N, 32, 32, 3) uint8, labels (N,) int64, and what the labels mean."""

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    class_names: tuple[str, ...]


def load_cifar10(
    directory: PathLike | None = None, *, cache_dir: PathLike | None = None
) -> Cifar10:
    """Load all of CIFAR-10 (or of a smaller set of files in its format).

    directory: the cifar-10-batches-py folder; see `cifar10_folder` for the default
    cache_dir: where a copy that loads faster is kept; default $XDG_CACHE_HOME/descent, or
        ~/.cache/descent. It is rebuilt when the files change or it is damaged, and done without
        when it cannot be written.
    """
    folder = cifar10_folder(directory)
    require_files(folder)
    cache = _cache_folder(cache_dir)
    X_train, y_train = _load_split(folder, "train", TRAIN_FILES, cache)
    X_test, y_test = _load_split(folder, "test", TEST_FILES, cache)
    names = read_class_names(folder / META_FILE)
    return Cifar10(X_train, y_train, X_test, y_test, names)


def get_cifar10_data(
    num_training: int = 49000,
    num_validation: int = 1000,
    num_test: int = 1000,
    subtract_mean: bool = True,
    directory: PathLike | None = None,
    dtype: DTypeLike = np.float32,
    *,
    cache_dir: PathLike | None = None,
    fallback: Literal["synthetic"] | None = None,
) -> dict[str, Array]:
    """CIFAR-10 ready for a Solver, split as in CS231n.

    Training images are the first `num_training`, validation images the `num_validation` after
    them, test images the first `num_test` of the test batch. With `subtract_mean` the mean
    training image is subtracted from all of them.

    fallback: "synthetic" takes generated images where CIFAR-10 is not installed, and says so
        with a warning; by default that is a DataError

    Returns X_train, X_val, X_test (N, 3, 32, 32) of `dtype`, in gray levels (0 to 255 before the
    mean is subtracted), and y_train, y_val, y_test (N,) int64.
    """
    if fallback not in (None, "synthetic"):
        raise ValueError(f'fallback must be None or "synthetic", got {fallback!r}')
    try:
        raw = load_cifar10(directory, cache_dir=cache_dir)
    except DataNotFoundError as error:
        if fallback is None:
            raise
        warnings.warn(f"using generated images instead of CIFAR-10: {error}", stacklevel=2)
        return get_synthetic_data(num_training, num_validation, num_test, subtract_mean, dtype)
    for what, asked, there in (
        ("training and validation", num_training + num_validation, len(raw.y_train)),
        ("test", num_test, len(raw.y_test)),
    ):
        if asked > there:
            raise DataError(
                f"{asked} {what} images were asked for, but {cifar10_folder(directory)} holds "
                f"{there}: ask for fewer, or get the whole data set with `make data`"
            )
    return _split(raw[:4], num_training, num_validation, num_test, subtract_mean, dtype)


def get_synthetic_data(
    num_training: int = 4000,
    num_validation: int = 1000,
    num_test: int = 1000,
    subtract_mean: bool = True,
    dtype: DTypeLike = np.float32,
    *,
    seed: int = 0,
) -> dict[str, Array]:
    """Generated images in the form of `get_cifar10_data`; their classes are SYNTHETIC_CLASSES."""
    n = num_training + num_validation
    images, labels = generate_images(max(n + num_test, 0), seed)
    raw = images[:n], labels[:n], images[n:], labels[n:]
    return _split(raw, num_training, num_validation, num_test, subtract_mean, dtype)


def _split(
    raw: Sequence[Any],
    num_training: int,
    num_validation: int,
    num_test: int,
    subtract_mean: bool,
    dtype: DTypeLike,
) -> dict[str, Array]:
    if num_training < 1 or num_validation < 0 or num_test < 0:
        raise ValueError(
            "num_training must be at least 1, num_validation and num_test at least 0, got "
            f"{num_training}, {num_validation} and {num_test}"
        )
    X, y, X_test, y_test = raw
    train, val = slice(num_training), slice(num_training, num_training + num_validation)
    test = slice(num_test)
    images = {"X_train": X[train], "X_val": X[val], "X_test": X_test[test]}
    labels = {"y_train": y[train], "y_val": y[val], "y_test": y_test[test]}
    data = {k: np.array(v.transpose(0, 3, 1, 2), dtype, order="C") for k, v in images.items()}
    if subtract_mean:
        # From the integers in float64: exact, whatever the dtype and the number of images.
        mean = X[train].mean(axis=0, dtype=np.float64).transpose(2, 0, 1).astype(dtype)
        for array in data.values():
            array -= mean
    return data | {k: v.copy() for k, v in labels.items()}


def _load_split(
    folder: Path, split: str, names: tuple[str, ...], cache: Path | None
) -> tuple[Array, Array]:
    """Images (N, 32, 32, 3) and labels (N,) of some batch files, from the cache where possible."""
    cached = _cache_file(folder, split, names, cache) if cache else None
    flat = _read_cache(cached) if cached else None
    if flat is None:
        batches = [read_batch(folder / name) for name in names]
        parts = [y.astype(np.uint8) for _, y in batches] + [X.ravel() for X, _ in batches]
        flat = np.concatenate(parts)
        if cached:
            _write_cache(cached, flat)
    N = flat.size // (1 + PIXELS)
    # The files hold one colour plane after the other; a transposed view costs nothing.
    images = flat[N:].reshape(N, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, flat[:N].astype(np.int64)


# The cache: per split one .npy of uint8, all labels and then all images. Its name holds the size
# and time of every source file, so that a changed source means another name.


def _cache_folder(cache_dir: PathLike | None) -> Path | None:
    if cache_dir is not None:
        return Path(cache_dir).expanduser()
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        # The XDG specification says to ignore relative paths.
        return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "descent"
    except RuntimeError:  # no home directory
        return None


def _cache_file(folder: Path, split: str, names: tuple[str, ...], cache: Path) -> Path:
    source = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    stats = [(folder / name).stat() for name in names]
    state = repr([(name, s.st_size, s.st_mtime_ns) for name, s in zip(names, stats, strict=True)])
    version = hashlib.sha256(state.encode()).hexdigest()[:12]
    return cache / f"cifar10-{source}-{split}-{version}.npy"


def _read_cache(path: Path) -> Array | None:
    """The cached array, or None if there is none or it is damaged."""
    try:
        # Mapped, so that taking 9,000 images of 50,000 reads just those; "c": writing to the
        # array works and does not reach the file.
        flat = np.load(path, mmap_mode="c", allow_pickle=False).view(np.ndarray)
    except (OSError, ValueError, EOFError):
        return None
    N, rest = divmod(flat.size, 1 + PIXELS)
    whole = flat.dtype == np.uint8 and flat.ndim == 1 and rest == 0
    return flat if whole and (flat[:N] < NUM_CLASSES).all() else None


def _write_cache(path: Path, flat: Array) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "wb") as file:
                np.save(file, flat)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        # Copies of earlier versions of the same files.
        for old in path.parent.glob(f"{path.name.rpartition('-')[0]}-*.npy"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        pass  # a full disk or a read-only home: the next load is slower, nothing else
