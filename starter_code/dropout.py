"""Inverted dropout: forward and backward pass.

Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting (2014).
"""

import numpy as np


def dropout_forward(x, dropout_param):
    """Keep every unit with probability p during training; do nothing at test time.

    In training a unit that is kept is divided by p, so that its expected value stays what it was
    and test time needs no scaling ("inverted" dropout). Every unit is drawn independently.

    x: array of any shape
    dropout_param:
    - p: probability of KEEPING a unit, 0 < p <= 1
    - mode: "train" or "test"
    - seed: optional int; makes the mask reproducible, for gradient checks

    Returns (out, cache): out has the shape of x; cache holds whatever dropout_backward needs.
    """
    p, mode = dropout_param["p"], dropout_param["mode"]
    if not 0 < p <= 1:
        raise ValueError(f'dropout_param["p"] must be in (0, 1], not {p!r}')
    rng = np.random.default_rng(dropout_param.get("seed"))

    mask = None
    if mode == "train":
        # Draw the mask (with rng, or with any generator you like) and apply it.
        raise NotImplementedError("dropout_forward: your code goes here")
    elif mode == "test":
        raise NotImplementedError("dropout_forward: your code goes here")
    else:
        raise ValueError(f'dropout_param["mode"] must be "train" or "test", not {mode!r}')

    cache = (dropout_param, mask)
    return out, cache


def dropout_backward(dout, cache):
    """Backward pass of dropout: the gradient passes where, and scaled as, the input passed.

    dout: gradient of the loss with respect to out, any shape
    cache: what dropout_forward returned

    Returns dx, shaped like dout.
    """
    dropout_param, mask = cache
    mode = dropout_param["mode"]

    if mode == "train":
        raise NotImplementedError("dropout_backward: your code goes here")
    elif mode == "test":
        raise NotImplementedError("dropout_backward: your code goes here")

    return dx
