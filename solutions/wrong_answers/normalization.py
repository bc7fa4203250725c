"""Known misconceptions about batch and layer normalization; `optim.py` says how to read one.

Every forward pass here leaves the solution's cache (x_hat, gamma, inv_std) of its own statistics,
and every backward pass expects it: a mistake in one is run with the right form of the other.
"""

import numpy as np


def batchnorm_test_without_gamma_beta(x, gamma, beta, bn_param):
    """test mode leaves gamma and beta out.

    Training scales and shifts, testing does not: the next layer meets numbers it never saw.
    In test mode, set gamma to 0 and beta to 5: what should every entry of out be?

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    return _batchnorm(
        x,
        gamma,
        beta,
        bn_param,
        test=lambda mean, var, eps: (x - mean) / np.sqrt(var + eps),
    )


def batchnorm_test_uses_the_batch(x, gamma, beta, bn_param):
    """test mode normalizes with the statistics of the test batch.

    What comes out for an example then depends on the other examples beside it.
    In test mode, pass one row alone, then the same row among others.

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    batch_mean, batch_var = x.mean(axis=0), x.var(axis=0)
    return _batchnorm(
        x,
        gamma,
        beta,
        bn_param,
        test=lambda mean, var, eps: gamma * (x - batch_mean) / np.sqrt(batch_var + eps) + beta,
    )


def batchnorm_momentum_swapped(x, gamma, beta, bn_param):
    """momentum is the share of the new batch in the running statistics.

    Your running statistics forget most of themselves with every batch.
    After one batch from zero, which part of the batch's mean does running_mean hold?

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    return _batchnorm(
        x,
        gamma,
        beta,
        bn_param,
        average=lambda momentum, old, new: (1 - momentum) * old + momentum * new,
    )


def batchnorm_running_overwritten(x, gamma, beta, bn_param):
    """the running statistics in bn_param stay what they were before the batch.

    Either they are not updated, or the old ones are written over the new ones further down.
    Print bn_param["running_mean"] at the last line of the function, in every batch.

    Seen: in CS231n submissions, written inside the branch and then overwritten below it.
    """
    return _batchnorm(x, gamma, beta, bn_param, average=lambda momentum, old, new: old)


def batchnorm_running_is_last_batch(x, gamma, beta, bn_param):
    """the running statistics are those of the last batch alone.

    What earlier batches contributed is gone, and test mode follows the noise of the last one.
    After some batches pass one of zeros: how much of running_mean is left?

    Seen: not yet met; stored where it should be averaged.
    """
    return _batchnorm(x, gamma, beta, bn_param, average=lambda momentum, old, new: new)


def batchnorm_running_var_unbiased(x, gamma, beta, bn_param):
    """running_var averages variances that are divided by N - 1.

    Test mode should meet the variance that training divides by, and that one is over N.
    Train once on two rows: which part of their variance does running_var hold?

    Seen: not yet met; PyTorch does it so.
    """
    unbiased = x.var(axis=0, ddof=1)
    average = _moving_average
    return _batchnorm(
        x,
        gamma,
        beta,
        bn_param,
        average_var=lambda momentum, old, new: average(momentum, old, unbiased),
    )


def batchnorm_unbiased_variance(x, gamma, beta, bn_param):
    """the variance is divided by N - 1.

    Before gamma and beta, every entry comes out too small by sqrt((N - 1) / N).
    Normalize two rows, 1 and -1, with gamma 1 and beta 0: what should come out?

    Seen: in CS231n submissions, as ddof=1. Such a forward pass passes its own gradient check.
    """
    return _batchnorm(x, gamma, beta, bn_param, variance=lambda x: x.var(axis=0, ddof=1))


def batchnorm_without_eps(x, gamma, beta, bn_param):
    """eps is left out.

    At 1e-5 that makes little difference, until a feature that never varies is divided by 0.
    Normalize a batch with one constant column, or set eps to 1 and see whether out changes.

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    return _batchnorm(x, gamma, beta, bn_param, invert=lambda var, eps: 1 / np.sqrt(var))


