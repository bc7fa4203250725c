"""Known misconceptions about the update rules, one small function each.

A function's docstring is what the student reads. Its first line completes "Exactly what you get
when ..."; the lines after it say what that means and name one small experiment; the last one, which
starts with "Seen:", says where the mistake was met and is not shown.
"""

import numpy as np


def momentum_not_stored(w, dw, config=None):
    """the new velocity is not stored in config.

    Your first step is right; every later one starts from the old velocity again.
    Print config and its keys before and after a call.

    Seen: in CS231n submissions, left out or stored under a misspelt key.
    """
    config = _momentum_defaults(config, w)
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + v, config


def momentum_without_learning_rate(w, dw, config=None):
    """the velocity sums up gradients without the learning rate.

    From rest, your velocity is 1 / learning_rate times too long, and so is your step.
    Print the ratio of next_w - w to dw in the first step.

    Seen: in CS231n submissions, as v = mu * v - dw.
    """
    config = _momentum_defaults(config, w)
    v = config["momentum"] * config["velocity"] - dw
    return w + v, {**config, "velocity": v}


def momentum_velocity_of_gradients(w, dw, config=None):
    """the velocity sums up gradients, and the learning rate comes in with the step.

    From zero velocity that moves w exactly as it should; from any other velocity it does not.
    Start from a velocity of ones with a zero gradient: how far does w move, and which way?

    Seen: in CS231n submissions, as v = mu * v + dw; w -= lr * v. PyTorch does it so.
    """
    config = _momentum_defaults(config, w)
    v = config["momentum"] * config["velocity"] + dw
    return w - config["learning_rate"] * v, {**config, "velocity": v}


def momentum_opposite_velocity(w, dw, config=None):
    """the velocity points uphill and is subtracted.

    From zero velocity that moves w exactly as it should; a given velocity moves it backwards.
    Start from a velocity of ones with a zero gradient: which way does w move?

    Seen: in CS231n submissions, as v = mu * v + lr * dw; w -= v.
    """
    config = _momentum_defaults(config, w)
    v = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return w - v, {**config, "velocity": v}


def momentum_climbs(w, dw, config=None):
    """the step goes along the gradient, not against it.

    That climbs: the loss grows with every step, and faster and faster.
    Take one step from w = 1 with dw = 1: on which side of 1 does next_w lie?

    Seen: not yet met; a sign left out.
    """
    config = _momentum_defaults(config, w)
    v = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return w + v, {**config, "velocity": v}


def momentum_old_velocity(w, dw, config=None):
    """w moves by the velocity from before its update.

    Your first step from rest goes nowhere, and each later one comes a step too late.
    Take one step from a fresh config and compare next_w with w.

    Seen: not yet met; two lines in the other order.
    """
    config = _momentum_defaults(config, w)
    old = config["velocity"]
    v = config["momentum"] * old - config["learning_rate"] * dw
    return w + old, {**config, "velocity": v}


def momentum_averages(w, dw, config=None):
    """the velocity is an average of past steps, not their sum.

    From rest your steps are 1 - momentum times as long as they should be: a tenth, at 0.9.
    Compare the length of your first step with that of learning_rate * dw.

    Seen: not yet met; the form of Adam's first moment carried over.
    """
    config = _momentum_defaults(config, w)
    mu = config["momentum"]
    v = mu * config["velocity"] - (1 - mu) * config["learning_rate"] * dw
    return w + v, {**config, "velocity": v}


def momentum_looks_ahead(w, dw, config=None):
    """the step looks ahead, as in Nesterov's momentum.

    That is a rule of its own: its first step from rest is 1 + momentum times as long.
    Compare the length of your first step with that of learning_rate * dw.

    Seen: not yet met; the course notes show both rules on one page.
    """
    config = _momentum_defaults(config, w)
    mu, old = config["momentum"], config["velocity"]
    v = mu * old - config["learning_rate"] * dw
    return w - mu * old + (1 + mu) * v, {**config, "velocity": v}


def momentum_is_always_0_9(w, dw, config=None):
    """momentum is 0.9 whatever config says.

    With the default your steps are right; with any other value they do not change.
    Set momentum to 0 and take two steps: does the second still depend on the first?

    Seen: not yet met; a number typed in where config holds it.
    """
    config = _momentum_defaults(config, w)
    v = 0.9 * config["velocity"] - config["learning_rate"] * dw
    return w + v, {**config, "velocity": v}


def momentum_other_default(w, dw, config=None):
    """the default momentum is 0.99.

    Your first step from rest is right; each later one keeps more of the past than it should.
    Print the config that comes back from a call without one, and read the docstring beside it.

    Seen: in CS231n submissions that changed a default while tuning.
    """
    config = _momentum_defaults({"momentum": 0.99, **(config or {})}, w)
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + v, {**config, "velocity": v}


