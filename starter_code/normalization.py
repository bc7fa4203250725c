"""Batch normalization and layer normalization: forward and backward pass.

Shapes: x, out, dout, dx are (N, D): N examples with D features each; gamma, beta, dgamma, dbeta
and the running statistics are (D,).

Sources: Ioffe and Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing
Internal Covariate Shift (2015); Ba, Kiros and Hinton, Layer Normalization (2016).
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalize every feature over the batch, then scale by gamma and shift by beta.

    Training uses the mean and the (biased, divided by N) variance of this batch:

        out = gamma * (x - mean) / sqrt(var + eps) + beta

    and keeps running averages of both for test time:

        running_mean <- momentum * running_mean + (1 - momentum) * mean
        running_var  <- momentum * running_var  + (1 - momentum) * var

    Test time uses the running averages in place of the batch's own statistics, with the same gamma
    and beta, so that an example's output does not depend on the others in its batch.

    bn_param:
    - mode: "train" or "test"; required
    - eps: added to the variance for numerical stability (default 1e-5)
    - momentum: share of the running averages that survives a batch (default 0.9)
    - running_mean, running_var: (D,), zero before the first batch; updated here

    Returns (out, cache): cache holds whatever batchnorm_backward needs.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        # Normalize with this batch's statistics, keep what the backward pass needs in cache,
        # and update running_mean and running_var.
        raise NotImplementedError("batchnorm_forward: your code goes here")
    elif mode == "test":
        # Normalize with the running statistics. No backward pass follows: cache may be None.
        raise NotImplementedError("batchnorm_forward: your code goes here")
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    """Backward pass of batch normalization in training mode.

    The mean and the variance depend on x too: the gradient flows through both.

    dout: (N, D), gradient of the loss with respect to out
    cache: what batchnorm_forward returned

    Returns (dx, dgamma, dbeta) of shapes (N, D), (D,), (D,).
    """
    raise NotImplementedError("batchnorm_backward: your code goes here")

    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    """The backward pass of batch normalization as one formula (bonus).

    Same arguments and results as batchnorm_backward. Work the derivative out on paper, let the
    terms cancel, and write dx as a single expression of dout and x_hat; on large batches it should
    be no slower than batchnorm_backward.
    """
    raise NotImplementedError("batchnorm_backward_alt: your code goes here")

    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    """Normalize every example over its features, then scale and shift each feature (bonus).

        out = gamma * (x - mean) / sqrt(var + eps) + beta      mean and var of each row of x

    No example depends on another: training and test time are the same, and there are no running
    statistics.

    ln_param:
    - eps: added to the variance for numerical stability (default 1e-5)

    Returns (out, cache): cache holds whatever layernorm_backward needs.
    """
    eps = ln_param.get("eps", 1e-5)

    raise NotImplementedError("layernorm_forward: your code goes here")

    return out, cache


def layernorm_backward(dout, cache):
    """Backward pass of layer normalization (bonus).

    dout: (N, D), gradient of the loss with respect to out
    cache: what layernorm_forward returned

    Returns (dx, dgamma, dbeta) of shapes (N, D), (D,), (D,).
    """
    raise NotImplementedError("layernorm_backward: your code goes here")

    return dx, dgamma, dbeta
