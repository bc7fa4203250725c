"""Submissions with two mistakes in one function are told both, where outputs show both."""

import pytest

TEST_MODE = """\
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        out = gamma * x_hat + beta"""
RUNNING = "running_{0} = momentum * running_{0} + (1 - momentum) * {0}"
SWAPPED = "running_{0} = (1 - momentum) * running_{0} + momentum * {0}"
ROOT = "dw / (np.sqrt(cache) + "
DECAYING = 'decay * config["cache"] + (1 - decay) * dw**2'

# What is told: the file, old and new text in turn, and the check that shows both mistakes.
TWO_MISTAKES = {
    "momentum-without-learning-rate+momentum-looks-ahead": (
        "optim.py",
        ['v = config["momentum"] * v - config["learning_rate"] * dw\n    next_w = w + v\n'],
        [
            'v_old = v\n    v = config["momentum"] * v - dw\n'
            '    next_w = w - config["momentum"] * v_old + (1 + config["momentum"]) * v\n'
        ],
        "sgd_momentum",
    ),
    "rmsprop-without-root+rmsprop-swapped-shares": (
        "optim.py",
        [ROOT, DECAYING],
        ["dw / (cache + ", 'decay * dw**2 + (1 - decay) * config["cache"]'],
        "rmsprop",
    ),
    "rmsprop-without-root+rmsprop-sums": (
        "optim.py",
        [ROOT, "(1 - decay) * dw**2"],
        ["dw / (cache + ", "dw * dw"],
        "rmsprop",
    ),
    "rmsprop-epsilon-multiplies+rmsprop-swapped-shares": (
        "optim.py",
        ["np.sqrt(cache) + config", DECAYING],
        ["np.sqrt(cache) * config", '(1 - decay) * config["cache"] + decay * dw**2'],
        "rmsprop",
    ),
    "adam-without-bias-correction+adam-without-root": (
        "optim.py",
        ["m_hat / (np.sqrt(v_hat) +"],
        ["m / (v +"],
        "adam",
    ),
    "adam-m-uncorrected+adam-v-corrected-with-beta1": (
        "optim.py",
        ["m_hat / (np", "v / (1 - beta2**t)"],
        ["m / (np", "v / (1 - beta1**t)"],
        "adam",
    ),
    "adam-correction-with-plus+adam-without-root": (
        "optim.py",
        ["1 - beta1**t", "1 - beta2**t", "np.sqrt(v_hat)"],
        ["1 + beta1**t", "1 + beta2**t", "v_hat"],
        "adam",
    ),
    "batchnorm-test-without-gamma-beta+batchnorm-momentum-swapped": (
        "normalization.py",
        [TEST_MODE, RUNNING.format("mean"), RUNNING.format("var")],
        [
            TEST_MODE.replace("gamma * x_hat + beta", "x_hat"),
            SWAPPED.format("mean"),
            SWAPPED.format("var"),
        ],
        "batchnorm_forward",
    ),
    "batchnorm-unbiased-variance+batchnorm-divides-by-variance": (
        "normalization.py",
        ["(centered**2).mean(axis=0)", "1 / np.sqrt(var + eps)", "/ np.sqrt(running_var + eps)"],
        ["(centered**2).sum(axis=0) / (len(x) - 1)", "1 / (var + eps)", "/ (running_var + eps)"],
        "batchnorm_forward",
    ),
    "batchnorm-backward-constant-mean+batchnorm-backward-variance-twice": (
        "normalization.py",
        [" - dx_hat.sum(axis=0) - x_hat *"],
        [" - 2 * x_hat *"],
        "batchnorm_backward",
    ),
    "batchnorm-backward-without-gamma+batchnorm-backward-without-std": (
        "normalization.py",
        ["dx_hat = dout * gamma\n    dx = inv_std / N"],
        ["dx_hat = dout\n    dx = 1 / N"],
        "batchnorm_backward",
    ),
    "batchnorm-backward-alt-without-n+batchnorm-backward-alt-without-std": (
        "normalization.py",
        ["gamma * inv_std * (dout - (dbeta + x_hat * dgamma) / len(dout))"],
        ["gamma * (dout - dbeta - x_hat * dgamma)"],
        "batchnorm_backward_alt",
    ),
    "adagrad-epsilon-multiplies+adagrad-keeps-the-last-square": (
        "optim.py",
        [
            'cache = config["cache"] + dw**2\n'
            '    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) +'
        ],
        ['cache = dw**2\n    next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) *'],
        "adagrad",
    ),
}


@pytest.fixture(scope="module", params=[False, True], ids=["practice", "official"])
def told(request, grade_all, with_change):
    """By pair: the diagnoses in its question."""
    submissions = {
        id: with_change(file, *(text for both in zip(old, new, strict=True) for text in both))
        for id, (file, old, new, _) in TWO_MISTAKES.items()
    }
    graded = grade_all(submissions, official=request.param)
    return {
        id: {
            check.diagnosis.id: check.diagnosis.text
            for result in graded[id].result.questions
            if result.name == question
            for check in result.checks
            if check.diagnosis is not None
        }
        for id, (*_, question) in TWO_MISTAKES.items()
    }


@pytest.mark.parametrize("id", TWO_MISTAKES)
def test_two_mistakes_at_once(told, id):
    assert id in told[id]
    text = told[id][id]
    assert text.startswith("Exactly what you get when ")
    assert ", and " in text
    assert len(text.splitlines()) == 2
