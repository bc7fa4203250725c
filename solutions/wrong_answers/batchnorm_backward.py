"""Known misconceptions about batch normalization, backward; see `sgd_momentum.py`."""

import numpy as np


def batchnorm_backward_constant_statistics(dout, cache):
    """the mean and the variance are treated as constants.

    Both depend on x, so a change of one x moves the out of every row.
    Sum your dx over the batch: a shift of all rows alike does not change out at all.

    Seen: in CS231n submissions.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std * dx_hat

    return dx, dgamma, dbeta


def batchnorm_backward_constant_mean(dout, cache):
    """the gradient through the mean is left out.

    A shift of all rows alike does not change out, so each column of dx should sum to 0.
    Print the column sums of dx, beside the size of its entries.

    Seen: not yet met; one of the three paths left out.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_constant_variance(dout, cache):
    """the gradient through the variance is left out.

    Stretching a feature about its mean hardly changes out, and your dx does not know it.
    Sum dx times (x - mean) over the batch: every column should give nearly 0.

    Seen: not yet met; one of the three paths left out.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_variance_twice(dout, cache):
    """the gradient through the variance is counted twice.

    That path has a square on it and a root; their derivatives bring a 2 and a 1/2.
    Differentiate 1 / sqrt(var + eps) on paper and test the result with two nearby variances.

    Seen: not yet met; the power -1/2 differentiated without its factor.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - 2 * x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_variance_halved(dout, cache):
    """only half of the gradient through the variance arrives.

    That path has a square on it and a root; their derivatives bring a 2 and a 1/2.
    Differentiate (x - mean)^2 on paper and test the result with two nearby values of x.

    Seen: not yet met; the square differentiated without its factor.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = (
        inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - 0.5 * x_hat * (dx_hat * x_hat).sum(axis=0))
    )

    return dx, dgamma, dbeta


def batchnorm_backward_sums_for_means(dout, cache):
    """the gradients of the mean and the variance miss their 1 / N.

    Mean and variance divide by N, so one example moves each by only an N-th part.
    Pass the same batch stacked twice, dout too: the rows of dx should not grow.

    Seen: not yet met; a division left out.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std * (dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_without_sums(dout, cache):
    """dx takes each example's own gradient where the sum over the batch belongs.

    Each x moves the mean, and the mean moves every row: all rows of dout should reach each dx.
    Change one row of dout: which rows of dx change?

    Seen: in CS231n submissions.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat - x_hat * (dx_hat * x_hat))

    return dx, dgamma, dbeta


def batchnorm_backward_sums_over_everything(dout, cache):
    """the sums in dx run over all features, not over the batch alone.

    Every feature has a mean and a variance of its own: no gradient crosses from one to another.
    Change one column of dout: which columns of dx change?

    Seen: in CS231n submissions, as np.sum without an axis.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum() - x_hat * (dx_hat * x_hat).sum())

    return dx, dgamma, dbeta


