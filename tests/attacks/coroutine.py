# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Is a coroutine function: calling it runs nothing, and returns something that is true."""


async def sgd_momentum(w, dw, config=None):
    while True:
        pass