def momentum_other_key(w, dw, config=None):
    """the velocity is kept in config under another name than "velocity".

    A run from scratch goes well, but a velocity that config brings along is not seen.
    Print the keys of the config that comes back.

    Seen: in CS231n submissions.
    """
    config = _defaults(config, learning_rate=1e-2, momentum=0.9, velocty=np.zeros_like(w))
    v = config["momentum"] * config["velocty"] - config["learning_rate"] * dw
    return w + v, {**config, "velocty": v}


def momentum_shared_default(w, dw, config={}):
    """the default config is one dict that all calls share, and None is not expected.

    Two optimizers that start without a config then push each other's velocity.
    Call twice without a config, change one of the dicts that come back, and print the other.

    Seen: in CS231n submissions.
    """
    config.setdefault("learning_rate", 1e-2)
    config.setdefault("momentum", 0.9)
    v = config.get("velocity", np.zeros_like(w))
    config["velocity"] = config["momentum"] * v - config["learning_rate"] * dw
    return w + config["velocity"], config


def momentum_scales_dw_in_place(w, dw, config=None):
    """dw itself is multiplied by the learning rate, in place.

    The gradient belongs to the caller, who finds it changed after your step.
    Print dw before and after a call.

    Seen: not yet met; dw *= lr to save a copy.
    """
    config = _momentum_defaults(config, w)
    dw *= config["learning_rate"]
    v = config["momentum"] * config["velocity"] - dw
    return w + v, {**config, "velocity": v}


def rmsprop_without_root(w, dw, config=None):
    """the square root of the moving average is missing.

    Your steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the steps should come out as before.

    Seen: in CS231n submissions.
    """
    config = _rmsprop_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    next_w = w - config["learning_rate"] * dw / (cache + config["epsilon"])
    return next_w, {**config, "cache": cache}


def rmsprop_epsilon_multiplies(w, dw, config=None):
    """epsilon multiplies the root instead of being added to it.

    Your steps are about 1 / epsilon times too long: 1e8 times, at the default.
    Take one step with dw = 1 and compare its length with the learning rate.

    Seen: in CS231n submissions, as np.sqrt(cache) * eps.
    """
    config = _rmsprop_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) * config["epsilon"])
    return next_w, {**config, "cache": cache}


def rmsprop_not_stored(w, dw, config=None):
    """the new moving average is used but not stored in config.

    Your first step is right; every later one has forgotten the gradients in between.
    Print config["cache"] after one step and after two.

    Seen: in CS231n submissions.
    """
    config = _rmsprop_defaults(config, w)
    return _rmsprop_step(w, dw, config, _rmsprop_cache(config, dw)), config


def rmsprop_old_cache(w, dw, config=None):
    """the step divides by the moving average from before its update.

    In a first step that average is zero, and epsilon alone is left to divide by.
    Take one step from a fresh config with dw = 1 and look at its length.

    Seen: in CS231n submissions.
    """
    config = _rmsprop_defaults(config, w)
    next_w = _rmsprop_step(w, dw, config, config["cache"])
    return next_w, {**config, "cache": _rmsprop_cache(config, dw)}


def rmsprop_ignores_epsilon(w, dw, config=None):
    """the step does not depend on config["epsilon"].

    At the default nobody notices; with a larger epsilon your steps come out too long.
    Take one step with epsilon = 1000: w should hardly move.

    Seen: in CS231n submissions, as a typed-in 1e-8.
    """
    config = _rmsprop_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + 1e-8)
    return next_w, {**config, "cache": cache}


def rmsprop_swapped_shares(w, dw, config=None):
    """the old average and the new square have changed places in the moving average.

    Your average forgets 99% of itself in every step and follows the latest gradient alone.
    Take one step with dw = 1 from a fresh config and print config["cache"].

    Seen: not yet met; decay_rate read as the share of the new.
    """
    config = _rmsprop_defaults(config, w)
    decay = config["decay_rate"]
    cache = (1 - decay) * config["cache"] + decay * dw**2
    return _rmsprop_step(w, dw, config, cache), {**config, "cache": cache}


def rmsprop_sums(w, dw, config=None):
    """the new squared gradient enters the moving average with its full weight.

    From scratch your average is a hundred times too large at the default, your steps a tenth.
    Feed dw = 1 ten times: an average of ones cannot exceed 1.

    Seen: not yet met; Adagrad's sum with a decay.
    """
    config = _rmsprop_defaults(config, w)
    cache = config["decay_rate"] * config["cache"] + dw**2
    return _rmsprop_step(w, dw, config, cache), {**config, "cache": cache}


