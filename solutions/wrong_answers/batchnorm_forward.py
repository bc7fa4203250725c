"""Known misconceptions about batch normalization, forward; see `sgd_momentum.py`."""

import numpy as np


def batchnorm_test_without_gamma_beta(x, gamma, beta, bn_param):
    """test mode leaves gamma and beta out.

    Training scales and shifts, testing does not: the next layer meets numbers it never saw.
    In test mode, set gamma to 0 and beta to 5: what should every entry of out be?

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = x_hat
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_test_uses_the_batch(x, gamma, beta, bn_param):
    """test mode normalizes with the statistics of the test batch.

    What comes out for an example then depends on the other examples beside it.
    In test mode, pass one row alone, then the same row among others.

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_momentum_swapped(x, gamma, beta, bn_param):
    """momentum is the share of the new batch in the running statistics.

    Your running statistics forget most of themselves with every batch.
    After one batch from zero, which part of the batch's mean does running_mean hold?

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_running_overwritten(x, gamma, beta, bn_param):
    """the running statistics in bn_param stay what they were before the batch.

    Either they are not updated, or the old ones are written over the new ones further down.
    Print bn_param["running_mean"] at the last line of the function, in every batch.

    Seen: in CS231n submissions, written inside the branch and then overwritten below it.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_running_is_last_batch(x, gamma, beta, bn_param):
    """the running statistics are those of the last batch alone.

    What earlier batches contributed is gone, and test mode follows the noise of the last one.
    After some batches pass one of zeros: how much of running_mean is left?

    Seen: not yet met; stored where it should be averaged.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = mean
        running_var = var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_running_var_unbiased(x, gamma, beta, bn_param):
    """running_var averages variances that are divided by N - 1.

    Test mode should meet the variance that training divides by, and that one is over N.
    Train once on two rows: which part of their variance does running_var hold?

    Seen: not yet met; PyTorch does it so.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_unbiased_variance(x, gamma, beta, bn_param):
    """the variance is divided by N - 1.

    Before gamma and beta, every entry comes out too small by sqrt((N - 1) / N).
    Normalize two rows, 1 and -1, with gamma 1 and beta 0: what should come out?

    Seen: in CS231n submissions, as ddof=1. Such a forward pass passes its own gradient check.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = x.var(axis=0, ddof=1)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_without_eps(x, gamma, beta, bn_param):
    """eps is left out.

    At 1e-5 that makes little difference, until a feature that never varies is divided by 0.
    Normalize a batch with one constant column, or set eps to 1 and see whether out changes.

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_eps_outside_root(x, gamma, beta, bn_param):
    """eps is added to the standard deviation, not to the variance.

    For a feature that hardly varies, the number you divide by can come out 300 times too small.
    Set eps to 1 and normalize a column of variance 1: what is it divided by?

    Seen: in CS231n submissions; the notebook's own check does not notice.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / (np.sqrt(var) + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / (np.sqrt(running_var) + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_centers_x_in_place(x, gamma, beta, bn_param):
    """x itself is centered, in place.

    x belongs to the caller: the layer before needs it once more and finds it changed.
    Print the mean of x before and after a call.

    Seen: in CS231n submissions, as x -= mean.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        x -= mean
        centered = x
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_over_features(x, gamma, beta, bn_param):
    """every example is normalized over its features.

    That is layer normalization: your rows have mean 0, where the columns should.
    With gamma 1 and beta 0, print the means of out along either axis.

    Seen: not yet met; the two axes confused, as layer norms in CS231n submissions do.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=1, keepdims=True)
        centered = x - mean
        var = (centered**2).mean(axis=1, keepdims=True)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_over_everything(x, gamma, beta, bn_param):
    """one mean and one variance serve all features together.

    Features that differ in offset and spread still differ afterwards.
    With gamma 1 and beta 0, print the mean of every column of out.

    Seen: not yet met; an axis left out.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean()
        centered = x - mean
        var = (centered**2).mean()
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_test_divides_by_variance(x, gamma, beta, bn_param):
    """test mode divides by running_var, not by its root.

    Training and testing then scale the same x differently.
    In test mode take mean 0, variance 4, gamma 1, beta 0: what should x = 2 give?

    Seen: not yet met; running_var taken for a standard deviation.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / np.sqrt(var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / (running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_divides_by_variance(x, gamma, beta, bn_param):
    """x is divided by its variance, not by its standard deviation.

    The spread of a feature is then turned upside down, where it should become 1.
    With gamma 1 and beta 0, print the standard deviation of every column of out.

    Seen: not yet met; a root left out.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        inv_std = 1 / (var + eps)
        x_hat = centered * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)

        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) / (running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_trains_with_running(x, gamma, beta, bn_param):
    """training normalizes with the running statistics, like test mode.

    Those hardly know this batch: its share in them is 1 - momentum.
    In training, add 100 to one column of x: out should stay what it is.

    Seen: not yet met; one formula for both modes.
    """
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mean = x.mean(axis=0)
        centered = x - mean
        var = (centered**2).mean(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
        inv_std = 1 / np.sqrt(running_var + eps)
        x_hat = (x - running_mean) * inv_std
        out = gamma * x_hat + beta
        cache = (x_hat, gamma, inv_std)
    elif mode == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta
        cache = None
    else:
        raise ValueError(f'bn_param["mode"] must be "train" or "test", not {mode!r}')

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_scales_and_shifts_only(x, gamma, beta, bn_param):
    """x is scaled and shifted but not normalized.

    Neither the mean nor the variance of a feature has any effect on your out.
    Add 100 to one column of x: out should stay what it is.

    Seen: not yet met; the last line written first.
    """
    return gamma * x + beta, (x, gamma, np.ones_like(gamma))


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
}


# Wrong in a way that leaves nothing to judge a later function against: no statistics of the batch.
NOTHING_TO_FOLLOW = [batchnorm_trains_with_running, batchnorm_scales_and_shifts_only]
