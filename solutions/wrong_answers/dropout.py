"""Known misconceptions about dropout; see `sgd_momentum.py`."""

import numpy as np

_RNG = np.random.default_rng()


def dropout_not_scaled(x, dropout_param):
    """units that are kept are not scaled.

    The mean of out shrinks to p times that of x, and the next layer gets less than at test time.
    Pass an array of ones and print the mean of out, in both modes.

    Seen: 12 of 20 wrong dropouts in CS231n submissions; half of them scale in test mode instead.
    """
    return _dropout(x, dropout_param, mask=lambda p: _uniform(x) < p)


def dropout_scales_in_test_mode(x, dropout_param):
    """test mode multiplies by p.

    Inverted dropout settles all scaling while it trains; at test time out and x are the same.
    Pass an array of ones and print the mean of out, in both modes.

    Seen: 6 of 20 wrong dropouts in CS231n submissions, with no scaling in training.
    """
    return _dropout(x, dropout_param, mask=lambda p: _uniform(x) < p, test=lambda p: x * p)


def dropout_p_drops(x, dropout_param):
    """p is taken as the probability of dropping a unit.

    Here p is the probability of keeping one; courses and libraries differ on this.
    Set p to 0.9 and count the zeros in out.

    Seen: 22 CS231n submissions that are right but for this; the course itself changed sides.
    """
    return _dropout(x, dropout_param, mask=lambda p: (_uniform(x) >= p) / (1 - p))


def dropout_drops_p_scales_keep(x, dropout_param):
    """a unit is kept with probability 1 - p but divided by p.

    One half of the formula reads p as keep, the other as drop: they agree at p = 0.5 alone.
    Set p to 0.9, pass an array of ones and print the mean of out.

    Seen: in CS231n submissions, as (rand > p) / p.
    """
    return _dropout(x, dropout_param, mask=lambda p: (_uniform(x) > p) / p)


def dropout_normal_numbers(x, dropout_param):
    """the mask compares normal instead of uniform random numbers with p.

    A normal number falls below p with another probability: below 0.25 it is 0.6.
    Count the zeros in out for p = 0.25.

    Seen: in CS231n submissions, as randn for rand.
    """
    return _dropout(x, dropout_param, mask=lambda p: (_RNG.standard_normal(x.shape) < p) / p)


def dropout_keeps_everything(x, dropout_param):
    """random numbers are compared with p / p, which is 1.

    No uniform number reaches 1, so every unit is kept, and none is scaled.
    Print the smallest and the largest entry of your mask.

    Seen: in CS231n submissions, as rand < p / p without parentheses.
    """
    return _dropout(x, dropout_param, mask=lambda p: _uniform(x) < p / p)


def dropout_multiplies_by_p(x, dropout_param):
    """units that are kept are multiplied by p instead of divided by it.

    Dropping already shrinks the mean of out to p times that of x; yours shrinks it once more.
    Pass an array of ones and print the mean of out, in both modes.

    Seen: not yet met; the scaling of test mode done while training.
    """
    return _dropout(x, dropout_param, mask=lambda p: (_uniform(x) < p) * p)


def dropout_drops_in_test_mode(x, dropout_param):
    """units are dropped in test mode too.

    A net then gives another answer each time it is asked about the same image.
    Call it twice in test mode with the same x and compare.

    Seen: not yet met; a mode not looked at.
    """
    _, (_, mask) = _dropout(x, {**dropout_param, "mode": "train"})
    return x * mask, (dropout_param, mask)


def dropout_one_number_for_all(x, dropout_param):
    """one random number decides for all units at once.

    Either the whole layer is kept or the whole layer is dropped.
    Print the shape of your mask, or of the random numbers that it is made from.

    Seen: not yet met; a random number drawn without a shape.
    """
    return _dropout(x, dropout_param, mask=lambda p: np.full(x.shape, _RNG.random() < p) / p)


def dropout_same_mask_every_call(x, dropout_param):
    """the generator starts from the same seed in every call.

    The same units are dropped in every step, so the others never learn to do without them.
    Call it twice without a seed in dropout_param and compare the zeros.

    Seen: not yet met; a seed left in after debugging.
    """
    rng = np.random.default_rng(0)
    return _dropout(x, dropout_param, mask=lambda p: (rng.random(x.shape) < p) / p)


def dropout_one_mask_for_all_rows(x, dropout_param):
    """one mask is drawn for a single example and used for all of them.

    The same units vanish in every row, so a batch trains one thinned net instead of many.
    Pass an array of ones with ten rows and look at out.

    Seen: not yet met; from drawing with x.shape[1] in place of x.shape.
    """
    return _dropout(x, dropout_param, mask=lambda p: 0 * x + (_uniform(x[:1]) < p) / p)


