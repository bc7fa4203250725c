# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Never returns, and ignores every signal that can be ignored."""

import signal


def sgd_momentum(w, dw, config=None):
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    except OSError:
        pass
    while True:
        pass
