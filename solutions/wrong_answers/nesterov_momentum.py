"""Known misconceptions about Nesterov momentum; see `sgd_momentum.py`."""

import numpy as np


def nesterov_without_looking_ahead(w, dw, config=None):
    """the step is that of plain momentum.

    From rest, Nesterov's first step is 1 + momentum times as long as the one you take.
    Print v_prev and v where the step uses them: are they two different arrays?

    Seen: not yet met; v_prev read after the update, or v updated in place under both names.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v

    return next_w, config


def nesterov_without_v_prev(w, dw, config=None):
    """the old velocity is missing from the step.

    From rest your first step is right; later ones go too far along the old velocity.
    Start from a velocity of ones with a zero gradient: how far does w move?

    Seen: not yet met; one of the three terms left out.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev - config["learning_rate"] * dw
    next_w = w + (1 + momentum) * v
    config["velocity"] = v

    return next_w, config


def nesterov_adds_v_prev(w, dw, config=None):
    """the old velocity enters the step with the opposite sign.

    From rest your first step is right; later ones go too far along the old velocity.
    Start from a velocity of ones with a zero gradient: how far does w move?

    Seen: not yet met; a sign left out.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev - config["learning_rate"] * dw
    next_w = w + momentum * v_prev + (1 + momentum) * v
    config["velocity"] = v

    return next_w, config


def nesterov_velocity_cancels(w, dw, config=None):
    """the step is that of plain gradient descent.

    Your velocity is kept up, and yet w does not depend on it: two terms cancel.
    Take three steps with momentum 0.9 and three with momentum 0: do they differ?

    Seen: not yet met; (1 + momentum) * v written as v alone.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev - config["learning_rate"] * dw
    next_w = w - momentum * v_prev + v
    config["velocity"] = v

    return next_w, config


def nesterov_not_stored(w, dw, config=None):
    """the new velocity is not stored in config.

    Your first step is right; every later one starts from the old velocity again.
    Print config["velocity"] after one step and after two.

    Seen: not yet met; in momentum it was.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev - config["learning_rate"] * dw
    next_w = w - momentum * v_prev + (1 + momentum) * v

    return next_w, config


def nesterov_velocity_of_gradients(w, dw, config=None):
    """the velocity sums up gradients, and the learning rate comes in with the step.

    From zero velocity that moves w exactly as it should; from any other velocity it does not.
    Start from a velocity of ones with a zero gradient: how far does w move, and which way?

    Seen: not yet met; in momentum it was. PyTorch does it so.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev + dw
    next_w = w - config["learning_rate"] * (dw + momentum * v)
    config["velocity"] = v

    return next_w, config


def nesterov_opposite_velocity(w, dw, config=None):
    """the velocity points uphill and is subtracted.

    From zero velocity that moves w exactly as it should; a given velocity moves it backwards.
    Start from a velocity of ones with a zero gradient: which way does w move?

    Seen: not yet met; in momentum it was.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    momentum, v_prev = config["momentum"], v
    v = momentum * v_prev + config["learning_rate"] * dw
    next_w = w + momentum * v_prev - (1 + momentum) * v
    config["velocity"] = v

    return next_w, config


def nesterov_is_always_0_9(w, dw, config=None):
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

    momentum, v_prev = 0.9, v
    v = momentum * v_prev - config["learning_rate"] * dw
    next_w = w - momentum * v_prev + (1 + momentum) * v
    config["velocity"] = v

    return next_w, config


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "nesterov_momentum": [
        nesterov_without_looking_ahead,
        nesterov_without_v_prev,
        nesterov_adds_v_prev,
        nesterov_velocity_cancels,
        nesterov_not_stored,
        nesterov_velocity_of_gradients,
        nesterov_opposite_velocity,
        nesterov_is_always_0_9,
    ],
}