def batchnorm_eps_outside_root(x, gamma, beta, bn_param):
    """eps is added to the standard deviation, not to the variance.

    For a feature that hardly varies, the number you divide by can come out 300 times too small.
    Set eps to 1 and normalize a column of variance 1: what is it divided by?

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    return _batchnorm(x, gamma, beta, bn_param, invert=lambda var, eps: 1 / (np.sqrt(var) + eps))


def batchnorm_centers_x_in_place(x, gamma, beta, bn_param):
    """x itself is centered, in place.

    x belongs to the caller: the layer before needs it once more and finds it changed.
    Print the mean of x before and after a call.

    Seen: in CS231n submissions, as x -= mean.
    """
    result = _batchnorm(x, gamma, beta, bn_param)
    if bn_param["mode"] == "train":
        x -= x.mean(axis=0)
    return result


def batchnorm_over_features(x, gamma, beta, bn_param):
    """every example is normalized over its features.

    That is layer normalization: your rows have mean 0, where the columns should.
    With gamma 1 and beta 0, print the means of out along either axis.

    Seen: not yet met; the two axes confused, as layer norms in CS231n submissions do.
    """
    return _batchnorm(
        x,
        gamma,
        beta,
        bn_param,
        mean=lambda x: x.mean(axis=1, keepdims=True),
        variance=lambda x: x.var(axis=1, keepdims=True),
    )


def batchnorm_over_everything(x, gamma, beta, bn_param):
    """one mean and one variance serve all features together.

    Features that differ in offset and spread still differ afterwards.
    With gamma 1 and beta 0, print the mean of every column of out.

    Seen: not yet met; an axis left out.
    """
    return _batchnorm(x, gamma, beta, bn_param, mean=lambda x: x.mean(), variance=lambda x: x.var())


def batchnorm_divides_by_variance(x, gamma, beta, bn_param):
    """x is divided by its variance, not by its standard deviation.

    The spread of a feature is then turned upside down, where it should become 1.
    With gamma 1 and beta 0, print the standard deviation of every column of out.

    Seen: not yet met; a root left out.
    """
    return _batchnorm(x, gamma, beta, bn_param, invert=lambda var, eps: 1 / (var + eps))


def batchnorm_test_divides_by_variance(x, gamma, beta, bn_param):
    """test mode divides by running_var, not by its root.

    Training and testing then scale the same x differently.
    In test mode take mean 0, variance 4, gamma 1, beta 0: what should x = 2 give?

    Seen: not yet met; running_var taken for a standard deviation.
    """
    return _batchnorm(
        x,
        gamma,
        beta,
        bn_param,
        test=lambda mean, var, eps: gamma * (x - mean) / (var + eps) + beta,
    )


def batchnorm_trains_with_running(x, gamma, beta, bn_param):
    """training normalizes with the running statistics, like test mode.

    Those hardly know this batch: its share in them is 1 - momentum.
    In training, add 100 to one column of x: out should stay what it is.

    Seen: not yet met; one formula for both modes.
    """
    _batchnorm(x, gamma, beta, bn_param)  # updates the running statistics
    mean, var = bn_param["running_mean"], bn_param["running_var"]
    inv_std = 1 / np.sqrt(var + bn_param.get("eps", 1e-5))
    x_hat = (x - mean) * inv_std
    return gamma * x_hat + beta, (x_hat, gamma, inv_std)


def batchnorm_scales_and_shifts_only(x, gamma, beta, bn_param):
    """x is scaled and shifted but not normalized.

    Neither the mean nor the variance of a feature has any effect on your out.
    Add 100 to one column of x: out should stay what it is.

    Seen: not yet met; the last line written first.
    """
    return gamma * x + beta, (x, gamma, np.ones_like(gamma))


def batchnorm_backward_constant_statistics(dout, cache):
    """the mean and the variance are treated as constants.

    Both depend on x, so a change of one x moves the out of every row.
    Sum your dx over the batch: a shift of all rows alike does not change out at all.

    Seen: in CS231n submissions.
    """
    return _dx(dout, cache, through_mean=0, through_variance=0), *_parameters(dout, cache)


def batchnorm_backward_constant_mean(dout, cache):
    """the gradient through the mean is left out.

    A shift of all rows alike does not change out, so each column of dx should sum to 0.
    Print the column sums of dx, beside the size of its entries.

    Seen: not yet met; one of the three paths left out.
    """
    return _dx(dout, cache, through_mean=0), *_parameters(dout, cache)


def batchnorm_backward_constant_variance(dout, cache):
    """the gradient through the variance is left out.

    Stretching a feature about its mean hardly changes out, and your dx does not know it.
    Sum dx times (x - mean) over the batch: every column should give nearly 0.

    Seen: not yet met; one of the three paths left out.
    """
    return _dx(dout, cache, through_variance=0), *_parameters(dout, cache)


def batchnorm_backward_variance_twice(dout, cache):
    """the gradient through the variance is counted twice.

    That path has a square on it and a root; their derivatives bring a 2 and a 1/2.
    Differentiate 1 / sqrt(var + eps) on paper and test the result with two nearby variances.

    Seen: not yet met; the power -1/2 differentiated without its factor.
    """
    return _dx(dout, cache, through_variance=2), *_parameters(dout, cache)


def batchnorm_backward_variance_halved(dout, cache):
    """only half of the gradient through the variance arrives.

    That path has a square on it and a root; their derivatives bring a 2 and a 1/2.
    Differentiate (x - mean)^2 on paper and test the result with two nearby values of x.

    Seen: not yet met; the square differentiated without its factor.
    """
    return _dx(dout, cache, through_variance=0.5), *_parameters(dout, cache)


def batchnorm_backward_sums_for_means(dout, cache):
    """the gradients of the mean and the variance miss their 1 / N.

    Mean and variance divide by N, so one example moves each by only an N-th part.
    Pass the same batch stacked twice, dout too: the rows of dx should not grow.

    Seen: not yet met; a division left out.
    """
    N = dout.shape[0]
    return _dx(dout, cache, through_mean=N, through_variance=N), *_parameters(dout, cache)


def batchnorm_backward_without_sums(dout, cache):
    """dx takes each example's own gradient where the sum over the batch belongs.

    Each x moves the mean, and the mean moves every row: all rows of dout should reach each dx.
    Change one row of dout: which rows of dx change?

    Seen: in CS231n submissions.
    """
    x_hat, gamma, inv_std = cache
    N, dx_hat = dout.shape[0], dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat - x_hat * dx_hat * x_hat)
    return dx, *_parameters(dout, cache)


def batchnorm_backward_sums_over_everything(dout, cache):
    """the sums in dx run over all features, not over the batch alone.

    Every feature has a mean and a variance of its own: no gradient crosses from one to another.
    Change one column of dout: which columns of dx change?

    Seen: in CS231n submissions, as np.sum without an axis.
    """
    x_hat, gamma, inv_std = cache
    N, dx_hat = dout.shape[0], dout * gamma
    dx = inv_std / N * (N * dx_hat - dx_hat.sum() - x_hat * (dx_hat * x_hat).sum())
    return dx, *_parameters(dout, cache)


def batchnorm_backward_scalar_parameters(dout, cache):
    """dgamma and dbeta are summed over the features as well.

    They come out as single numbers, and every feature has a gamma and a beta of its own.
    Print the shapes of dgamma and dbeta beside that of gamma.

    Seen: in CS231n submissions, as np.sum without an axis.
    """
    x_hat, _, _ = cache
    return _dx(dout, cache), np.sum(dout * x_hat), np.sum(dout)


def batchnorm_backward_parameters_not_summed(dout, cache):
    """dgamma and dbeta are not summed over the batch.

    All rows share one gamma and one beta, so what the rows ask of them has to meet somewhere.
    Print the shapes of dgamma and dbeta beside that of gamma.

    Seen: in CS231n submissions.
    """
    x_hat, _, _ = cache
    return _dx(dout, cache), dout * x_hat, dout


def batchnorm_backward_without_gamma(dout, cache):
    """gamma is missing from dx.

    out is gamma times the normalized x: what reaches x has passed through gamma.
    Set gamma to 0: out no longer depends on x, and dx should say so.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache
    return _dx(dout, (x_hat, np.ones_like(gamma), inv_std)), *_parameters(dout, cache)