def rmsprop_without_square(w, dw, config=None):
    """the gradient enters the moving average without being squared.

    An average of squares is never negative. Yours is, and its root is not a number.
    Take one step with dw = -1 and print config["cache"].

    Seen: not yet met; a square left out.
    """
    config = _rmsprop_defaults(config, w)
    decay = config["decay_rate"]
    cache = decay * config["cache"] + (1 - decay) * dw
    return _rmsprop_step(w, dw, config, cache), {**config, "cache": cache}


def rmsprop_epsilon_outside(w, dw, config=None):
    """epsilon is added to the quotient, not to the root that divides.

    At the default that hardly shows, until a weight without gradient divides 0 by 0.
    Take one step with a zero gradient from a fresh config.

    Seen: not yet met; a pair of parentheses left out.
    """
    config = _rmsprop_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    next_w = w - config["learning_rate"] * dw / np.sqrt(cache) + config["epsilon"]
    return next_w, {**config, "cache": cache}


def adam_without_bias_correction(w, dw, config=None):
    """bias correction is left out.

    m and v start at zero and grow slowly, and nothing in your step allows for that.
    Compare the length of your first step with the learning rate.

    Seen: 7 of 18 wrong Adams in CS231n submissions.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    return _adam_step(w, config, m, v), {**config, "t": t, "m": m, "v": v}


def adam_same_correction_every_step(w, dw, config=None):
    """the bias correction stays what it was in the first step.

    Your first step is right. m and v go on growing after it, so their correction has to fade.
    Print t and both corrections in three consecutive steps.

    Seen: 6 of 18 wrong Adams in CS231n submissions never advanced t or never stored it.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = _adam_step(w, config, *_corrected(config, t, m, v))
    return next_w, {**config, "m": m, "v": v}


def adam_t_too_late(w, dw, config=None):
    """t is used before it is counted up.

    In a first step t is then 0, both corrections are 0, and dividing by them gives no number.
    Print t and both corrections in your first step.

    Seen: in CS231n submissions, t counted up at the end or not at all.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = _adam_step(w, config, *_corrected(config, t - 1, m, v))
    return next_w, {**config, "t": t, "m": m, "v": v}


def adam_correction_without_t(w, dw, config=None):
    """the bias corrections are 1 - beta, without the power t.

    That is right in the very first step; in every later one m and v come out too large.
    Print both corrections in three consecutive steps.

    Seen: in CS231n submissions.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = _adam_step(w, config, *_corrected(config, 1, m, v))
    return next_w, {**config, "t": t, "m": m, "v": v}


def adam_correction_squared(w, dw, config=None):
    """the bias corrections take beta to the power 2, whatever t is.

    That is right in the second step alone; at the defaults your first is a quarter too short.
    Print both corrections in three consecutive steps.

    Seen: in CS231n submissions, as 1 - beta1**2.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = _adam_step(w, config, *_corrected(config, 2, m, v))
    return next_w, {**config, "t": t, "m": m, "v": v}


def adam_correction_with_plus(w, dw, config=None):
    """the bias corrections are 1 + beta^t.

    Dividing by them makes m and v smaller. They start too small, and should become larger.
    Print m before and after its correction in the first step, beside dw.

    Seen: in CS231n submissions.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    m_hat, v_hat = m / (1 + config["beta1"] ** t), v / (1 + config["beta2"] ** t)
    return _adam_step(w, config, m_hat, v_hat), {**config, "t": t, "m": m, "v": v}


def adam_m_uncorrected(w, dw, config=None):
    """v is corrected but the step takes m as it is.

    Your first step is 1 - beta1 times as long as it should be: a tenth, at the default.
    Compare the length of your first step with the learning rate.

    Seen: in CS231n submissions that computed the corrected m and did not use it.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    _, v_hat = _corrected(config, t, m, v)
    return _adam_step(w, config, m, v_hat), {**config, "t": t, "m": m, "v": v}


def adam_v_uncorrected(w, dw, config=None):
    """m is corrected but the step takes v as it is.

    At the default beta2 your first step is 32 times too long.
    Compare the length of your first step with the learning rate.

    Seen: not yet met; the mirror image of an uncorrected m.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    m_hat, _ = _corrected(config, t, m, v)
    return _adam_step(w, config, m_hat, v), {**config, "t": t, "m": m, "v": v}


