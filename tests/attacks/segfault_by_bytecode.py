# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Runs made-up bytecode, which crashes the interpreter without any import."""


def sgd_momentum(w, dw, config=None):
    def f():
        pass

    f.__code__ = f.__code__.replace(co_code=bytes([116, 255] * 64), co_consts=(), co_stacksize=1)
    f()
    raise RuntimeError("still alive")