def batchnorm_backward_scalar_parameters(dout, cache):
    """dgamma and dbeta are summed over the features as well.

    They come out as single numbers, and every feature has a gamma and a beta of its own.
    Print the shapes of dgamma and dbeta beside that of gamma.

    Seen: in CS231n submissions, as np.sum without an axis.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum()
    dgamma = (dout * x_hat).sum()

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_parameters_not_summed(dout, cache):
    """dgamma and dbeta are not summed over the batch.

    All rows share one gamma and one beta, so what the rows ask of them has to meet somewhere.
    Print the shapes of dgamma and dbeta beside that of gamma.

    Seen: in CS231n submissions.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout
    dgamma = dout * x_hat

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_without_gamma(dout, cache):
    """gamma is missing from dx.

    out is gamma times the normalized x: what reaches x has passed through gamma.
    Set gamma to 0: out no longer depends on x, and dx should say so.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_without_std(dout, cache):
    """dx is not divided by the standard deviation.

    A feature on a scale ten times larger should have a gradient ten times smaller.
    Multiply x by 10, leave dout as it is, and compare the two dx.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = 1 / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_dgamma_of_centered(dout, cache):
    """dgamma is taken with x - mean, not with the normalized x.

    gamma multiplies what is left after the division by the standard deviation.
    Multiply x by 10, leave dout as it is: dgamma should hardly change.

    Seen: not yet met; the wrong intermediate taken from the cache.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat / inv_std).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_another_eps(dout, cache):
    """the backward pass takes eps = 1e-5, whatever the forward pass took.

    The two then divide by different numbers, and dx is not the gradient of your out.
    Set eps to 1 in bn_param and compare dx with a numeric gradient.

    Seen: in CS231n submissions.
    """
    x_hat, gamma, inv_std = cache
    var = ((x_hat / inv_std) ** 2).mean(axis=0)
    inv_std = 1 / np.sqrt(var + 1e-5)
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_another_cache(dout, cache):
    """the backward pass unpacks another cache than the forward pass packs.

    Forward and backward have to agree on what the cache holds, and in which order.
    Print the length of the cache at the end of one and at the start of the other.

    Seen: in CS231n submissions, in the simplified form.
    """
    x, x_hat, _, var, gamma, eps = cache
    inv_std = 1 / np.sqrt(var + eps)
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dx_hat = dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_scales_dout_in_place(dout, cache):
    """dout itself is multiplied by gamma, in place.

    dout belongs to the caller, who may need it again and finds it changed.
    Print dout before and after a call, with gamma 2.

    Seen: not yet met; in CS231n submissions relu_backward writes into dout.
    """
    x_hat, gamma, inv_std = cache
    N = dout.shape[0]

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)

    dout *= gamma
    dx_hat = dout
    dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_another_cache(dout, cache):
    """the formula unpacks another cache than the forward pass packs.

    One cache serves both of your backward passes: it can have one content and one order only.
    Print the length of the cache at the end of one and at the start of the other.

    Seen: in CS231n submissions.
    """
    x, mean, var, gamma, eps = cache
    inv_std = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv_std

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - (dbeta + x_hat * dgamma) / len(dout))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_without_n(dout, cache):
    """the two sums in the formula are not divided by N.

    Mean and variance divide by N, so one example moves each by only an N-th part.
    Pass the same batch stacked twice, dout too: the rows of dx should not grow.

    Seen: not yet met; a factor lost while terms cancel.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - (dbeta + x_hat * dgamma))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_divides_by_n_minus_1(dout, cache):
    """the two sums in the formula are divided by N - 1.

    Your forward pass divides its variance by N, and dx belongs to that forward pass.
    Sum dx over a batch of two rows: a shift of both alike does not change out at all.

    Seen: not yet met; the unbiased variance differentiated.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - (dbeta + x_hat * dgamma) / (len(dout) - 1))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_constant_mean(dout, cache):
    """the sum of dout is missing from the formula.

    A shift of all rows alike does not change out, so each column of dx should sum to 0.
    Print the column sums of dx, beside the size of its entries.

    Seen: not yet met; one of two sums taken to cancel.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - x_hat * dgamma / len(dout))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_constant_variance(dout, cache):
    """the sum of dout times the normalized x is missing from the formula.

    Stretching a feature about its mean hardly changes out, and your dx does not know it.
    Sum dx times (x - mean) over the batch: every column should give nearly 0.

    Seen: not yet met; one of two sums taken to cancel.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - dbeta / len(dout))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_opposite_variance(dout, cache):
    """the gradient through the variance has the opposite sign.

    Where x grows the variance grows too, and the normalized x becomes smaller, not larger.
    Sum dx times (x - mean) over the batch: every column should give nearly 0.

    Seen: not yet met; a sign lost in the power -1/2.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * inv_std * (dout - (dbeta - x_hat * dgamma) / len(dout))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_gamma_twice(dout, cache):
    """gamma is in the formula twice.

    out is gamma times the normalized x, once: dx should grow like gamma, not like its square.
    Double gamma, leave dout as it is, and compare the two dx.

    Seen: not yet met; gamma both in front and inside the sums.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma**2 * inv_std * (dout - (dbeta + x_hat * dgamma) / len(dout))

    return dx, dgamma, dbeta


def batchnorm_backward_alt_without_std(dout, cache):
    """dx is not divided by the standard deviation.

    A feature on a scale ten times larger should have a gradient ten times smaller.
    Multiply x by 10, leave dout as it is, and compare the two dx.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache

    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * (dout - (dbeta + x_hat * dgamma) / len(dout))

    return dx, dgamma, dbeta


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "batchnorm_backward": [
        batchnorm_backward_constant_statistics,
        batchnorm_backward_constant_mean,
        batchnorm_backward_constant_variance,
        batchnorm_backward_variance_twice,
        batchnorm_backward_variance_halved,
        batchnorm_backward_sums_for_means,
        batchnorm_backward_without_sums,
        batchnorm_backward_sums_over_everything,
        batchnorm_backward_scalar_parameters,
        batchnorm_backward_parameters_not_summed,
        batchnorm_backward_without_gamma,
        batchnorm_backward_without_std,
        batchnorm_backward_dgamma_of_centered,
        batchnorm_backward_another_eps,
        batchnorm_backward_another_cache,
        batchnorm_backward_scales_dout_in_place,
    ],
    "batchnorm_backward_alt": [
        batchnorm_backward_alt_another_cache,
        batchnorm_backward_alt_without_n,
        batchnorm_backward_alt_divides_by_n_minus_1,
        batchnorm_backward_alt_constant_mean,
        batchnorm_backward_alt_constant_variance,
        batchnorm_backward_alt_opposite_variance,
        batchnorm_backward_alt_gamma_twice,
        batchnorm_backward_alt_without_std,
    ],
}