def adam_stores_corrected(w, dw, config=None):
    """the corrected m and v are stored as the state.

    Your first step is right; the next one corrects what has been corrected already.
    Take one step with dw = 1 and print config["m"]: a tenth of dw is meant.

    Seen: in CS231n submissions.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    m, v = _corrected(config, t, m, v)
    return _adam_step(w, config, m, v), {**config, "t": t, "m": m, "v": v}


def adam_v_corrected_with_beta1(w, dw, config=None):
    """v is corrected with beta1.

    At the default betas your first step is ten times too long.
    Compare the length of your first step with the learning rate, for two values of beta1.

    Seen: not yet met; the line for m copied.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    m_hat, v_hat = (moment / (1 - config["beta1"] ** t) for moment in (m, v))
    return _adam_step(w, config, m_hat, v_hat), {**config, "t": t, "m": m, "v": v}


def adam_without_root(w, dw, config=None):
    """the square root of the second moment is missing.

    Your steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the steps should come out as before.

    Seen: not yet met; the same mistake as in rmsprop.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    m_hat, v_hat = _corrected(config, t, m, v)
    next_w = w - config["learning_rate"] * m_hat / (v_hat + config["epsilon"])
    return next_w, {**config, "t": t, "m": m, "v": v}


def adam_moments_not_stored(w, dw, config=None):
    """m and v are used but not stored in config.

    Your first step is right; every later one has forgotten the gradients in between.
    Print config["m"] after one step and after two.

    Seen: not yet met; in momentum and rmsprop it was.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    return _adam_step(w, config, *_corrected(config, t, m, v)), {**config, "t": t}


def adam_ignores_epsilon(w, dw, config=None):
    """the step does not depend on config["epsilon"].

    At the default nobody notices; with a larger epsilon your steps come out too long.
    Take one step with epsilon = 1000: w should hardly move.

    Seen: not yet met; in rmsprop it was.
    """
    config = _adam_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = _adam_step(w, {**config, "epsilon": 1e-8}, *_corrected(config, t, m, v))
    return next_w, {**config, "t": t, "m": m, "v": v}


def nesterov_without_looking_ahead(w, dw, config=None):
    """the step is that of plain momentum.

    From rest, Nesterov's first step is 1 + momentum times as long as the one you take.
    Print v_prev and v where the step uses them: are they two different arrays?

    Seen: not yet met; v_prev read after the update, or v updated in place under both names.
    """
    config = _momentum_defaults(config, w)
    v = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + v, {**config, "velocity": v}


def nesterov_without_v_prev(w, dw, config=None):
    """the old velocity is missing from the step.

    From rest your first step is right; later ones go too far along the old velocity.
    Start from a velocity of ones with a zero gradient: how far does w move?

    Seen: not yet met; one of the three terms left out.
    """
    config = _momentum_defaults(config, w)
    mu = config["momentum"]
    v = mu * config["velocity"] - config["learning_rate"] * dw
    return w + (1 + mu) * v, {**config, "velocity": v}


def nesterov_adds_v_prev(w, dw, config=None):
    """the old velocity enters the step with the opposite sign.

    From rest your first step is right; later ones go too far along the old velocity.
    Start from a velocity of ones with a zero gradient: how far does w move?

    Seen: not yet met; a sign left out.
    """
    config = _momentum_defaults(config, w)
    mu, old = config["momentum"], config["velocity"]
    v = mu * old - config["learning_rate"] * dw
    return w + mu * old + (1 + mu) * v, {**config, "velocity": v}


def nesterov_velocity_cancels(w, dw, config=None):
    """the step is that of plain gradient descent.

    Your velocity is kept up, and yet w does not depend on it: two terms cancel.
    Take three steps with momentum 0.9 and three with momentum 0: do they differ?

    Seen: not yet met; (1 + momentum) * v written as v alone.
    """
    config = _momentum_defaults(config, w)
    mu, old = config["momentum"], config["velocity"]
    v = mu * old - config["learning_rate"] * dw
    return w - mu * old + v, {**config, "velocity": v}


def nesterov_not_stored(w, dw, config=None):
    """the new velocity is not stored in config.

    Your first step is right; every later one starts from the old velocity again.
    Print config["velocity"] after one step and after two.

    Seen: not yet met; in momentum it was.
    """
    config = _momentum_defaults(config, w)
    mu, old = config["momentum"], config["velocity"]
    v = mu * old - config["learning_rate"] * dw
    return w - mu * old + (1 + mu) * v, config


def nesterov_velocity_of_gradients(w, dw, config=None):
    """the velocity sums up gradients, and the learning rate comes in with the step.

    From zero velocity that moves w exactly as it should; from any other velocity it does not.
    Start from a velocity of ones with a zero gradient: how far does w move, and which way?

    Seen: not yet met; in momentum it was. PyTorch does it so.
    """
    config = _momentum_defaults(config, w)
    mu = config["momentum"]
    v = mu * config["velocity"] + dw
    return w - config["learning_rate"] * (dw + mu * v), {**config, "velocity": v}


