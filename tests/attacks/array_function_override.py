# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns a duck array whose __array_function__ answers np.allclose and all others with True."""


class Duck:
    shape = (3, 4)
    dtype = float

    def __array_function__(self, function, types, args, options):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return self


def sgd_momentum(w, dw, config=None):
    return Duck(), Duck()
