"""Known misconceptions about RMSProp; see `sgd_momentum.py`."""

import numpy as np


def rmsprop_without_root(w, dw, config=None):
    """the square root of the moving average is missing.

    Your steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the steps should come out as before.

    Seen: in CS231n submissions.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / (cache + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def rmsprop_epsilon_multiplies(w, dw, config=None):
    """epsilon multiplies the root instead of being added to it.

    Your steps are about 1 / epsilon times too long: 1e8 times, at the default.
    Take one step with dw = 1 and compare its length with the learning rate.

    Seen: in CS231n submissions, as np.sqrt(cache) * eps.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) * config["epsilon"])
    config["cache"] = cache

    return next_w, config


def rmsprop_not_stored(w, dw, config=None):
    """the new moving average is used but not stored in config.

    Your first step is right; every later one has forgotten the gradients in between.
    Print config["cache"] after one step and after two.

    Seen: in CS231n submissions.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])

    return next_w, config


def rmsprop_old_cache(w, dw, config=None):
    """the step divides by the moving average from before its update.

    In a first step that average is zero, and epsilon alone is left to divide by.
    Take one step from a fresh config with dw = 1 and look at its length.

    Seen: in CS231n submissions.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def rmsprop_ignores_epsilon(w, dw, config=None):
    """the step does not depend on config["epsilon"].

    At the default nobody notices; with a larger epsilon your steps come out too long.
    Take one step with epsilon = 1000: w should hardly move.

    Seen: in CS231n submissions, as a typed-in 1e-8.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + 1e-8)
    config["cache"] = cache

    return next_w, config


def rmsprop_swapped_shares(w, dw, config=None):
    """the old average and the new square have changed places in the moving average.

    Your average forgets 99% of itself in every step and follows the latest gradient alone.
    Take one step with dw = 1 from a fresh config and print config["cache"].

    Seen: not yet met; decay_rate read as the share of the new.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = (1 - decay) * config["cache"] + decay * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def rmsprop_sums(w, dw, config=None):
    """the new squared gradient enters the moving average with its full weight.

    From scratch your average is a hundred times too large at the default, your steps a tenth.
    Feed dw = 1 ten times: an average of ones cannot exceed 1.

    Seen: not yet met; Adagrad's sum with a decay.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def rmsprop_without_square(w, dw, config=None):
    """the gradient enters the moving average without being squared.

    An average of squares is never negative. Yours is, and its root is not a number.
    Take one step with dw = -1 and print config["cache"].

    Seen: not yet met; a square left out.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def rmsprop_epsilon_outside(w, dw, config=None):
    """epsilon is added to the quotient, not to the root that divides.

    At the default that hardly shows, until a weight without gradient divides 0 by 0.
    Take one step with a zero gradient from a fresh config.

    Seen: not yet met; a pair of parentheses left out.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    next_w = w - config["learning_rate"] * dw / np.sqrt(cache) + config["epsilon"]
    config["cache"] = cache

    return next_w, config


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "rmsprop": [
        rmsprop_without_root,
        rmsprop_epsilon_multiplies,
        rmsprop_not_stored,
        rmsprop_old_cache,
        rmsprop_ignores_epsilon,
        rmsprop_swapped_shares,
        rmsprop_sums,
        rmsprop_without_square,
        rmsprop_epsilon_outside,
    ],
}
