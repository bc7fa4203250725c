"""Accepted variants of the update rules: correct in another published or equivalent form.

Each is a factory's product, because the forms combine: epsilon inside the root, Adam's corrections
folded into the learning rate, and a step count that starts at 1. A variant's docstring is the note
that the student reads.
"""

import numpy as np


def rmsprop_epsilon_inside_root(w, dw, config=None):
    """epsilon stands inside the square root; the handout has it outside. Both are published."""
    config = _defaults(config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, cache=0 * w)
    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / np.sqrt(cache + config["epsilon"])
    return next_w, {**config, "cache": cache}


def adagrad_epsilon_inside_root(w, dw, config=None):
    """epsilon stands inside the square root; the handout has it outside. Both are published."""
    config = _defaults(config, learning_rate=1e-2, epsilon=1e-8, cache=0 * w)
    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / np.sqrt(cache + config["epsilon"])
    return next_w, {**config, "cache": cache}


def _adam_form(*, inside=False, folded=False, from_one=False, amsgrad=False):
    def rule(w, dw, config=None):
        state = {"m": 0 * w, "v": 0 * w, "v_max": 0 * w, "t": int(from_one)}
        config = _defaults(
            config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, **state
        )
        beta1, beta2, epsilon = config["beta1"], config["beta2"], config["epsilon"]
        t = config["t"] + (not from_one)
        m = beta1 * config["m"] + (1 - beta1) * dw
        v = beta2 * config["v"] + (1 - beta2) * dw**2
        v_max = np.maximum(config["v_max"], v) if amsgrad else v
        correction1, correction2 = 1 - beta1**t, 1 - beta2**t
        step = m / correction1
        if folded:  # epsilon is not corrected with v
            step, divided = step * correction2**0.5, v_max
        else:
            divided = v_max / correction2
        root = np.sqrt(divided + epsilon) if inside else np.sqrt(divided) + epsilon
        config |= {"m": m, "v": v, "v_max": v_max, "t": t + from_one}
        return w - config["learning_rate"] * step / root, config

    notes = []
    if inside:
        notes.append("epsilon stands inside the square root; the handout has it outside.")
    if folded:
        notes.append("The bias corrections are folded into the learning rate, epsilon is not.")
    if from_one:
        notes.append("t starts at 1 and is advanced after the step.")
    name = "amsgrad" if amsgrad else "adam"
    for part, used in (("epsilon_inside_root", inside), ("folded", folded), ("t_from_1", from_one)):
        name += f"_{part}" * used
    rule.__name__, rule.__doc__ = name, " ".join([*notes, "Accepted."])
    return rule


def amsgrad_without_correction(w, dw, config=None):
    """No bias correction, as in the AMSGrad paper; the handout has it. Both are accepted."""
    state = {"m": 0 * w, "v": 0 * w, "v_max": 0 * w, "t": 0}
    config = _defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, **state)
    beta1, beta2 = config["beta1"], config["beta2"]
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    next_w = w - config["learning_rate"] * m / (np.sqrt(v_max) + config["epsilon"])
    return next_w, {**config, "t": config["t"] + 1, "m": m, "v": v, "v_max": v_max}


def amsgrad_maximum_of_corrected(w, dw, config=None):
    """The maximum is taken of the corrected second moments, as some libraries do. Accepted."""
    state = {"m": 0 * w, "v": 0 * w, "v_max": 0 * w, "t": 0}
    config = _defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, **state)
    beta1, beta2, t = config["beta1"], config["beta2"], config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v / (1 - beta2**t))
    step = m / (1 - beta1**t) / (np.sqrt(v_max) + config["epsilon"])
    return w - config["learning_rate"] * step, {**config, "t": t, "m": m, "v": v, "v_max": v_max}


def _defaults(config, **values):
    return {**values, **(config or {})}


_ADAM_FORMS = [
    {"inside": inside, "folded": folded, "from_one": from_one}
    for from_one in (False, True)
    for folded in (False, True)
    for inside in (False, True)
    if inside or folded or from_one
]

# Tried in this order.
ACCEPTED_VARIANTS = {
    "rmsprop": [rmsprop_epsilon_inside_root],
    "adam": [_adam_form(**form) for form in _ADAM_FORMS],
    "adagrad": [adagrad_epsilon_inside_root],
    "amsgrad": [
        amsgrad_without_correction,
        amsgrad_maximum_of_corrected,
        *(_adam_form(**form, amsgrad=True) for form in _ADAM_FORMS),
    ],
}
