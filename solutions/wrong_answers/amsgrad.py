"""Known misconceptions about AMSGrad; see `sgd_momentum.py`."""

import numpy as np


def amsgrad_is_adam(w, dw, config=None):
    """the step is that of plain Adam.

    After a large gradient v fades again, and your steps grow with it; v_max does not fade.
    Feed one large gradient and then small ones: print v, v_max and what you divide by.

    Seen: not yet met; v_max computed and not used.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"], config["v_max"] = t, m, v, v_max

    return next_w, config


def amsgrad_maximum_not_stored(w, dw, config=None):
    """the new v_max is used but not stored in config.

    Each maximum is then taken against zero, and from a fresh config your steps are Adam's.
    Print config["v_max"] after one step and after two.

    Seen: not yet met; one of four states forgotten.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"] = t, m, v

    return next_w, config


def amsgrad_old_maximum(w, dw, config=None):
    """the step divides by v_max from before its update.

    In a first step that is zero, and epsilon alone is left to divide by.
    Take one step from a fresh config with dw = 1 and look at its length.

    Seen: not yet met; two lines in the other order.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    m_hat = m / (1 - beta1**t)
    v_hat = config["v_max"] / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"], config["v_max"] = t, m, v, v_max

    return next_w, config


def amsgrad_maximum_replaces_v(w, dw, config=None):
    """the maximum is stored as v too.

    The next moving average then starts from the maximum, and can no longer fall below it.
    Feed one large gradient and then small ones: v should fall while v_max stays.

    Seen: not yet met; one name for both.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"], config["v_max"] = t, m, v_max, v_max

    return next_w, config


def amsgrad_one_maximum_for_all(w, dw, config=None):
    """one maximum serves all entries of w.

    What every entry is divided by then follows the entry with the largest gradients.
    Take one step with dw = [1, 0.01]: both entries should move equally far.

    Seen: not yet met; np.max taken for np.maximum.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.full_like(v, max(config["v_max"].max(), v.max()))
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"], config["v_max"] = t, m, v, v_max

    return next_w, config


def amsgrad_maximum_of_squares(w, dw, config=None):
    """v_max is the largest squared gradient, not the largest v.

    From scratch dw^2 is a thousand times v at the default, and your step 32 times too short.
    Take one step with dw = 1 from a fresh config and print v beside v_max.

    Seen: not yet met; the maximum taken before the average.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], dw**2)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"], config["v_max"] = t, m, v, v_max

    return next_w, config


def amsgrad_m_uncorrected(w, dw, config=None):
    """v_max is corrected but the step takes m as it is.

    Your first step is 1 - beta1 times as long as it should be: a tenth, at the default.
    Compare the length of your first step with the learning rate.

    Seen: not yet met; in Adam it was. The paper corrects neither.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    m_hat = m
    v_hat = v_max / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["t"], config["m"], config["v"], config["v_max"] = t, m, v, v_max

    return next_w, config


def amsgrad_same_correction_every_step(w, dw, config=None):
    """the bias correction stays what it was in the first step.

    Your first step is right. m and v go on growing after it, so their correction has to fade.
    Print t and both corrections in three consecutive steps.

    Seen: not yet met; in Adam it was, t never advanced or never stored.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("v_max", np.zeros_like(w))
    config.setdefault("t", 0)

    beta1, beta2 = config["beta1"], config["beta2"]
    t = config["t"] + 1
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    v_max = np.maximum(config["v_max"], v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    config["m"], config["v"], config["v_max"] = m, v, v_max

    return next_w, config


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "amsgrad": [
        amsgrad_is_adam,
        amsgrad_maximum_not_stored,
        amsgrad_old_maximum,
        amsgrad_maximum_replaces_v,
        amsgrad_one_maximum_for_all,
        amsgrad_maximum_of_squares,
        amsgrad_m_uncorrected,
        amsgrad_same_correction_every_step,
    ],
}
