# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Raises an exception whose text is a str that cannot be cut to length."""


class Long(str):
    def __getitem__(self, index):
        return "x" * 10_000_000

    def __str__(self):
        return self


class Uncut(Exception):
    def __str__(self):
        return Long("short")


def sgd_momentum(w, dw, config=None):
    raise Uncut