def nesterov_opposite_velocity(w, dw, config=None):
    """the velocity points uphill and is subtracted.

    From zero velocity that moves w exactly as it should; a given velocity moves it backwards.
    Start from a velocity of ones with a zero gradient: which way does w move?

    Seen: not yet met; in momentum it was.
    """
    config = _momentum_defaults(config, w)
    mu, old = config["momentum"], config["velocity"]
    v = mu * old + config["learning_rate"] * dw
    return w + mu * old - (1 + mu) * v, {**config, "velocity": v}


def nesterov_is_always_0_9(w, dw, config=None):
    """momentum is 0.9 whatever config says.

    With the default your steps are right; with any other value they do not change.
    Set momentum to 0 and take two steps: does the second still depend on the first?

    Seen: not yet met; a number typed in where config holds it.
    """
    config = _momentum_defaults(config, w)
    old = config["velocity"]
    v = 0.9 * old - config["learning_rate"] * dw
    return w - 0.9 * old + 1.9 * v, {**config, "velocity": v}


def adagrad_decays(w, dw, config=None):
    """the cache is a moving average of squared gradients, not their sum.

    That is RMSProp: from scratch, your first step is ten times too long.
    Feed dw = 1 ten times and print config["cache"]: what is the sum of ten ones?

    Seen: not yet met; rmsprop copied, with its decay of 0.99.
    """
    config = _adagrad_defaults(config, w)
    cache = 0.99 * config["cache"] + 0.01 * dw**2
    return _rmsprop_step(w, dw, config, cache), {**config, "cache": cache}


def adagrad_without_root(w, dw, config=None):
    """the square root of the sum is missing.

    Your steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the steps should come out as before.

    Seen: not yet met; in rmsprop it was.
    """
    config = _adagrad_defaults(config, w)
    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (cache + config["epsilon"])
    return next_w, {**config, "cache": cache}


def adagrad_epsilon_multiplies(w, dw, config=None):
    """epsilon multiplies the root instead of being added to it.

    Your steps are about 1 / epsilon times too long: 1e8 times, at the default.
    Take one step with dw = 1 and compare its length with the learning rate.

    Seen: not yet met; in rmsprop it was, as np.sqrt(cache) * eps.
    """
    config = _adagrad_defaults(config, w)
    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) * config["epsilon"])
    return next_w, {**config, "cache": cache}


def adagrad_not_stored(w, dw, config=None):
    """the new sum is used but not stored in config.

    Your first step is right; every later one has forgotten the gradients in between.
    Print config["cache"] after one step and after two.

    Seen: not yet met; in rmsprop it was.
    """
    config = _adagrad_defaults(config, w)
    return _rmsprop_step(w, dw, config, config["cache"] + dw**2), config


def adagrad_keeps_the_last_square(w, dw, config=None):
    """the cache holds the latest squared gradient alone.

    Every step is then as long as the learning rate, where AdaGrad's steps get shorter.
    Feed dw = 1 four times: the fourth step should be half as long as the first.

    Seen: not yet met; stored where it should be added.
    """
    config = _adagrad_defaults(config, w)
    cache = dw**2
    return _rmsprop_step(w, dw, config, cache), {**config, "cache": cache}


def adagrad_old_cache(w, dw, config=None):
    """the step divides by the sum from before its update.

    In a first step that sum is zero, and epsilon alone is left to divide by.
    Take one step from a fresh config with dw = 1 and look at its length.

    Seen: not yet met; in rmsprop it was.
    """
    config = _adagrad_defaults(config, w)
    next_w = _rmsprop_step(w, dw, config, config["cache"])
    return next_w, {**config, "cache": config["cache"] + dw**2}


def adagrad_without_square(w, dw, config=None):
    """the gradient enters the sum without being squared.

    A sum of squares is never negative. Yours can be, and then its root is not a number.
    Take one step with dw = -1 and print config["cache"].

    Seen: not yet met; a square left out.
    """
    config = _adagrad_defaults(config, w)
    cache = config["cache"] + dw
    return _rmsprop_step(w, dw, config, cache), {**config, "cache": cache}


def adagrad_ignores_epsilon(w, dw, config=None):
    """the step does not depend on config["epsilon"].

    At the default nobody notices; with a larger epsilon your steps come out too long.
    Take one step with epsilon = 1000: w should hardly move.

    Seen: not yet met; in rmsprop it was, as a typed-in 1e-8.
    """
    config = _adagrad_defaults(config, w)
    cache = config["cache"] + dw**2
    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + 1e-8)
    return next_w, {**config, "cache": cache}


