# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Raises an exception whose traceback, as Python code sees it, never ends."""


class Trace:
    class tb_frame:  # noqa: N801
        class f_code:  # noqa: N801
            co_filename = "elsewhere.py"

    @property
    def tb_next(self):
        return self


class Endless(Exception):
    __traceback__ = Trace()


def sgd_momentum(w, dw, config=None):
    raise Endless
