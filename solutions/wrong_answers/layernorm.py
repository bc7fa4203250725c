"""Known misconceptions about layer normalization; see `sgd_momentum.py`."""

import numpy as np


def layernorm_over_the_batch(x, gamma, beta, ln_param):
    """every feature is normalized over the batch.

    That is batch normalization: your columns have mean 0, where the rows should.
    Pass one row alone, then the same row among others: its out should not change.

    Seen: in CS231n submissions, with a backward pass to match; the notebook does not notice.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean(axis=0, keepdims=True)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=0, keepdims=True) + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_over_everything(x, gamma, beta, ln_param):
    """one mean and one variance serve all examples together.

    An example's out then depends on the examples beside it.
    Pass one row alone, then the same row among others: its out should not change.

    Seen: not yet met; an axis left out.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean()
    inv_std = 1 / np.sqrt((centered**2).mean() + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_statistics_lose_their_axis(x, gamma, beta, ln_param):
    """the rows' means have lost their axis and meet the columns of x.

    An array of shape (N,) is lined up with the last axis of x, and that is D long.
    Print the shapes of x and of your mean for a batch of 2 rows and 3 columns.

    Seen: not yet met; keepdims left out.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean(axis=1)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=1) + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_scales_the_transpose(x, gamma, beta, ln_param):
    """gamma and beta meet x while its rows and columns have changed places.

    gamma and beta hold one number for each feature. Yours are lined up with the examples.
    With two rows and three columns, print the shapes of all that meets gamma.

    Seen: not yet met; batch normalization called on x.T.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean(axis=1, keepdims=True)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centered * inv_std
    out = (gamma * x_hat.T + beta).T
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_unbiased_variance(x, gamma, beta, ln_param):
    """the variance is divided by D - 1.

    Before gamma and beta, every entry comes out too small by sqrt((D - 1) / D).
    Normalize a row of 1 and -1, with gamma 1 and beta 0: what should come out?

    Seen: not yet met; in batch normalization it was, as ddof=1.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean(axis=1, keepdims=True)
    inv_std = 1 / np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_without_eps(x, gamma, beta, ln_param):
    """eps is left out.

    At 1e-5 that makes little difference, until an example of equal features is divided by 0.
    Normalize a row of equal numbers, or set eps to 1 and see whether out changes.

    Seen: not yet met; in batch normalization it was.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean(axis=1, keepdims=True)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=1, keepdims=True))
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_eps_outside_root(x, gamma, beta, ln_param):
    """eps is added to the standard deviation, not to the variance.

    For an example of nearly equal features, you can divide by a number 300 times too small.
    Set eps to 1 and normalize a row of variance 1: what is it divided by?

    Seen: not yet met; in batch normalization it was.
    """
    eps = ln_param.get("eps", 1e-5)

    centered = x - x.mean(axis=1, keepdims=True)
    inv_std = 1 / (np.sqrt((centered**2).mean(axis=1, keepdims=True)) + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_eps_is_always_1e_5(x, gamma, beta, ln_param):
    """eps is 1e-5 whatever ln_param says.

    With the default your out is right; with any other value it does not change.
    Set eps to 1000: out should hardly differ from beta.

    Seen: not yet met; a number typed in where ln_param holds it.
    """
    eps = 1e-5

    centered = x - x.mean(axis=1, keepdims=True)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_centers_x_in_place(x, gamma, beta, ln_param):
    """x itself is centered, in place.

    x belongs to the caller: the layer before needs it once more and finds it changed.
    Print the mean of x before and after a call.

    Seen: not yet met; in batch normalization it was, as x -= mean.
    """
    eps = ln_param.get("eps", 1e-5)

    x -= x.mean(axis=1, keepdims=True)
    centered = x
    inv_std = 1 / np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centered * inv_std
    out = gamma * x_hat + beta
    cache = (x_hat, gamma, inv_std)

    return out, cache


def layernorm_backward_over_the_batch(dout, cache):
    """the sums in dx run over the batch.

    That is batch normalization's dx. Here a mean belongs to a row, and no row moves another.
    Change one row of dout: which rows of dx change?

    Seen: not yet met; batchnorm_backward copied.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    mean_dx_hat = dx_hat.mean(axis=0, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=0, keepdims=True)
    dx = inv_std * (dx_hat - mean_dx_hat - x_hat * mean_along_x)

    return dx, dgamma, dbeta


def layernorm_backward_gamma_outside(dout, cache):
    """gamma multiplies the sums in dx from outside.

    A column has one gamma, a row has all of them: over a row it is no common factor.
    Set gamma to [1, 0, 0]: does out depend on the other two features? Your dx says no.

    Seen: not yet met; the one-line formula of batch normalization with the axis changed.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout
    mean_dx_hat = dx_hat.mean(axis=1, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = gamma * inv_std * (dx_hat - mean_dx_hat - x_hat * mean_along_x)

    return dx, dgamma, dbeta


def layernorm_backward_without_gamma(dout, cache):
    """gamma is missing from dx.

    out is gamma times the normalized x: what reaches x has passed through gamma.
    Set gamma to 0: out no longer depends on x, and dx should say so.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout
    mean_dx_hat = dx_hat.mean(axis=1, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = inv_std * (dx_hat - mean_dx_hat - x_hat * mean_along_x)

    return dx, dgamma, dbeta


def layernorm_backward_constant_statistics(dout, cache):
    """the mean and the variance are treated as constants.

    Both depend on x, so a change of one x moves the out of its whole row.
    Sum your dx over each row: a shift of a row does not change out at all.

    Seen: not yet met; in batch normalization it was.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    mean_dx_hat = dx_hat.mean(axis=1, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = inv_std * dx_hat

    return dx, dgamma, dbeta


def layernorm_backward_constant_mean(dout, cache):
    """the gradient through the mean is left out.

    A shift of a whole row does not change out, so each row of dx should sum to 0.
    Print the row sums of dx, beside the size of its entries.

    Seen: not yet met; one of the three paths left out.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    mean_dx_hat = dx_hat.mean(axis=1, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = inv_std * (dx_hat - x_hat * mean_along_x)

    return dx, dgamma, dbeta


def layernorm_backward_constant_variance(dout, cache):
    """the gradient through the variance is left out.

    Stretching a row about its mean hardly changes out, and your dx does not know it.
    Sum dx times (x - mean) along each row: that should give nearly 0.

    Seen: not yet met; one of the three paths left out.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    mean_dx_hat = dx_hat.mean(axis=1, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = inv_std * (dx_hat - mean_dx_hat)

    return dx, dgamma, dbeta


def layernorm_backward_divides_by_n(dout, cache):
    """the sums in dx are divided by the number of examples.

    A row's mean and variance are over its D features, however many rows there are.
    Pass one row alone, then the same row among others: its dx should not change.

    Seen: not yet met; N of batch normalization kept.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    mean_dx_hat = dx_hat.sum(axis=1, keepdims=True) / len(dout)
    mean_along_x = (dx_hat * x_hat).sum(axis=1, keepdims=True) / len(dout)
    dx = inv_std * (dx_hat - mean_dx_hat - x_hat * mean_along_x)

    return dx, dgamma, dbeta


def layernorm_backward_parameters_over_features(dout, cache):
    """dgamma and dbeta are summed over the features.

    They come out with one entry for each example, and gamma has one for each feature.
    Print the shapes of dgamma and dbeta beside that of gamma.

    Seen: not yet met; the axis changed in every sum.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=1)
    dgamma = (dout * x_hat).sum(axis=1)

    dx_hat = dout * gamma
    mean_dx_hat = dx_hat.mean(axis=1, keepdims=True)
    mean_along_x = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = inv_std * (dx_hat - mean_dx_hat - x_hat * mean_along_x)

    return dx, dgamma, dbeta


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "layernorm_forward": [
        layernorm_over_the_batch,
        layernorm_over_everything,
        layernorm_statistics_lose_their_axis,
        layernorm_scales_the_transpose,
        layernorm_unbiased_variance,
        layernorm_without_eps,
        layernorm_eps_outside_root,
        layernorm_eps_is_always_1e_5,
        layernorm_centers_x_in_place,
    ],
    "layernorm_backward": [
        layernorm_backward_over_the_batch,
        layernorm_backward_gamma_outside,
        layernorm_backward_without_gamma,
        layernorm_backward_constant_statistics,
        layernorm_backward_constant_mean,
        layernorm_backward_constant_variance,
        layernorm_backward_divides_by_n,
        layernorm_backward_parameters_over_features,
    ],
}
