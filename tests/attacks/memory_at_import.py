# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Uses up the memory while it is imported."""

hoard = []
while True:
    hoard.append(bytearray(1 << 24))
