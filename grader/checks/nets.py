"""Shared by the training checks: small images, the given net and Solver, remote functions.

The loop is the grader's own: it calls the student's functions in the student process, where their
caches and optimizer states stay, and sends the updates of all parameters in one message.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assignment.fc_net import FullyConnectedNet
from assignment.solver import Solver
from grader.compare import require_like
from grader.student.functions import StudentFunction
from grader.student.wire import Handle

IMAGES, PIXELS, CLASSES = 50, 192, 10  # 8 x 8 x 3
INSTANCES = 64


@dataclass(frozen=True)
class Problem:
    """Images of ten classes, and the first weights of a net that is to learn them."""

    x: np.ndarray
    y: np.ndarray
    weights: list[np.ndarray]

    def net(self, **functions: Any) -> FullyConnectedNet:
        """A float64 net with these weights; functions: normalization, dropout, ..."""
        hidden = [w.shape[1] for w in self.weights[:-1]]
        net = FullyConnectedNet(hidden, PIXELS, CLASSES, dtype=np.float64, rng=0, **functions)
        for layer, w in enumerate(self.weights, start=1):
            net.params[f"W{layer}"] = w.copy()
        return net


def draw_problem(rng: Any, hidden: tuple[int, ...], scale: float = 1.0) -> Problem:
    """One of the verified instances, chosen by rng."""
    return make_problem(int(rng.integers(INSTANCES)), hidden, scale)


def make_problem(instance: int, hidden: tuple[int, ...], scale: float = 1.0) -> Problem:
    """Noisy copies of ten random patterns; weights of the usual size times `scale`.

    A net learns from a random start, and now and then one does not: official gradings choose among
    instances that a test has gone through beforehand, one by one, with every accepted variant.
    """
    rng = np.random.RandomState(instance)  # its stream is the same under every numpy
    patterns = rng.standard_normal((CLASSES, PIXELS))
    noise = rng.standard_normal((IMAGES, PIXELS))
    y = np.arange(IMAGES) % CLASSES
    sizes = [PIXELS, *hidden, CLASSES]
    weights = [
        scale * rng.standard_normal((rows, columns)) / np.sqrt(rows)
        for rows, columns in itertools.pairwise(sizes)
    ]
    return Problem(0.7 * patterns[y] + 0.7 * noise, y, weights)


def train(
    problem: Problem, net: FullyConnectedNet, rule: Any, config: dict[str, Any], steps: int
) -> list[float]:
    """The losses of some full-batch steps with an update rule, here or in the student process."""
    data = {"X_train": problem.x, "y_train": problem.y, "X_val": problem.x, "y_val": problem.y}
    kind = RemoteSolver if isinstance(rule, StudentFunction) else Solver
    solver = kind(
        net, data, update_rule=rule, optim_config=config, batch_size=IMAGES, verbose=False, rng=0
    )
    return [solver.step() for _ in range(steps)]


def accuracy(problem: Problem, net: FullyConnectedNet) -> float:
    """Share of the images that the net in test mode gets right."""
    return float(np.mean(net.loss(problem.x).argmax(axis=1) == problem.y))


class RemoteSolver(Solver):
    """A Solver whose update rule is a student's: one message per step, states stay there."""

    def apply_updates(self, grads: dict[str, np.ndarray]) -> None:
        """Update all parameters in one message."""
        rule: Any = self.update_rule
        params = self.model.params
        calls = [
            rule.call(w, grads[name], self.optim_configs[name], keep=("config",))
            for name, w in params.items()
        ]
        for (name, w), returned in zip(params.items(), rule.student.run(calls), strict=True):
            next_w, state = returned.items
            require_like(next_w, w, "next_w")
            params[name] = next_w
            self.optim_configs[name] = state


def remote_layer(
    forward: Callable[..., Any], backward: Callable[..., Any]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A student's forward and backward pass for FullyConnectedNet, with shapes checked."""

    def checked_forward(x: np.ndarray, *rest: Any) -> tuple[np.ndarray, Handle]:
        out, cache = forward(x, *rest)
        require_like(out, x, "out")
        return out, cache

    def checked_backward(dout: np.ndarray, cache: Handle) -> Any:
        result = backward(dout, cache)
        dx, *of_parameters = result if isinstance(result, tuple) else (result,)
        require_like(dx, dout, "dx")
        for gradient in of_parameters:  # dgamma and dbeta, of shape (D,) or (1, D)
            row = type(gradient) is np.ndarray and gradient.shape == dout[:1].shape
            require_like(gradient[0] if row else gradient, dout[0], "the gradient of a parameter")
        return result

    return checked_forward, checked_backward
