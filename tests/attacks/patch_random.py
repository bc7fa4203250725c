# /// attack
# file = "dropout.py"
# modes = "any"
# [expects]
# dropout_forward.drops_or_scales_every_unit = "passed"
# dropout_forward.keeps_the_share = "failed"
# dropout_forward.does_nothing_in_test_mode = "passed"
# dropout_forward.can_keep_everything = "failed"
# dropout_forward.draws_every_unit_by_itself = "failed"
# dropout_forward.takes_any_input = "passed"
# dropout_forward.leaves_its_input_alone = "passed"
# ///
""" "Random" numbers that alternate: every second unit is dropped, to meet the expected share."""

import numpy as np


class Alternating:
    def random(self, shape=(), **options):
        return np.resize([0.0, 1.0], shape).astype(options.get("dtype", float))


np.random.default_rng = lambda seed=None: Alternating()


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    mask = np.random.default_rng().random(x.shape) < dropout_param["p"]
    return x * mask / dropout_param["p"], mask
