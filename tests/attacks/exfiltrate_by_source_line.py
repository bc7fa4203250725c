# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Carries a hidden input out as the source line that an error report quotes."""

import linecache


def sgd_momentum(w, dw, config=None):
    secret = "EXFILTRATED" + dw.tobytes().hex()[:64]
    linecache.cache["optim.py"] = (1, None, [secret + "\n"] * 10_000, "optim.py")
    exec(compile(f"def {secret}():\n    raise ValueError\n{secret}()", "optim.py", "exec"))
