"""First-order update rules.

Every rule has the same signature, so that a Solver can use any of them:

    next_w, config = rule(w, dw, config=None)

w       numpy array of any shape, the parameters
dw      numpy array of the same shape, the gradient of the loss with respect to w
config  dict of hyperparameters and of the rule's own state (velocity, moving averages, step count);
        None means "first step, all defaults"

A rule returns the updated parameters and the config to pass to the next step. The gradient is
never changed. State has the shape and the dtype of w.
"""

import numpy as np


def sgd(w, dw, config=None):
    """Vanilla stochastic gradient descent (given, as an example of the signature).

    config:
    - learning_rate: step size (default 1e-2)
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)

    next_w = w - config["learning_rate"] * dw
    return next_w, config


def sgd_momentum(w, dw, config=None):
    """Stochastic gradient descent with momentum.

    The velocity is a decaying sum of past steps; the parameters move by the velocity:

        v <- momentum * v - learning_rate * dw
        w <- w + v

    config:
    - learning_rate: step size (default 1e-2)
    - momentum: share of the velocity that survives a step, in [0, 1) (default 0.9)
    - velocity: array shaped like w, zero before the first step
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    # Update the velocity, store it back in config, and move w by it (as next_w).
    raise NotImplementedError("sgd_momentum: your code goes here")

    return next_w, config


def rmsprop(w, dw, config=None):
    """RMSProp: a step size per parameter, from a moving average of squared gradients.

        cache <- decay_rate * cache + (1 - decay_rate) * dw^2
        w     <- w - learning_rate * dw / (sqrt(cache) + epsilon)

    config:
    - learning_rate: step size (default 1e-2)
    - decay_rate: share of the moving average that survives a step, in [0, 1) (default 0.99)
    - epsilon: small number that avoids a division by zero (default 1e-8)
    - cache: array shaped like w, moving average of squared gradients, zero before the first step

    Source: Tieleman and Hinton, COURSERA: Neural Networks for Machine Learning, lecture 6.5 (2012).
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("decay_rate", 0.99)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    # Update the moving average in config first, then take the step with the updated one.
    raise NotImplementedError("rmsprop: your code goes here")

    return next_w, config


def adam(w, dw, config=None):
    """Adam: momentum and RMSProp together, both corrected for starting at zero.

        t <- t + 1                                   (before it is used)
        m <- beta1 * m + (1 - beta1) * dw            first moment
        v <- beta2 * v + (1 - beta2) * dw^2          second moment
        m_hat = m / (1 - beta1^t)                    bias corrections
        v_hat = v / (1 - beta2^t)
        w <- w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    config:
    - learning_rate: step size (default 1e-3)
    - beta1: decay of the first moment (default 0.9)
    - beta2: decay of the second moment (default 0.999)
    - epsilon: small number that avoids a division by zero (default 1e-8)
    - m, v: arrays shaped like w, the (uncorrected) moments, zero before the first step
    - t: number of steps taken so far, 0 before the first step

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)

    # Advance t, update m and v, and take the step. What goes back into config is t, m and v
    # as they are before bias correction.
    raise NotImplementedError("adam: your code goes here")

    return next_w, config
