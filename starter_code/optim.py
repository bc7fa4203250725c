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


def nesterov_momentum(w, dw, config=None):
    """Nesterov momentum, rewritten so that it needs the gradient at the current w only (bonus).

    Nesterov's method looks ahead: it takes the gradient where the velocity is about to lead. In
    terms of the looked-ahead parameters, which is what w holds here, one step is

        v_prev = v
        v <- momentum * v - learning_rate * dw
        w <- w - momentum * v_prev + (1 + momentum) * v

    config:
    - learning_rate: step size (default 1e-2)
    - momentum: share of the velocity that survives a step, in [0, 1) (default 0.9)
    - velocity: array shaped like w, zero before the first step

    Source: Sutskever et al., On the importance of initialization and momentum in deep learning
    (2013); the rewritten form: Bengio et al., Advances in Optimizing Recurrent Networks (2013).
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))

    # Update the velocity, store it back in config, and move w (as next_w).
    raise NotImplementedError("nesterov_momentum: your code goes here")

    return next_w, config


def adagrad(w, dw, config=None):
    """AdaGrad: a step size per parameter, from the sum of all its squared gradients (bonus).

        cache <- cache + dw^2
        w     <- w - learning_rate * dw / (sqrt(cache) + epsilon)

    config:
    - learning_rate: step size (default 1e-2)
    - epsilon: small number that avoids a division by zero (default 1e-8)
    - cache: array shaped like w, sum of squared gradients, zero before the first step

    Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization (2011).
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("cache", np.zeros_like(w))

    # Add to the sum first, then take the step with the new sum.
    raise NotImplementedError("adagrad: your code goes here")

    return next_w, config


def adadelta(w, dw, config=None):
    """Adadelta: RMSProp whose learning rate is replaced by the size of its own steps (bonus).

        cache <- decay_rate * cache + (1 - decay_rate) * dw^2
        step  =  sqrt(delta + epsilon) / sqrt(cache + epsilon) * dw
        delta <- decay_rate * delta + (1 - decay_rate) * step^2      (after it was used)
        w     <- w - learning_rate * step

    config:
    - learning_rate: factor on the step (default 1.0, as in the paper)
    - decay_rate: share of both averages that survives a step, in [0, 1) (default 0.95)
    - epsilon: inside both roots; it also sets the size of the first steps (default 1e-6)
    - cache: array shaped like w, moving average of squared gradients, zero before the first step
    - delta: array shaped like w, moving average of squared steps, zero before the first step

    Source: Zeiler, ADADELTA: An Adaptive Learning Rate Method (2012), algorithm 1.
    """
    if config is None:
        config = {}
    config.setdefault("learning_rate", 1.0)
    config.setdefault("decay_rate", 0.95)
    config.setdefault("epsilon", 1e-6)
    config.setdefault("cache", np.zeros_like(w))
    config.setdefault("delta", np.zeros_like(w))

    raise NotImplementedError("adadelta: your code goes here")

    return next_w, config


def amsgrad(w, dw, config=None):
    """AMSGrad: Adam that remembers its largest second moment (bonus).

    As Adam, but the step is divided by the largest second moment so far:

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw^2
        v_max <- max(v_max, v)
        m_hat = m / (1 - beta1^t)
        v_hat = v_max / (1 - beta2^t)
        w <- w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    config:
    - learning_rate, beta1, beta2, epsilon: as for Adam (defaults 1e-3, 0.9, 0.999, 1e-8)
    - m, v, v_max: arrays shaped like w, zero before the first step
    - t: number of steps taken so far, 0 before the first step

    Source: Reddi, Kale and Kumar, On the Convergence of Adam and Beyond (2018). The paper leaves
    bias correction out; so may you.
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

    raise NotImplementedError("amsgrad: your code goes here")

    return next_w, config