def adadelta_new_delta(w, dw, config=None):
    """delta is updated before the step uses it.

    At the defaults your first step is 1.4 times too long: delta has already grown there.
    Print delta in your first step, at the line that takes its root.

    Seen: not yet met; the order of cache carried over to delta.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    delta = _adadelta_delta(config, _adadelta_step(config, config["delta"], cache, dw))
    return _adadelta_result(w, config, _adadelta_step(config, delta, cache, dw), cache, delta)


def adadelta_delta_of_gradients(w, dw, config=None):
    """delta averages squared gradients, not squared steps.

    delta then grows like cache, their roots nearly cancel, and w moves by dw itself.
    Print cache and delta after two steps from a fresh config: which is the larger?

    Seen: not yet met; the line for cache copied.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    step = _adadelta_step(config, config["delta"], cache, dw)
    return _adadelta_result(w, config, step, cache, _adadelta_delta(config, dw))


def adadelta_delta_of_scaled_steps(w, dw, config=None):
    """delta averages steps that the learning rate has scaled.

    At the default of 1 nobody notices; a smaller one then shrinks every later step once more.
    Feed the same gradients at learning_rate 1 and at 0.5: delta should come out the same.

    Seen: not yet met; the difference of two w taken for the step.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    step = _adadelta_step(config, config["delta"], cache, dw)
    delta = _adadelta_delta(config, config["learning_rate"] * step)
    return _adadelta_result(w, config, step, cache, delta)


def adadelta_delta_not_stored(w, dw, config=None):
    """the new delta is not stored in config.

    Your first step is right; in every later one delta is what it was at the start.
    Print config["delta"] after one step and after two.

    Seen: not yet met; one of two states forgotten.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    step = _adadelta_step(config, config["delta"], cache, dw)
    return _adadelta_result(w, config, step, cache, config["delta"])


def adadelta_without_roots(w, dw, config=None):
    """the square roots are missing.

    Your first steps shrink where gradients grow: twice the gradient gives half the step.
    Double all gradients and start afresh: the first step should hardly change.

    Seen: not yet met; in rmsprop it was.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    step = (config["delta"] + config["epsilon"]) / (cache + config["epsilon"]) * dw
    return _adadelta_result(w, config, step, cache, _adadelta_delta(config, step))


def adadelta_epsilon_outside_roots(w, dw, config=None):
    """epsilon is added to the roots, not to what is under them.

    epsilon sets the size of the first steps: at the default, yours are 1000 times too short.
    Take one step with dw = 1 at epsilon 1e-6 and one at 1e-4: how do their lengths compare?

    Seen: not yet met; the form of rmsprop carried over.
    """
    config = _adadelta_defaults(config, w)
    epsilon, cache = config["epsilon"], _rmsprop_cache(config, dw)
    step = (np.sqrt(config["delta"]) + epsilon) / (np.sqrt(cache) + epsilon) * dw
    return _adadelta_result(w, config, step, cache, _adadelta_delta(config, step))


def adadelta_without_epsilon_above(w, dw, config=None):
    """epsilon is missing under the root of delta.

    delta starts at zero: then your first step is zero, delta stays zero, and w never moves.
    Take three steps from a fresh config and compare next_w with w.

    Seen: not yet met; epsilon taken for a guard against dividing by zero only.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    step = np.sqrt(config["delta"]) / np.sqrt(cache + config["epsilon"]) * dw
    return _adadelta_result(w, config, step, cache, _adadelta_delta(config, step))


def adadelta_ignores_learning_rate(w, dw, config=None):
    """the step does not depend on config["learning_rate"].

    At the default of 1 nobody notices; a schedule that lowers it has no effect on you.
    Take one step with learning_rate = 0: w should stay where it is.

    Seen: not yet met; the paper has no such factor, the handout has.
    """
    config = _adadelta_defaults(config, w)
    cache = _rmsprop_cache(config, dw)
    step = _adadelta_step(config, config["delta"], cache, dw)
    delta = _adadelta_delta(config, step)
    return w - step, {**config, "cache": cache, "delta": delta}


def adadelta_other_default(w, dw, config=None):
    """learning_rate is 1e-2 where config does not give it.

    With a given learning rate your steps are right; without, a hundred times too short.
    Take one step from a fresh config and print config["learning_rate"] after it.

    Seen: not yet met; the default of the other rules copied.
    """
    config = _adadelta_defaults({"learning_rate": 1e-2, **(config or {})}, w)
    cache = _rmsprop_cache(config, dw)
    step = _adadelta_step(config, config["delta"], cache, dw)
    return _adadelta_result(w, config, step, cache, _adadelta_delta(config, step))


