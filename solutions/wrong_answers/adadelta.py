"""Known misconceptions about Adadelta; see `sgd_momentum.py`."""

import numpy as np


def adadelta_new_delta(w, dw, config=None):
    """delta is updated before the step uses it.

    At the defaults your first step is 1.4 times too long: delta has already grown there.
    Print delta in your first step, at the line that takes its root.

    Seen: not yet met; the order of cache carried over to delta.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"] + epsilon) / np.sqrt(cache + epsilon) * dw
    delta = decay * config["delta"] + (1 - decay) * step**2
    step = np.sqrt(delta + epsilon) / np.sqrt(cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = delta

    return next_w, config


def adadelta_delta_of_gradients(w, dw, config=None):
    """delta averages squared gradients, not squared steps.

    delta then grows like cache, their roots nearly cancel, and w moves by dw itself.
    Print cache and delta after two steps from a fresh config: which is the larger?

    Seen: not yet met; the line for cache copied.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"] + epsilon) / np.sqrt(cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * dw**2

    return next_w, config


def adadelta_delta_of_scaled_steps(w, dw, config=None):
    """delta averages steps that the learning rate has scaled.

    At the default of 1 nobody notices; a smaller one then shrinks every later step once more.
    Feed the same gradients at learning_rate 1 and at 0.5: delta should come out the same.

    Seen: not yet met; the difference of two w taken for the step.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"] + epsilon) / np.sqrt(cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * (config["learning_rate"] * step) ** 2

    return next_w, config


def adadelta_delta_not_stored(w, dw, config=None):
    """the new delta is not stored in config.

    Your first step is right; in every later one delta is what it was at the start.
    Print config["delta"] after one step and after two.

    Seen: not yet met; one of two states forgotten.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"] + epsilon) / np.sqrt(cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache

    return next_w, config


def adadelta_without_roots(w, dw, config=None):
    """the square roots are missing.

    Your first steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the first step should hardly change.

    Seen: not yet met; in rmsprop it was.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = (config["delta"] + epsilon) / (cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * step**2

    return next_w, config


def adadelta_epsilon_outside_roots(w, dw, config=None):
    """epsilon is added to the roots, not to what is under them.

    epsilon sets the size of the first steps: at the default, yours are 1000 times too short.
    Take one step with dw = 1 at epsilon 1e-6 and one at 1e-4: how do their lengths compare?

    Seen: not yet met; the form of rmsprop carried over.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = (np.sqrt(config["delta"]) + epsilon) / (np.sqrt(cache) + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * step**2

    return next_w, config


def adadelta_without_epsilon_above(w, dw, config=None):
    """epsilon is missing under the root of delta.

    delta starts at zero: then your first step is zero, delta stays zero, and w never moves.
    Take three steps from a fresh config and compare next_w with w.

    Seen: not yet met; epsilon taken for a guard against dividing by zero only.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"]) / np.sqrt(cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * step**2

    return next_w, config


def adadelta_ignores_learning_rate(w, dw, config=None):
    """the step does not depend on config["learning_rate"].

    At the default of 1 nobody notices; a schedule that lowers it has no effect on you.
    Take one step with learning_rate = 0: w should stay where it is.

    Seen: not yet met; the paper has no such factor, the handout has.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"] + epsilon) / np.sqrt(cache + epsilon) * dw
    next_w = w - step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * step**2

    return next_w, config


def adadelta_other_default(w, dw, config=None):
    """learning_rate is 1e-2 where config does not give it.

    With a given learning rate your steps are right; without, a hundred times too short.
    Take one step from a fresh config and print config["learning_rate"] after it.

    Seen: not yet met; the default of the other rules copied.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    decay, epsilon = config["decay_rate"], config["epsilon"]
    cache = decay * config["cache"] + (1 - decay) * dw**2
    step = np.sqrt(config["delta"] + epsilon) / np.sqrt(cache + epsilon) * dw
    next_w = w - config["learning_rate"] * step
    config["cache"] = cache
    config["delta"] = decay * config["delta"] + (1 - decay) * step**2

    return next_w, config


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "adadelta": [
        adadelta_new_delta,
        adadelta_delta_of_gradients,
        adadelta_delta_of_scaled_steps,
        adadelta_delta_not_stored,
        adadelta_without_roots,
        adadelta_epsilon_outside_roots,
        adadelta_without_epsilon_above,
        adadelta_ignores_learning_rate,
        adadelta_other_default,
    ],
}
