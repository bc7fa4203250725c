"""Learning-rate schedules: how the initial learning rate shrinks while training goes on.

A schedule is a function of `progress`, the number of epochs done so far as a float (2.5 is in the
middle of the third epoch), and returns what the *initial* learning rate is multiplied with. It
depends on nothing else, so a resumed run continues where it was. `Solver` evaluates it before
every step; each factory below returns one:

    Solver(..., optim_config={"learning_rate": 1e-3}, lr_schedule=step(drop=0.5, every=10))

Formulas: the CS231n notes ("Annealing the learning rate"); cosine: Loshchilov and Hutter, SGDR,
2017, without restarts.
"""

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant() -> Schedule:
    """1 at all times."""
    return _constant


def step(drop: float = 0.5, every: float = 10) -> Schedule:
    """drop ** floor(progress / every): multiply by `drop` after every `every` epochs."""
    _require(0 < drop <= 1, "drop", "in (0, 1]", drop)
    _require(0 < every < math.inf, "every", "a positive number of epochs", every)

    def schedule(progress: float) -> float:
        return float(drop ** math.floor(progress / every))

    return schedule


def exponential(decay: float = 0.95) -> Schedule:
    """decay ** progress: multiply by `decay` once per epoch, a little at every step."""
    _require(0 < decay <= 1, "decay", "in (0, 1]", decay)

    def schedule(progress: float) -> float:
        return float(decay**progress)

    return schedule


def one_over_t(rate: float = 1.0) -> Schedule:
    """1 / (1 + rate * progress)."""
    _require(0 <= rate < math.inf, "rate", "a number >= 0", rate)

    def schedule(progress: float) -> float:
        return float(1 / (1 + rate * progress))

    return schedule


def cosine(total_epochs: float, final: float = 0.0) -> Schedule:
    """final + (1 - final) * (1 + cos(pi * progress / total_epochs)) / 2, then `final` for good."""
    _require(0 < total_epochs < math.inf, "total_epochs", "a positive number", total_epochs)
    _require(0 <= final <= 1, "final", "in [0, 1]", final)

    def schedule(progress: float) -> float:
        done = min(progress / total_epochs, 1.0)
        return float(final + (1 - final) * (1 + math.cos(math.pi * done)) / 2)

    return schedule


def _constant(progress: float) -> float:
    return 1.0


def _require(condition: bool, name: str, what: str, value: float) -> None:
    if not condition:
        raise ValueError(f"{name} must be {what}, got {value}")
