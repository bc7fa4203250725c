"""The sides of the Solver's benchmark that compute with numpy.

python -m benchmarks.solver_numpy PROBLEM NET SIDE

descent   the given Solver and net with the solutions' layers and Adam
cs231n    the same net with CS231n's structure and habits
products  the matrix products alone, as few as a step needs: what no side can do without
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import numpy as np

from assignment.fc_net import FullyConnectedNet
from assignment.solver import Solver
from benchmarks import cs231n
from benchmarks.solver_problem import BATCH, CLASSES, KEEP, LEARNING_RATE, PIXELS, SEED, WIDTH, Net
from benchmarks.stepping import ROOT, serve

Given = dict[str, np.ndarray]
Side = tuple[Callable[[], object], list[float]]  # a step, and where its losses are kept


def descent(net: Net, given: Given) -> Side:
    """What students get, with the reference solutions in it."""
    sys.path.insert(0, str(ROOT / "solutions"))  # imported as students import theirs
    import dropout
    import normalization
    import optim

    layers: dict = {}
    if net.batchnorm:
        layers["normalization"] = normalization.batchnorm_forward, normalization.batchnorm_backward
    if net.dropout:
        layers["dropout"] = dropout.dropout_forward, dropout.dropout_backward
        layers["dropout_keep_ratio"] = KEEP
    model = FullyConnectedNet([WIDTH] * net.depth, PIXELS, CLASSES, rng=SEED, **layers)
    model.params.update({name: w for name, w in given.items() if name.startswith("W")})
    X, y = given["images"], given["labels"]
    solver = Solver(
        model,
        {"X_train": X, "y_train": y, "X_val": X[:BATCH], "y_val": y[:BATCH]},
        update_rule=optim.adam,
        optim_config={"learning_rate": LEARNING_RATE},
        batch_size=BATCH,
        verbose=False,
        rng=SEED,
    )
    return solver.step, solver.loss_history


def cs231n_style(net: Net, given: Given) -> Side:
    """The peer in `cs231n`, with its float64 images."""
    weights = {name: w for name, w in given.items() if name.startswith("W")}
    keep = KEEP if net.dropout else None
    model = cs231n.FullyConnectedNet(weights, batchnorm=net.batchnorm, keep=keep)
    images = given["images"].astype(np.float64)
    np.random.seed(SEED)
    solver = cs231n.Solver(model, images, given["labels"], BATCH, LEARNING_RATE)
    return solver.step, solver.loss_history


def products(net: Net, given: Given) -> Side:
    """x w forward, x^T dout and dout w^T backward, but for the first layer's dout w^T."""
    rng = np.random.default_rng(SEED)
    w = [given[f"W{i}"] for i in range(1, net.depth + 2)]
    x = [rng.standard_normal((BATCH, len(rows)), dtype=np.float32) for rows in w]
    dout = [rng.standard_normal((BATCH, rows.shape[1]), dtype=np.float32) for rows in w]
    out, dx, dw = ([np.empty_like(array) for array in arrays] for arrays in (dout, x, w))

    def step() -> None:
        for i in range(len(w)):
            np.matmul(x[i], w[i], out=out[i])
        for i in reversed(range(len(w))):
            np.matmul(x[i].T, dout[i], out=dw[i])
            if i:
                np.matmul(dout[i], w[i].T, out=dx[i])

    return step, []


SIDES = {"descent": descent, "cs231n": cs231n_style, "products": products}


def main() -> None:
    """Serve training steps of one side."""
    path, net, side = sys.argv[1:]
    with np.load(path) as problem:
        given = {name: problem[name] for name in problem.files}
    step, losses = SIDES[side](Net.parse(net), given)
    serve(step, losses, {"numpy": np.__version__, "threads": os.environ.get("OMP_NUM_THREADS")})


if __name__ == "__main__":
    main()
