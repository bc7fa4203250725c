"""Batch normalization: forward and backward pass.

Shapes: x, out, dout, dx are (N, D): N examples with D features each; gamma, beta, dgamma, dbeta
and the running statistics are (D,).

Source: Ioffe and Szegedy, Batch Normalization: Accelerating Deep Network Training by Reducing
Internal Covariate Shift (2015).
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