def batchnorm_backward_without_std(dout, cache):
    """dx is not divided by the standard deviation.

    A feature on a scale ten times larger should have a gradient ten times smaller.
    Multiply x by 10, leave dout as it is, and compare the two dx.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache
    return _dx(dout, (x_hat, gamma, np.ones_like(inv_std))), *_parameters(dout, cache)


def batchnorm_backward_dgamma_of_centered(dout, cache):
    """dgamma is taken with x - mean, not with the normalized x.

    gamma multiplies what is left after the division by the standard deviation.
    Multiply x by 10, leave dout as it is: dgamma should hardly change.

    Seen: not yet met; the wrong intermediate taken from the cache.
    """
    x_hat, _, inv_std = cache
    _, dbeta = _parameters(dout, cache)
    return _dx(dout, cache), (dout * x_hat / inv_std).sum(axis=0), dbeta


def batchnorm_backward_another_eps(dout, cache):
    """the backward pass takes eps = 1e-5, whatever the forward pass took.

    The two then divide by different numbers, and dx is not the gradient of your out.
    Set eps to 1 in bn_param and compare dx with a numeric gradient.

    Seen: in CS231n submissions.
    """
    x_hat, gamma, inv_std = cache
    var = ((x_hat / inv_std) ** 2).mean(axis=0)
    own_inv_std = 1 / np.sqrt(var + 1e-5)
    return _dx(dout, (x_hat, gamma, own_inv_std)), *_parameters(dout, cache)


def batchnorm_backward_another_cache(dout, cache):
    """the backward pass unpacks another cache than the forward pass packs.

    Forward and backward have to agree on what the cache holds, and in which order.
    Print the length of the cache at the end of one and at the start of the other.

    Seen: in CS231n submissions, in the simplified form.
    """
    x, x_hat, _, var, gamma, eps = cache
    return _dx(dout, (x_hat, gamma, 1 / np.sqrt(var + eps))), *_parameters(x, cache)


def batchnorm_backward_scales_dout_in_place(dout, cache):
    """dout itself is multiplied by gamma, in place.

    dout belongs to the caller, who may need it again and finds it changed.
    Print dout before and after a call, with gamma 2.

    Seen: not yet met; in CS231n submissions relu_backward writes into dout.
    """
    gradients = _dx(dout, cache), *_parameters(dout, cache)
    dout *= cache[1]
    return gradients


def batchnorm_backward_alt_another_cache(dout, cache):
    """the formula unpacks another cache than the forward pass packs.

    One cache serves both of your backward passes: it can have one content and one order only.
    Print the length of the cache at the end of one and at the start of the other.

    Seen: in CS231n submissions.
    """
    x, mean, var, gamma, eps = cache
    inv_std = 1 / np.sqrt(var + eps)
    cache = ((x - mean) * inv_std, gamma, inv_std)
    return _dx(dout, cache), *_parameters(dout, cache)


def batchnorm_backward_alt_without_n(dout, cache):
    """the two sums in the formula are not divided by N.

    Mean and variance divide by N, so one example moves each by only an N-th part.
    Pass the same batch stacked twice, dout too: the rows of dx should not grow.

    Seen: not yet met; a factor lost while terms cancel.
    """
    N = dout.shape[0]
    return _dx(dout, cache, through_mean=N, through_variance=N), *_parameters(dout, cache)


def batchnorm_backward_alt_divides_by_n_minus_1(dout, cache):
    """the two sums in the formula are divided by N - 1.

    Your forward pass divides its variance by N, and dx belongs to that forward pass.
    Sum dx over a batch of two rows: a shift of both alike does not change out at all.

    Seen: not yet met; the unbiased variance differentiated.
    """
    share = len(dout) / (len(dout) - 1)
    return _dx(dout, cache, share, share), *_parameters(dout, cache)


def batchnorm_backward_alt_constant_mean(dout, cache):
    """the sum of dout is missing from the formula.

    A shift of all rows alike does not change out, so each column of dx should sum to 0.
    Print the column sums of dx, beside the size of its entries.

    Seen: not yet met; one of two sums taken to cancel.
    """
    return _dx(dout, cache, through_mean=0), *_parameters(dout, cache)


def batchnorm_backward_alt_constant_variance(dout, cache):
    """the sum of dout times the normalized x is missing from the formula.

    Stretching a feature about its mean hardly changes out, and your dx does not know it.
    Sum dx times (x - mean) over the batch: every column should give nearly 0.

    Seen: not yet met; one of two sums taken to cancel.
    """
    return _dx(dout, cache, through_variance=0), *_parameters(dout, cache)


def batchnorm_backward_alt_opposite_variance(dout, cache):
    """the gradient through the variance has the opposite sign.

    Where x grows the variance grows too, and the normalized x becomes smaller, not larger.
    Sum dx times (x - mean) over the batch: every column should give nearly 0.

    Seen: not yet met; a sign lost in the power -1/2.
    """
    return _dx(dout, cache, through_variance=-1), *_parameters(dout, cache)


def batchnorm_backward_alt_gamma_twice(dout, cache):
    """gamma is in the formula twice.

    out is gamma times the normalized x, once: dx should grow like gamma, not like its square.
    Double gamma, leave dout as it is, and compare the two dx.

    Seen: not yet met; gamma both in front and inside the sums.
    """
    x_hat, gamma, inv_std = cache
    return _dx(dout, (x_hat, gamma**2, inv_std)), *_parameters(dout, cache)


def batchnorm_backward_alt_without_std(dout, cache):
    """dx is not divided by the standard deviation.

    A feature on a scale ten times larger should have a gradient ten times smaller.
    Multiply x by 10, leave dout as it is, and compare the two dx.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache
    return _dx(dout, (x_hat, gamma, np.ones_like(inv_std))), *_parameters(dout, cache)


