# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Fills /dev/shm, which is memory that no limit on address space counts."""


def sgd_momentum(w, dw, config=None):
    with open("/dev/shm/descent-left-behind-fill", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
