# /// attack
# file = "dropout.py"
# modes = "any"
# [expects]
# dropout_forward.drops_or_scales_every_unit = "failed"
# dropout_forward.keeps_the_share = "passed"
# dropout_forward.draws_every_unit_by_itself = "passed"
# dropout_forward.leaves_its_input_alone = "passed"
# dropout_forward."*" = "failed"
# ///
"""Returns booleans from dropout: a mask in place of what it lets pass."""

import numpy as np


def dropout_forward(x, dropout_param):
    return np.random.rand(*x.shape) < dropout_param["p"], None