def layernorm_over_the_batch(x, gamma, beta, ln_param):
    """every feature is normalized over the batch.

    That is batch normalization: your columns have mean 0, where the rows should.
    Pass one row alone, then the same row among others: its out should not change.

    Seen: in CS231n submissions, with a backward pass to match; the notebook does not notice.
    """
    return _layernorm(x, gamma, beta, ln_param, axis=0)


def layernorm_over_everything(x, gamma, beta, ln_param):
    """one mean and one variance serve all examples together.

    An example's out then depends on the examples beside it.
    Pass one row alone, then the same row among others: its out should not change.

    Seen: not yet met; an axis left out.
    """
    return _layernorm(x, gamma, beta, ln_param, axis=None)


def layernorm_statistics_lose_their_axis(x, gamma, beta, ln_param):
    """the rows' means have lost their axis and meet the columns of x.

    An array of shape (N,) is lined up with the last axis of x, and that is D long.
    Print the shapes of x and of your mean for a batch of 2 rows and 3 columns.

    Seen: not yet met; keepdims left out.
    """
    eps = ln_param.get("eps", 1e-5)
    inv_std = 1 / np.sqrt(x.var(axis=1) + eps)
    x_hat = (x - x.mean(axis=1)) * inv_std
    return gamma * x_hat + beta, (x_hat, gamma, inv_std)


