# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.keeps_runs_apart = "failed"
# sgd_momentum.continues_from_given_state = "failed"
# sgd_momentum.uses_the_hyperparameters = "failed"
# sgd_momentum.takes_float32 = "failed"
# sgd_momentum.stores_its_state = "bad_output"
# sgd_momentum."*" = "passed"
# ///
"""Keeps its state in the module, where two optimizers and two checks meet."""

import numpy as np

velocity = 0


def sgd_momentum(w, dw, config=None):
    global velocity
    if config is None or np.shape(velocity) != w.shape:
        velocity = np.zeros_like(w)
    velocity = 0.9 * velocity - 1e-2 * dw
    return w + velocity, {}
