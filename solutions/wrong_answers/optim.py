"""Known misconceptions about the update rules, one small function each.

A function's docstring is what the student reads. Its first line completes "Exactly what you get
when ..."; the lines after it say what that means and name one small experiment; the last one, which
starts with "Seen:", says where the mistake was met and is not shown.
"""

import numpy as np


def momentum_without_learning_rate(w, dw, config=None):
    """the velocity sums up gradients without the learning rate.

    Your velocity is 1 / learning_rate times too long, and so is your step.
    Print the ratio of next_w - w to dw in the first step.

    Seen: in CS231n submissions, as v = mu * v - dw.
    """
    config = _defaults(config, learning_rate=1e-2, momentum=0.9, velocity=np.zeros_like(w))
    v = config["momentum"] * config["velocity"] - dw
    return w + v, {**config, "velocity": v}


def momentum_not_stored(w, dw, config=None):
    """the new velocity is not stored in config.

    Your first step is right; every later one starts from the old velocity again.
    Print config["velocity"] before and after a call.

    Seen: in CS231n submissions.
    """
    config = _defaults(config, learning_rate=1e-2, momentum=0.9, velocity=np.zeros_like(w))
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + v, config


def adam_without_bias_correction(w, dw, config=None):
    """bias correction is left out.

    m and v start at zero and grow slowly, and nothing in your step allows for that.
    Compare the length of your first step with the learning rate.

    Seen: 7 of 18 wrong Adams in CS231n submissions.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"])
    return next_w, {**config, "t": t, "m": m, "v": v}


def _defaults(config, **values):
    return {**values, **(config or {})}


def _adam_defaults(config, w):
    zeros = np.zeros_like(w)
    state = {"m": zeros, "v": zeros, "t": 0}
    return _defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, **state)


def _adam_moments(config, dw):
    beta1, beta2 = config["beta1"], config["beta2"]
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    return config["t"] + 1, m, v


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "sgd_momentum": [momentum_without_learning_rate, momentum_not_stored],
    "adam": [adam_without_bias_correction],
}

# Wrong in a way that leaves nothing to judge a later function against.
NOTHING_TO_FOLLOW = []