def layernorm_scales_the_transpose(x, gamma, beta, ln_param):
    """gamma and beta meet x while its rows and columns have changed places.

    gamma and beta hold one number for each feature. Yours are lined up with the examples.
    With two rows and three columns, print the shapes of all that meets gamma.

    Seen: not yet met; batch normalization called on x.T.
    """
    _, (x_hat, _, inv_std) = _layernorm(x, gamma, beta, ln_param)
    return (gamma * x_hat.T + beta).T, (x_hat, gamma, inv_std)


def layernorm_unbiased_variance(x, gamma, beta, ln_param):
    """the variance is divided by D - 1.

    Before gamma and beta, every entry comes out too small by sqrt((D - 1) / D).
    Normalize a row of 1 and -1, with gamma 1 and beta 0: what should come out?

    Seen: not yet met; in batch normalization it was, as ddof=1.
    """
    return _layernorm(x, gamma, beta, ln_param, ddof=1)


def layernorm_without_eps(x, gamma, beta, ln_param):
    """eps is left out.

    At 1e-5 that makes little difference, until an example of equal features is divided by 0.
    Normalize a row of equal numbers, or set eps to 1 and see whether out changes.

    Seen: not yet met; in batch normalization it was.
    """
    return _layernorm(x, gamma, beta, ln_param, invert=lambda var, eps: 1 / np.sqrt(var))


