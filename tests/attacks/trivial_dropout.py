# /// attack
# file = "dropout.py"
# modes = "any"
# [expects]
# dropout_forward.does_nothing_in_test_mode = "passed"
# dropout_forward.can_keep_everything = "passed"
# dropout_forward.leaves_its_input_alone = "passed"
# dropout_forward."*" = "failed"
# dropout_backward.uses_the_forward_mask = "blocked"
# dropout_backward."*" = "passed"
# ///
"""The identity forward and backward: right in test mode and whenever everything is kept.

The checks of the backward pass that pass count only once its main check does, which waits."""


def dropout_forward(x, dropout_param):
    return x, None


def dropout_backward(dout, cache):
    return dout
