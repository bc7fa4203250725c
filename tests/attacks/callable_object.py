# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Is an object with __call__, whose truth and name take for ever."""


class Function:
    def __call__(self, w, dw, config=None):
        return self, self

    def __bool__(self):
        while True:
            pass

    def __getattr__(self, name):
        while True:
            pass

    __class__ = property(__bool__)


sgd_momentum = Function()
