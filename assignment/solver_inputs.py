"""What a Solver is given, checked once so that no step has to; ValueErrors say what is wrong."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assignment.schedules import Schedule

Array = NDArray[Any]


def examples(data: dict[str, Array], split: str) -> tuple[Array, Array]:
    """X (N, ...) and the integer labels y (N,) of one split, "train" or "val"."""
    names = f"X_{split}", f"y_{split}"
    for name in names:
        if name not in data:
            raise ValueError(f"data has no {name!r}: it needs X_train, y_train, X_val and y_val")
    X, y = np.asarray(data[names[0]]), np.asarray(data[names[1]])
    if X.ndim == 0 or len(X) == 0:
        raise ValueError(f"{names[0]} holds no images")
    if y.ndim != 1 or not np.issubdtype(y.dtype, np.integer):
        raise ValueError(f"{names[1]} must be integers (N,), got {y.dtype} of shape {y.shape}")
    if len(X) != len(y):
        raise ValueError(f"{names[0]} holds {len(X)} images but {names[1]} {len(y)} labels")
    return X, y


def hyperparameters(optim_config: dict[str, Any] | None) -> dict[str, Any]:
    """A copy of optim_config with Python numbers in it.

    np.logspace and the like yield np.float64, which would turn float32 parameters into float64.
    """
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in (optim_config or {}).items()
    }


def check_schedule(schedule: Schedule, optim_config: dict[str, Any]) -> None:
    """Raise unless `schedule` is one, and there is a learning rate to multiply."""
    if "learning_rate" not in optim_config:
        raise ValueError(
            "lr_schedule multiplies the initial learning rate, so optim_config needs a "
            "'learning_rate'"
        )
    if not isinstance(schedule(0.0), int | float | np.number):
        raise ValueError("lr_schedule must return a number: step(drop=0.5), for example, not step")


def check_counts(batch_size: int, num_epochs: int) -> None:
    """Raise unless there is something to count."""
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    if num_epochs < 0:
        raise ValueError(f"num_epochs must be at least 0, got {num_epochs}")