def amsgrad_is_adam(w, dw, config=None):
    """the step is that of plain Adam.

    After a large gradient v fades again, and your steps grow with it; v_max does not fade.
    Feed one large gradient and then small ones: print v, v_max and what you divide by.

    Seen: not yet met; v_max computed and not used.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.maximum(config["v_max"], v)
    next_w = _adam_step(w, config, *_corrected(config, t, m, v))
    return next_w, {**config, "t": t, "m": m, "v": v, "v_max": v_max}


def amsgrad_maximum_not_stored(w, dw, config=None):
    """the new v_max is used but not stored in config.

    Each maximum is then taken against zero, and from a fresh config your steps are Adam's.
    Print config["v_max"] after one step and after two.

    Seen: not yet met; one of four states forgotten.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.maximum(config["v_max"], v)
    next_w = _adam_step(w, config, *_corrected(config, t, m, v_max))
    return next_w, {**config, "t": t, "m": m, "v": v}


def amsgrad_old_maximum(w, dw, config=None):
    """the step divides by v_max from before its update.

    In a first step that is zero, and epsilon alone is left to divide by.
    Take one step from a fresh config with dw = 1 and look at its length.

    Seen: not yet met; two lines in the other order.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    next_w = _adam_step(w, config, *_corrected(config, t, m, config["v_max"]))
    v_max = np.maximum(config["v_max"], v)
    return next_w, {**config, "t": t, "m": m, "v": v, "v_max": v_max}


def amsgrad_maximum_replaces_v(w, dw, config=None):
    """the maximum is stored as v too.

    The next moving average then starts from the maximum, and can no longer fall below it.
    Feed one large gradient and then small ones: v should fall while v_max stays.

    Seen: not yet met; one name for both.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.maximum(config["v_max"], v)
    next_w = _adam_step(w, config, *_corrected(config, t, m, v_max))
    return next_w, {**config, "t": t, "m": m, "v": v_max, "v_max": v_max}


def amsgrad_one_maximum_for_all(w, dw, config=None):
    """one maximum serves all entries of w.

    What every entry is divided by then follows the entry with the largest gradients.
    Take one step with dw = [1, 0.01]: both entries should move equally far.

    Seen: not yet met; np.max taken for np.maximum.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.full_like(v, max(config["v_max"].max(), v.max()))
    next_w = _adam_step(w, config, *_corrected(config, t, m, v_max))
    return next_w, {**config, "t": t, "m": m, "v": v, "v_max": v_max}


def amsgrad_maximum_of_squares(w, dw, config=None):
    """v_max is the largest squared gradient, not the largest v.

    From scratch dw^2 is a thousand times v at the default, and your step 32 times too short.
    Take one step with dw = 1 from a fresh config and print v beside v_max.

    Seen: not yet met; the maximum taken before the average.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.maximum(config["v_max"], dw**2)
    next_w = _adam_step(w, config, *_corrected(config, t, m, v_max))
    return next_w, {**config, "t": t, "m": m, "v": v, "v_max": v_max}


