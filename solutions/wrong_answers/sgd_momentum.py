"""Known misconceptions about SGD with momentum, one small function each.

A function's docstring is what the student reads. Its first line completes "Exactly what you get
when ..."; the lines after it say what that means and name one small experiment; the last one, which
starts with "Seen:", says where the mistake was met and is not shown.

Each is the solution, statement by statement, with one thing changed: then two of them can be put
together, because students often make two mistakes at once.
"""

import numpy as np


def momentum_not_stored(w, dw, config=None):
    """the new velocity is not stored in config.

    Your first step is right; every later one starts from the old velocity again.
    Print config and its keys before and after a call.

    Seen: in CS231n submissions, left out or stored under a misspelt key.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v

    return next_w, config


def momentum_without_learning_rate(w, dw, config=None):
    """the velocity sums up gradients without the learning rate.

    From rest, your velocity is 1 / learning_rate times too long, and so is your step.
    Print the ratio of next_w - w to dw in the first step.

    Seen: in CS231n submissions, as v = mu * v - dw.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v - dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def momentum_velocity_of_gradients(w, dw, config=None):
    """the velocity sums up gradients, and the learning rate comes in with the step.

    From zero velocity that moves w exactly as it should; from any other velocity it does not.
    Start from a velocity of ones with a zero gradient: how far does w move, and which way?

    Seen: in CS231n submissions, as v = mu * v + dw; w -= lr * v. PyTorch does it so.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v + dw
    next_w = w - config["learning_rate"] * v
    config["velocity"] = v

    return next_w, config


def momentum_opposite_velocity(w, dw, config=None):
    """the velocity points uphill and is subtracted.

    From zero velocity that moves w exactly as it should; a given velocity moves it backwards.
    Start from a velocity of ones with a zero gradient: which way does w move?

    Seen: in CS231n submissions, as v = mu * v + lr * dw; w -= v.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v + config["learning_rate"] * dw
    next_w = w - v
    config["velocity"] = v

    return next_w, config


def momentum_climbs(w, dw, config=None):
    """the step goes along the gradient, not against it.

    That climbs: the loss grows with every step, and faster and faster.
    Take one step from w = 1 with dw = 1: on which side of 1 does next_w lie?

    Seen: not yet met; a sign left out.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v + config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def momentum_old_velocity(w, dw, config=None):
    """w moves by the velocity from before its update.

    Your first step from rest goes nowhere, and each later one comes a step too late.
    Take one step from a fresh config and compare next_w with w.

    Seen: not yet met; two lines in the other order.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    old = v
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + old
    config["velocity"] = v

    return next_w, config


def momentum_averages(w, dw, config=None):
    """the velocity is an average of past steps, not their sum.

    From rest your steps are 1 - momentum times as long as they should be: a tenth, at 0.9.
    Compare the length of your first step with that of learning_rate * dw.

    Seen: not yet met; the form of Adam's first moment carried over.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    mu = config["momentum"]
    v = mu * v - (1 - mu) * config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def momentum_looks_ahead(w, dw, config=None):
    """the step looks ahead, as in Nesterov's momentum.

    That is a rule of its own: its first step from rest is 1 + momentum times as long.
    Compare the length of your first step with that of learning_rate * dw.

    Seen: not yet met; the course notes show both rules on one page.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    mu, v_prev = config["momentum"], v
    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w - mu * v_prev + (1 + mu) * v
    config["velocity"] = v

    return next_w, config


def momentum_is_always_0_9(w, dw, config=None):
    """momentum is 0.9 whatever config says.

    With the default your steps are right; with any other value they do not change.
    Set momentum to 0 and take two steps: does the second still depend on the first?

    Seen: not yet met; a number typed in where config holds it.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = 0.9 * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def momentum_other_default(w, dw, config=None):
    """the default momentum is 0.99.

    Your first step from rest is right; each later one keeps more of the past than it should.
    Print the config that comes back from a call without one, and read the docstring beside it.

    Seen: in CS231n submissions that changed a default while tuning.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.99)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def momentum_other_key(w, dw, config=None):
    """the velocity is kept in config under another name than "velocity".

    A run from scratch goes well, but a velocity that config brings along is not seen.
    Print the keys of the config that comes back.

    Seen: in CS231n submissions.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocty", np.zeros_like(w))

    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocty"] = v

    return next_w, config


def momentum_shared_default(w, dw, config={}):
    """the default config is one dict that all calls share, and None is not expected.

    Two optimizers that start without a config then push each other's velocity.
    Call twice without a config, change one of the dicts that come back, and print the other.

    Seen: in CS231n submissions.
    """
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def momentum_scales_dw_in_place(w, dw, config=None):
    """dw itself is multiplied by the learning rate, in place.

    The gradient belongs to the caller, who finds it changed after your step.
    Print dw before and after a call.

    Seen: not yet met; dw *= lr to save a copy.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    dw *= config["learning_rate"]
    v = config["momentum"] * v - dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "sgd_momentum": [
        momentum_not_stored,
        momentum_without_learning_rate,
        momentum_velocity_of_gradients,
        momentum_opposite_velocity,
        momentum_climbs,
        momentum_old_velocity,
        momentum_averages,
        momentum_looks_ahead,
        momentum_is_always_0_9,
        momentum_other_default,
        momentum_other_key,
        momentum_shared_default,
        momentum_scales_dw_in_place,
    ],
}


# From zero velocity, which is how training starts, these take the right steps.
CHARGED_ONCE = [momentum_opposite_velocity, momentum_velocity_of_gradients]
