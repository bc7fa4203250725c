# /// attack
# file = "dropout.py"
# modes = "any"
# [expects]
# dropout_forward = { "*" = "failed", leaves_its_input_alone = "passed" }
# ///
"""Returns complex numbers from dropout, which is judged by law and not by a reference."""


def dropout_forward(x, dropout_param):
    return x + 2j * x, None
