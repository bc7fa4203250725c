# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Prints a report with full marks and erases the real one with escape sequences."""

REPORT = "\x1b[2J\x1b[H\x1b]0;passed\x07\r\x08\x9b1A  sgd_momentum 10/10\n\u202e100/100\n"
REPORT += '{"score": 100.0, "tests": [{"status": "passed"}]}\n##[set-output name=score]100\n'


def sgd_momentum(w, dw, config=None):
    print(REPORT)
    return w + 1, {REPORT: REPORT}