def layernorm_eps_outside_root(x, gamma, beta, ln_param):
    """eps is added to the standard deviation, not to the variance.

    For an example of nearly equal features, you can divide by a number 300 times too small.
    Set eps to 1 and normalize a row of variance 1: what is it divided by?

    Seen: not yet met; in batch normalization it was.
    """
    return _layernorm(x, gamma, beta, ln_param, invert=lambda var, eps: 1 / (np.sqrt(var) + eps))


def layernorm_eps_is_always_1e_5(x, gamma, beta, ln_param):
    """eps is 1e-5 whatever ln_param says.

    With the default your out is right; with any other value it does not change.
    Set eps to 1000: out should hardly differ from beta.

    Seen: not yet met; a number typed in where ln_param holds it.
    """
    return _layernorm(x, gamma, beta, {}, invert=lambda var, eps: 1 / np.sqrt(var + 1e-5))


def layernorm_centers_x_in_place(x, gamma, beta, ln_param):
    """x itself is centered, in place.

    x belongs to the caller: the layer before needs it once more and finds it changed.
    Print the mean of x before and after a call.

    Seen: not yet met; in batch normalization it was, as x -= mean.
    """
    result = _layernorm(x, gamma, beta, ln_param)
    x -= x.mean(axis=1, keepdims=True)
    return result


def layernorm_backward_over_the_batch(dout, cache):
    """the sums in dx run over the batch.

    That is batch normalization's dx. Here a mean belongs to a row, and no row moves another.
    Change one row of dout: which rows of dx change?

    Seen: not yet met; batchnorm_backward copied.
    """
    return _layernorm_dx(dout, cache, axis=0), *_parameters(dout, cache)


def layernorm_backward_gamma_outside(dout, cache):
    """gamma multiplies the sums in dx from outside.

    A column has one gamma, a row has all of them: over a row it is no common factor.
    Set gamma to [1, 0, 0]: does out depend on the other two features? Your dx says no.

    Seen: not yet met; the one-line formula of batch normalization with the axis changed.
    """
    x_hat, gamma, inv_std = cache
    dx = gamma * _layernorm_dx(dout, (x_hat, np.ones_like(gamma), inv_std))
    return dx, *_parameters(dout, cache)


def layernorm_backward_without_gamma(dout, cache):
    """gamma is missing from dx.

    out is gamma times the normalized x: what reaches x has passed through gamma.
    Set gamma to 0: out no longer depends on x, and dx should say so.

    Seen: not yet met; a factor left out.
    """
    x_hat, gamma, inv_std = cache
    dx = _layernorm_dx(dout, (x_hat, np.ones_like(gamma), inv_std))
    return dx, *_parameters(dout, cache)


def layernorm_backward_constant_statistics(dout, cache):
    """the mean and the variance are treated as constants.

    Both depend on x, so a change of one x moves the out of its whole row.
    Sum your dx over each row: a shift of a row does not change out at all.

    Seen: not yet met; in batch normalization it was.
    """
    dx = _layernorm_dx(dout, cache, through_mean=0, through_variance=0)
    return dx, *_parameters(dout, cache)


def layernorm_backward_constant_mean(dout, cache):
    """the gradient through the mean is left out.

    A shift of a whole row does not change out, so each row of dx should sum to 0.
    Print the row sums of dx, beside the size of its entries.

    Seen: not yet met; one of the three paths left out.
    """
    return _layernorm_dx(dout, cache, through_mean=0), *_parameters(dout, cache)


def layernorm_backward_constant_variance(dout, cache):
    """the gradient through the variance is left out.

    Stretching a row about its mean hardly changes out, and your dx does not know it.
    Sum dx times (x - mean) along each row: that should give nearly 0.

    Seen: not yet met; one of the three paths left out.
    """
    return _layernorm_dx(dout, cache, through_variance=0), *_parameters(dout, cache)


def layernorm_backward_divides_by_n(dout, cache):
    """the sums in dx are divided by the number of examples.

    A row's mean and variance are over its D features, however many rows there are.
    Pass one row alone, then the same row among others: its dx should not change.

    Seen: not yet met; N of batch normalization kept.
    """
    share = dout.shape[1] / dout.shape[0]
    return _layernorm_dx(dout, cache, share, share), *_parameters(dout, cache)


