"""Known misconceptions about AdaGrad; see `sgd_momentum.py`."""

import numpy as np


def adagrad_decays(w, dw, config=None):
    """the cache is a moving average of squared gradients, not their sum.

    That is RMSProp: from scratch, your first step is ten times too long.
    Feed dw = 1 ten times and print config["cache"]: what is the sum of ten ones?

    Seen: not yet met; rmsprop copied, with its decay of 0.99.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = 0.99 * config["cache"] + 0.01 * dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def adagrad_without_root(w, dw, config=None):
    """the square root of the sum is missing.

    Your steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the steps should come out as before.

    Seen: not yet met; in rmsprop it was.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (cache + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def adagrad_epsilon_multiplies(w, dw, config=None):
    """epsilon multiplies the root instead of being added to it.

    Your steps are about 1 / epsilon times too long: 1e8 times, at the default.
    Take one step with dw = 1 and compare its length with the learning rate.

    Seen: not yet met; in rmsprop it was, as np.sqrt(cache) * eps.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) * config["epsilon"])
    config["cache"] = cache

    return next_w, config


def adagrad_not_stored(w, dw, config=None):
    """the new sum is used but not stored in config.

    Your first step is right; every later one has forgotten the gradients in between.
    Print config["cache"] after one step and after two.

    Seen: not yet met; in rmsprop it was.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])

    return next_w, config


def adagrad_keeps_the_last_square(w, dw, config=None):
    """the cache holds the latest squared gradient alone.

    Every step is then as long as the learning rate, where AdaGrad's steps get shorter.
    Feed dw = 1 four times: the fourth step should be half as long as the first.

    Seen: not yet met; stored where it should be added.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def adagrad_old_cache(w, dw, config=None):
    """the step divides by the sum from before its update.

    In a first step that sum is zero, and epsilon alone is left to divide by.
    Take one step from a fresh config with dw = 1 and look at its length.

    Seen: not yet met; in rmsprop it was.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def adagrad_without_square(w, dw, config=None):
    """the gradient enters the sum without being squared.

    A sum of squares is never negative. Yours can be, and then its root is not a number.
    Take one step with dw = -1 and print config["cache"].

    Seen: not yet met; a square left out.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = config["cache"] + dw
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])
    config["cache"] = cache

    return next_w, config


def adagrad_ignores_epsilon(w, dw, config=None):
    """the step does not depend on config["epsilon"].

    At the default nobody notices; with a larger epsilon your steps come out too long.
    Take one step with epsilon = 1000: w should hardly move.

    Seen: not yet met; in rmsprop it was, as a typed-in 1e-8.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + 1e-8)
    config["cache"] = cache

    return next_w, config


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "adagrad": [
        adagrad_decays,
        adagrad_without_root,
        adagrad_epsilon_multiplies,
        adagrad_not_stored,
        adagrad_keeps_the_last_square,
        adagrad_old_cache,
        adagrad_without_square,
        adagrad_ignores_epsilon,
    ],
}
