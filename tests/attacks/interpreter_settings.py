# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, but changes every setting of the interpreter that it finds, for whoever comes after it."""

import contextlib
import gc
import os
import signal
import sys
import warnings

sys.setswitchinterval(1e6)
gc.disable()
gc.freeze()
warnings.simplefilter("error")
sys.dont_write_bytecode = False
sys.set_int_max_str_digits(0)
sys.path.clear()
with contextlib.suppress(OSError):
    os.umask(0)
with contextlib.suppress(OSError):
    os.chdir("/")
with contextlib.suppress(OSError):
    os.nice(1)
with contextlib.suppress(OSError, ValueError):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