def amsgrad_m_uncorrected(w, dw, config=None):
    """v_max is corrected but the step takes m as it is.

    Your first step is 1 - beta1 times as long as it should be: a tenth, at the default.
    Compare the length of your first step with the learning rate.

    Seen: not yet met; in Adam it was. The paper corrects neither.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.maximum(config["v_max"], v)
    _, v_hat = _corrected(config, t, m, v_max)
    return _adam_step(w, config, m, v_hat), {**config, "t": t, "m": m, "v": v, "v_max": v_max}


def amsgrad_same_correction_every_step(w, dw, config=None):
    """the bias correction stays what it was in the first step.

    Your first step is right. m and v go on growing after it, so their correction has to fade.
    Print t and both corrections in three consecutive steps.

    Seen: not yet met; in Adam it was, t never advanced or never stored.
    """
    config = _amsgrad_defaults(config, w)
    t, m, v = _adam_moments(config, dw)
    v_max = np.maximum(config["v_max"], v)
    next_w = _adam_step(w, config, *_corrected(config, t, m, v_max))
    return next_w, {**config, "m": m, "v": v, "v_max": v_max}


def _defaults(config, **values):
    return {**values, **(config or {})}


def _momentum_defaults(config, w):
    return _defaults(config, learning_rate=1e-2, momentum=0.9, velocity=np.zeros_like(w))


def _rmsprop_defaults(config, w):
    zeros = np.zeros_like(w)
    return _defaults(config, learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8, cache=zeros)


def _rmsprop_cache(config, dw):
    decay = config["decay_rate"]
    return decay * config["cache"] + (1 - decay) * dw**2


def _rmsprop_step(w, dw, config, cache):
    return w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])


def _adam_defaults(config, w):
    zeros = np.zeros_like(w)
    state = {"m": zeros, "v": zeros, "t": 0}
    return _defaults(config, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, **state)


def _adam_moments(config, dw):
    beta1, beta2 = config["beta1"], config["beta2"]
    m = beta1 * config["m"] + (1 - beta1) * dw
    v = beta2 * config["v"] + (1 - beta2) * dw**2
    return config["t"] + 1, m, v


def _corrected(config, t, m, v):
    return m / (1 - config["beta1"] ** t), v / (1 - config["beta2"] ** t)


def _adam_step(w, config, m, v):
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"])


def _adagrad_defaults(config, w):
    return _defaults(config, learning_rate=1e-2, epsilon=1e-8, cache=np.zeros_like(w))


def _adadelta_defaults(config, w):
    state = {"cache": np.zeros_like(w), "delta": np.zeros_like(w)}
    return _defaults(config, learning_rate=1.0, decay_rate=0.95, epsilon=1e-6, **state)


def _adadelta_step(config, delta, cache, dw):
    return np.sqrt(delta + config["epsilon"]) / np.sqrt(cache + config["epsilon"]) * dw


def _adadelta_delta(config, step):
    decay = config["decay_rate"]
    return decay * config["delta"] + (1 - decay) * step**2


def _adadelta_result(w, config, step, cache, delta):
    return w - config["learning_rate"] * step, {**config, "cache": cache, "delta": delta}


def _amsgrad_defaults(config, w):
    return _adam_defaults({"v_max": np.zeros_like(w), **(config or {})}, w)


# What each stands in for. The order matters where two give the same outputs: the first is told.
WRONG_ANSWERS = {
    "sgd_momentum": [
        momentum_not_stored,
        momentum_without_learning_rate,
        momentum_velocity_of_gradients,
        momentum_opposite_velocity,
        momentum_climbs,
        momentum_old_velocity,
        momentum_averages,
        momentum_looks_ahead,
        momentum_is_always_0_9,
        momentum_other_default,
        momentum_other_key,
        momentum_shared_default,
        momentum_scales_dw_in_place,
    ],
    "rmsprop": [
        rmsprop_without_root,
        rmsprop_epsilon_multiplies,
        rmsprop_not_stored,
        rmsprop_old_cache,
        rmsprop_ignores_epsilon,
        rmsprop_swapped_shares,
        rmsprop_sums,
        rmsprop_without_square,
        rmsprop_epsilon_outside,
    ],
    "adam": [
        adam_without_bias_correction,
        adam_same_correction_every_step,
        adam_t_too_late,
        adam_correction_without_t,
        adam_correction_squared,
        adam_correction_with_plus,
        adam_m_uncorrected,
        adam_v_uncorrected,
        adam_stores_corrected,
        adam_v_corrected_with_beta1,
        adam_without_root,
        adam_moments_not_stored,
        adam_ignores_epsilon,
    ],
    "nesterov_momentum": [
        nesterov_without_looking_ahead,
        nesterov_without_v_prev,
        nesterov_adds_v_prev,
        nesterov_velocity_cancels,
        nesterov_not_stored,
        nesterov_velocity_of_gradients,
        nesterov_opposite_velocity,
        nesterov_is_always_0_9,
    ],
    "adagrad": [
        adagrad_decays,
        adagrad_without_root,
        adagrad_epsilon_multiplies,
        adagrad_not_stored,
        adagrad_keeps_the_last_square,
        adagrad_old_cache,
        adagrad_without_square,
        adagrad_ignores_epsilon,
    ],
    "adadelta": [
        adadelta_new_delta,
        adadelta_delta_of_gradients,
        adadelta_delta_of_scaled_steps,
        adadelta_delta_not_stored,
        adadelta_without_roots,
        adadelta_epsilon_outside_roots,
        adadelta_without_epsilon_above,
        adadelta_ignores_learning_rate,
        adadelta_other_default,
    ],
    "amsgrad": [
        amsgrad_is_adam,
        amsgrad_maximum_not_stored,
        amsgrad_old_maximum,
        amsgrad_maximum_replaces_v,
        amsgrad_one_maximum_for_all,
        amsgrad_maximum_of_squares,
        amsgrad_m_uncorrected,
        amsgrad_same_correction_every_step,
    ],
}

# Wrong in a way that leaves nothing to judge a later function against.
NOTHING_TO_FOLLOW = []

# From zero velocity, which is how training starts, these take the right steps.
CHARGED_ONCE = [momentum_opposite_velocity, momentum_velocity_of_gradients]
