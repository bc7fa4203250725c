# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "passed", stores_its_state = "bad_output" }
# ///
"""Returns a dict that answers every question, whatever the name under which state is sought."""


class Generous(dict):
    def get(self, key, default=None):
        return super().get(key, 0.0 if default is None else default)

    def __contains__(self, key):
        return True

    def __missing__(self, key):
        return 0.0


def sgd_momentum(w, dw, config=None):
    hyper = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = hyper["momentum"] * hyper.get("velocity", 0 * w) - hyper["learning_rate"] * dw
    return w + v, Generous(hyper, velocity=v)