def dropout_zeroes_x_in_place(x, dropout_param):
    """x itself is multiplied by the mask, in place.

    x belongs to the caller: the layer before needs it once more and finds it changed.
    Count the zeros in x before and after a call.

    Seen: not yet met; x *= mask to save a copy.
    """
    out, cache = _dropout(x, dropout_param)
    if dropout_param["mode"] == "train":
        x[...] = out
    return out, cache


def dropout_backward_ignores_the_mask(dout, cache):
    """the gradient passes every unit, dropped or not.

    A dropped unit has no effect on the loss, so no gradient should come back through it.
    Compare the zeros of dx with the zeros of out.

    Seen: not yet met; dx = dout in both modes.
    """
    return dout


def dropout_backward_not_scaled(dout, cache):
    """the gradient passes the units that were kept, but unscaled.

    What is kept goes forward divided by p, so a change of x changes out by more than itself.
    Pass a dout of ones, and print the largest entry of dx beside that of out / x.

    Seen: not yet met; the counterpart of a forward pass that does not scale.
    """
    dropout_param, mask = cache
    return dout * (mask > 0) if dropout_param["mode"] == "train" else dout


def dropout_backward_scaled_twice(dout, cache):
    """the gradient is divided by p twice.

    The mask may hold that factor already; the gradient should get it as often as the input did.
    Pass a dout of ones, and print the largest entry of dx beside that of out / x.

    Seen: not yet met; a scaled mask and a scaled gradient.
    """
    dropout_param, mask = cache
    return dout * mask / _keep(dropout_param) if dropout_param["mode"] == "train" else dout


def dropout_backward_draws_again(dout, cache):
    """the backward pass draws a mask of its own.

    The gradient then passes units that were dropped, and stops at some that were kept.
    Compare the zeros of dx with the zeros of out.

    Seen: not yet met; the mask not put into the cache.
    """
    dropout_param, _ = cache
    return _dropout(dout, dropout_param)[0]


def dropout_backward_needs_a_mask(dout, cache):
    """the mask is used in test mode, where there is none.

    Test mode drops nothing and leaves no mask, and multiplying by None raises an exception.
    Run forward and backward in test mode and print what the cache holds.

    Seen: in CS231n submissions.
    """
    _, mask = cache
    return dout * mask


def dropout_backward_scales_in_test_mode(dout, cache):
    """the gradient is multiplied by p in test mode.

    In test mode out is x, so a change of x changes out by as much.
    Run forward and backward in test mode with a dout of ones.

    Seen: not yet met; the counterpart of scaling in test mode.
    """
    dropout_param, mask = cache
    return dout * (mask if dropout_param["mode"] == "train" else _keep(dropout_param))


def _keep(dropout_param):
    return dropout_param["p"]  # 1 - dropout_param["p"] in a course where p_means = "drop"


def _uniform(x):
    return _RNG.random(x.shape)


def _dropout(x, dropout_param, *, mask=None, test=None):
    """The right forward pass, but for the parts that are given."""
    p = _keep(dropout_param)
    if dropout_param["mode"] == "test":
        return x if test is None else test(p), (dropout_param, None)
    scaled = (_uniform(x) < p) / p if mask is None else mask(p)
    scaled = np.asarray(scaled, x.dtype)
    return x * scaled, (dropout_param, scaled)


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "dropout_forward": [
        dropout_not_scaled,
        dropout_scales_in_test_mode,
        dropout_p_drops,
        dropout_drops_p_scales_keep,
        dropout_normal_numbers,
        dropout_keeps_everything,
        dropout_multiplies_by_p,
        dropout_drops_in_test_mode,
        dropout_one_number_for_all,
        dropout_same_mask_every_call,
        dropout_one_mask_for_all_rows,
        dropout_zeroes_x_in_place,
    ],
    "dropout_backward": [
        dropout_backward_ignores_the_mask,
        dropout_backward_not_scaled,
        dropout_backward_scaled_twice,
        dropout_backward_draws_again,
        dropout_backward_needs_a_mask,
        dropout_backward_scales_in_test_mode,
    ],
}

# Wrong in a way that leaves nothing to judge a later function against: nothing is dropped.
NOTHING_TO_FOLLOW = [dropout_keeps_everything]

# Told in its own question; what builds on it goes on with the student's reading.
CHARGED_ONCE = [dropout_p_drops]