def layernorm_backward_parameters_over_features(dout, cache):
    """dgamma and dbeta are summed over the features.

    They come out with one entry for each example, and gamma has one for each feature.
    Print the shapes of dgamma and dbeta beside that of gamma.

    Seen: not yet met; the axis changed in every sum.
    """
    x_hat, _, _ = cache
    return _layernorm_dx(dout, cache), (dout * x_hat).sum(axis=1), dout.sum(axis=1)


def _moving_average(momentum, old, new):
    return momentum * old + (1 - momentum) * new


def _batchnorm(
    x,
    gamma,
    beta,
    bn_param,
    *,
    mean=lambda x: x.mean(axis=0),
    variance=lambda x: x.var(axis=0),
    invert=lambda var, eps: 1 / np.sqrt(var + eps),
    average=_moving_average,
    average_var=None,
    test=None,
):
    """The right forward pass, but for the parts that are given."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], x.dtype))

    if bn_param["mode"] == "test":
        bn_param.update(running_mean=running_mean, running_var=running_var)
        if test is not None:
            return test(running_mean, running_var, eps), None
        return gamma * (x - running_mean) * invert(running_var, eps) + beta, None

    batch_mean, batch_var = mean(x), variance(x)
    bn_param["running_mean"] = average(momentum, running_mean, batch_mean)
    bn_param["running_var"] = (average_var or average)(momentum, running_var, batch_var)
    inv_std = invert(batch_var, eps)
    x_hat = (x - batch_mean) * inv_std
    return gamma * x_hat + beta, (x_hat, gamma, inv_std)


def _dx(dout, cache, through_mean=1, through_variance=1):
    """The right dx for 1 and 1: how much of the gradient comes through mean and variance."""
    x_hat, gamma, inv_std = cache
    dx_hat = dout * gamma
    by_mean = dx_hat.mean(axis=0)
    by_variance = x_hat * (dx_hat * x_hat).mean(axis=0)
    return inv_std * (dx_hat - through_mean * by_mean - through_variance * by_variance)


def _parameters(dout, cache):
    """The right (dgamma, dbeta)."""
    x_hat, _, _ = cache
    return (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def _layernorm(
    x,
    gamma,
    beta,
    ln_param,
    *,
    axis=1,
    ddof=0,
    invert=lambda var, eps: 1 / np.sqrt(var + eps),
):
    """The right forward pass, but for the parts that are given."""
    var = x.var(axis=axis, ddof=ddof, keepdims=True)
    inv_std = invert(var, ln_param.get("eps", 1e-5))
    x_hat = (x - x.mean(axis=axis, keepdims=True)) * inv_std
    return gamma * x_hat + beta, (x_hat, gamma, inv_std)


def _layernorm_dx(dout, cache, through_mean=1, through_variance=1, *, axis=1):
    """The right dx for 1, 1 and axis 1: how much comes through mean and variance, and how."""
    x_hat, gamma, inv_std = cache
    dx_hat = dout * gamma
    by_mean = dx_hat.mean(axis=axis, keepdims=True)
    by_variance = x_hat * (dx_hat * x_hat).mean(axis=axis, keepdims=True)
    return inv_std * (dx_hat - through_mean * by_mean - through_variance * by_variance)


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "batchnorm_forward": [
        batchnorm_test_without_gamma_beta,
        batchnorm_test_uses_the_batch,
        batchnorm_momentum_swapped,
        batchnorm_running_overwritten,
        batchnorm_running_is_last_batch,
        batchnorm_running_var_unbiased,
        batchnorm_unbiased_variance,
        batchnorm_without_eps,
        batchnorm_eps_outside_root,
        batchnorm_centers_x_in_place,
        batchnorm_over_features,
        batchnorm_over_everything,
        batchnorm_test_divides_by_variance,
        batchnorm_divides_by_variance,
        batchnorm_trains_with_running,
        batchnorm_scales_and_shifts_only,
    ],
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

# Wrong in a way that leaves nothing to judge a later function against: no statistics of the batch.
NOTHING_TO_FOLLOW = [batchnorm_trains_with_running, batchnorm_scales_and_shifts_only]
