"""Whole submissions, graded for real: each gets a complete result and the marks it deserves."""

import itertools
import json
import re
import textwrap

import jsonschema
import pytest

from grader.results import SCHEMA_FILE, Status, to_dict

OPTIM = ("sgd_momentum", "rmsprop", "adam")
BONUS_OPTIM = ("nesterov_momentum", "adagrad", "adadelta", "amsgrad")
NORMALIZATION = ("batchnorm_forward", "batchnorm_backward", "batchnorm_backward_alt", "layernorm")
MODES = pytest.mark.parametrize("official", [False, True], ids=["practice", "official"])
SCHEMA = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))


def assert_complete(graded, manifest):
    """Every question and check is there, with its maximum, and nothing is the grader's fault."""
    SCHEMA.validate(to_dict(graded.result))
    assert graded.maxima == {q.name: q.points for q in manifest.questions}
    assert graded.result.max_score == 100
    assert graded.result.max_bonus == 20
    assert graded.score is not None
    assert graded.score + graded.bonus == pytest.approx(sum(graded.scores.values()))
    assert Status.ERROR not in graded.statuses.values()
    for question in graded.result.questions:
        assert sum(check.max_score for check in question.checks) == pytest.approx(
            question.max_score
        )


def statuses_of(graded, question):
    return {status for (name, _), status in graded.statuses.items() if name == question}


def assert_others_keep_their_marks(graded, *touched):
    for question, score in graded.scores.items():
        if question not in (*touched, "training"):
            assert score == graded.maxima[question], question


def test_the_solutions_themselves(grade_files, solution_files, manifest):
    graded = grade_files(solution_files)
    assert_complete(graded, manifest)
    assert (graded.score, graded.bonus) == (100, 20)


# One thing wrong.

STEP = 'next_w = w - config["learning_rate"] * dw / (np.sqrt(cache) + config["epsilon"])'
TRAINING_WITH_RMSPROP = ("training", "rmsprop_trains_a_net")


# What stands in place of rmsprop's step; the status of its first check, and what is said there.
WRONG = {
    "wrong value": (STEP.replace("w -", "w +"), Status.FAILED, "step 1, next_w"),
    "wrong shape": ("next_w = w[:1]", Status.FAILED, "next_w has shape"),
    "wrong type": ("next_w = str(w)", Status.BAD_OUTPUT, "next_w is str; it should be an array"),
    "not a number": ("next_w = w * np.nan", Status.FAILED, "next_w[0, 0] is nan"),
    "exception": ("raise ValueError('why')", Status.CRASHED, "rmsprop raised ValueError: why"),
    "syntax error": ("next_w = w / 0 * [", Status.CRASHED, "SyntaxError"),
    "os._exit(0)": (
        "import os; os._exit(0)",
        Status.CRASHED,
        "ended the whole process (exit code 0)",
    ),
    "sys.exit(0)": ("import sys; sys.exit(0)", Status.CRASHED, "rmsprop raised SystemExit: 0"),
    "interrupt": ("raise KeyboardInterrupt", Status.CRASHED, "rmsprop raised KeyboardInterrupt"),
    "memory": ("next_w = np.zeros(1 << 32)", Status.MEMORY, "rmsprop asked for more memory"),
}


@pytest.fixture(scope="module")
def wrong(grade_all, with_change):
    """The result of every submission with one wrong function."""
    return grade_all(
        {name: with_change("optim.py", STEP, change) for name, (change, *_) in WRONG.items()}
    )


@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_function(wrong, manifest, name):
    graded, (_, status, told) = wrong[name], WRONG[name]
    assert_complete(graded, manifest)
    touched = (*OPTIM, *BONUS_OPTIM) if name == "syntax error" else ("rmsprop",)
    assert_others_keep_their_marks(graded, *touched)
    for question in touched:
        assert graded.scores[question] == 0
        main = (question, "follows_the_reference")
        assert graded.statuses[main] == status
        assert told in graded.messages[main]
    assert graded.statuses[TRAINING_WITH_RMSPROP] == Status.BLOCKED


def test_an_endless_loop(grade_files, with_change, manifest, quick_project):
    files = with_change("optim.py", STEP, "while True: pass")
    graded = grade_files(files, project=quick_project)
    assert_complete(graded, manifest)
    assert_others_keep_their_marks(graded, "rmsprop")
    assert statuses_of(graded, "rmsprop") == {Status.TIMEOUT}
    assert graded.statuses[TRAINING_WITH_RMSPROP] == Status.BLOCKED
    told = graded.messages["rmsprop", "follows_the_reference"]
    # On a busy machine the loop waits for most of its time.
    assert "was still computing after 0.8 s" in told or "did not answer within 1." in told


def test_a_file_that_never_ends_loading(grade_files, solution_files, manifest, quick_project):
    files = {**solution_files, "dropout.py": "while True: pass\n"}
    graded = grade_files(files, project=quick_project)
    assert_complete(graded, manifest)
    assert_others_keep_their_marks(graded, "dropout_forward", "dropout_backward")
    assert statuses_of(graded, "dropout_forward") == {Status.TIMEOUT}
    assert graded.scores["dropout_forward"] == graded.scores["dropout_backward"] == 0


@pytest.mark.parametrize(
    ("content", "official"),
    [(None, False), (None, True), ("", False), ("# nothing yet\n", False)],
    ids=["missing", "missing officially", "empty", "a comment"],
)
def test_a_file_without_functions(grade_files, solution_files, manifest, content, official):
    files = {name: text for name, text in solution_files.items() if name != "normalization.py"}
    if content is not None:
        files["normalization.py"] = content
    graded = grade_files(files, official=official)
    assert_complete(graded, manifest)
    assert_others_keep_their_marks(graded, *NORMALIZATION)
    assert statuses_of(graded, "batchnorm_forward") == {Status.MISSING}
    for question in NORMALIZATION:
        assert statuses_of(graded, question) <= {Status.MISSING, Status.BLOCKED}
        assert graded.scores[question] == 0


@MODES
def test_prints_a_lot(grade_files, with_change, manifest, official):
    files = with_change("optim.py", STEP, "print('step', dw, '\\x1b[31m' * 20_000)\n    " + STEP)
    graded = grade_files(files, official=official)
    assert_complete(graded, manifest)
    assert graded.score == 100
    assert ("step" in graded.result.output) == (not official)
    assert official == ("official grading does not show" in graded.result.output)
    assert "\x1b" not in graded.result.output
    assert len(graded.result.output) < 3e6


def test_only_the_update_rules(grade_files, solution_files, manifest):
    graded = grade_files({"optim.py": solution_files["optim.py"]})
    assert_complete(graded, manifest)
    alone = {"momentum_trains_a_net", "rmsprop_trains_a_net", "adam_learns_fifty_images"}
    for (question, check), status in graded.statuses.items():
        if question in (*OPTIM, *BONUS_OPTIM) or check in alone:
            assert status == Status.PASSED, check
        else:
            assert status in (Status.MISSING, Status.BLOCKED), check
    assert (graded.score, graded.bonus) == (10 + 10 + 15 + 5, 4 * 3)


@pytest.mark.parametrize("files", [{}, {"notes.txt": "hello"}], ids=["nothing", "no Python"])
def test_nothing_handed_in(grade_files, manifest, files):
    graded = grade_files(files)
    assert_complete(graded, manifest)
    assert graded.score == 0
    assert set(graded.statuses.values()) <= {Status.MISSING, Status.BLOCKED}


def test_functions_that_are_none(grade_files, manifest, solution_files):
    files = dict.fromkeys(solution_files, "def __getattr__(name): return 7\n")
    graded = grade_files(files)
    assert_complete(graded, manifest)
    assert graded.score == 0


# Nothing for nothing.

HEAD = """
import numpy as np

def rule(w, dw, config=None):
    {rule}

sgd_momentum = rmsprop = adam = rule
nesterov_momentum = adagrad = adadelta = amsgrad = rule

def batchnorm_forward(x, gamma, beta, bn_param):
    bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    {batchnorm_forward}

def batchnorm_backward(dout, cache):
    {batchnorm_backward}

batchnorm_backward_alt = layernorm_backward = batchnorm_backward

def layernorm_forward(x, gamma, beta, ln_param):
    return batchnorm_forward(x, gamma, beta, {{}})

def dropout_forward(x, dropout_param):
    {dropout_forward}

def dropout_backward(dout, cache):
    {dropout_backward}
"""
TRIVIAL = {
    "the inputs": {
        "rule": "return w, config",
        "batchnorm_forward": "return x, (x, gamma)",
        "batchnorm_backward": "return dout, cache[1], cache[1]",
        "dropout_forward": "return x, None",
        "dropout_backward": "return dout",
    },
    "zeros": {
        "rule": "return np.zeros_like(w), config or {}",
        "batchnorm_forward": "return np.zeros_like(x), gamma",
        "batchnorm_backward": "return np.zeros_like(dout), 0 * cache, 0 * cache",
        "dropout_forward": "return np.zeros_like(x), None",
        "dropout_backward": "return np.zeros_like(dout)",
    },
    "ones": {
        "rule": "return np.ones_like(w), config or {}",
        "batchnorm_forward": "return np.ones_like(x), gamma",
        "batchnorm_backward": "return np.ones_like(dout), 0 * cache + 1, 0 * cache + 1",
        "dropout_forward": "return np.ones_like(x), None",
        "dropout_backward": "return np.ones_like(dout)",
    },
    "plain gradient descent": {
        "rule": "return w - 1e-2 * dw, config or {}",
        "batchnorm_forward": "return x - x.mean(0), gamma",
        "batchnorm_backward": "return dout - dout.mean(0), 0 * cache, 0 * cache",
        "dropout_forward": "return x / dropout_param['p'], dropout_param['p']",
        "dropout_backward": "return dout / cache",
    },
    "an affine layer with its own backward pass": {
        "rule": "return w, config",
        "batchnorm_forward": "return gamma * x + beta, (x, gamma)",
        "batchnorm_backward": "return dout * cache[1], (dout * cache[0]).sum(0), dout.sum(0)",
        "dropout_forward": "return 2 * x, None",
        "dropout_backward": "return 2 * dout",
    },
    "beta with its own backward pass": {
        "rule": "return w + 0, {}",
        "batchnorm_forward": "return 0 * x + beta, gamma",
        "batchnorm_backward": "return 0 * dout, 0 * cache, dout.sum(0)",
        "dropout_forward": "return 0 * x, None",
        "dropout_backward": "return 0 * dout",
    },
    "nothing": dict.fromkeys(
        ["rule", "batchnorm_forward", "batchnorm_backward", "dropout_forward", "dropout_backward"],
        "return None",
    ),
    "alternating zeros": {
        "rule": "return -w, config or {}",
        "batchnorm_forward": "return np.sign(x), gamma",
        "batchnorm_backward": "return 0 * dout, 0 * cache, dout.sum(0)",
        "dropout_forward": "m = np.indices(x.shape).sum(0) % 2; return 2 * x * m, m",
        "dropout_backward": "return 2 * dout * cache",
    },
}


@pytest.fixture(scope="module", params=[False, True], ids=["practice", "official"])
def trivial(request, grade_all, manifest):
    """Every trivial submission's result."""
    return grade_all(
        {
            name: dict.fromkeys(manifest.files, HEAD.format(**bodies))
            for name, bodies in TRIVIAL.items()
        },
        official=request.param,
    )


@pytest.mark.parametrize("name", TRIVIAL)
def test_what_computes_nothing_earns_nothing(trivial, manifest, name):
    assert_complete(trivial[name], manifest)
    assert {question: score for question, score in trivial[name].scores.items() if score} == {}


# Right in another way.


LOOPS = textwrap.dedent("""
    def rmsprop(w, dw, config=None):
        config = dict(config or {})
        for name, value in (("learning_rate", 1e-2), ("decay_rate", 0.99), ("epsilon", 1e-8)):
            config.setdefault(name, value)
        cache = config.get("cache", np.zeros_like(w)).copy()
        next_w = np.empty_like(w)
        for i in np.ndindex(w.shape):
            decay = config["decay_rate"]
            cache[i] = decay * cache[i] + (1 - decay) * dw[i] * dw[i]
            step = config["learning_rate"] * dw[i] / (np.sqrt(cache[i]) + config["epsilon"])
            next_w[i] = w[i] - step
        config["cache"] = cache
        return next_w, config
""")
STAGED = textwrap.dedent("""
    def batchnorm_forward(x, gamma, beta, bn_param):
        mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
        momentum = bn_param.get("momentum", 0.9)
        N, D = x.shape
        running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
        running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
        if mode == "test":
            return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta, None
        mu = 1.0 / N * np.sum(x, axis=0)
        xmu = x - mu
        sq = xmu**2
        var = 1.0 / N * np.sum(sq, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar, var, eps)


    def batchnorm_backward(dout, cache):
        xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
        N, D = dout.shape
        dbeta = np.sum(dout, axis=0)
        dgamma = np.sum(dout * xhat, axis=0)
        dxhat = dout * gamma
        divar = np.sum(dxhat * xmu, axis=0)
        dxmu1 = dxhat * ivar
        dsqrtvar = -1.0 / sqrtvar**2 * divar
        dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
        dsq = 1.0 / N * np.ones((N, D)) * dvar
        dxmu2 = 2 * xmu * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
        dx2 = 1.0 / N * np.ones((N, D)) * dmu
        return dx1 + dx2, dgamma, dbeta
""")
KEPT_MASK = "kept = rng.random(x.shape, dtype=np.float32) < p"
MOMENTUM = """    v = config["momentum"] * v - config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v
"""
VARIANCE = "var = (centered**2).mean(axis=0)"
ADAM_STEP = 'config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])'
NEW_CONFIG = 'config["t"], config["m"], config["v"] = t, m, v'

LAST_OF_RMSPROP = """    config["cache"] = cache
    # END SOLUTION

    return next_w, config"""

# By file: what is replaced in the solution, and by what; or a function to take another's place.
VARIANTS = {
    "optim.py": {
        "w updated in place": [
            MOMENTUM,
            """    v = config["momentum"] * v - config["learning_rate"] * dw
    w += v
    next_w = w
    config["velocity"] = v
""",
        ],
        "the velocity updated in place": [
            MOMENTUM,
            """    v *= config["momentum"]
    v -= config["learning_rate"] * dw
    next_w = w + v
    config["velocity"] = v
""",
        ],
        "w updated in place by Adam": [
            "next_w = w - " + ADAM_STEP,
            f"w -= {ADAM_STEP}\n    next_w = w",
        ],
        "a new config": [NEW_CONFIG, 'config = {**config, "t": t, "m": m, "v": v}'],
        "extra keys in config": [
            NEW_CONFIG,
            NEW_CONFIG + '\n    config.update(m_hat=m_hat, seen=[t], name="adam")',
        ],
        "float64 out of float32 in Adam": [
            "m_hat = m / (1 - beta1**t)",
            "m_hat = m / np.float64(1 - beta1**t)",
        ],
        "the moving average written otherwise": [
            'v = beta2 * config["v"] + (1 - beta2) * dw**2',
            'v = config["v"] + (1 - beta2) * (np.square(dw) - config["v"])',
        ],
        "results in a list": [
            LAST_OF_RMSPROP,
            '    config["cache"] = cache\n    return [next_w, config]',
        ],
        "loops instead of vectors": [LOOPS],
    },
    "normalization.py": {
        "gradients of shape (1, D)": [
            "dbeta = dout.sum(axis=0)",
            "dbeta = dout.sum(axis=0, keepdims=True)",
            "dgamma = (dout * x_hat).sum(axis=0)",
            "dgamma = (dout * x_hat).sum(axis=0, keepdims=True)",
        ],
        "statistics of shape (1, D)": [
            "mean = x.mean(axis=0)",
            "mean = x.mean(axis=0, keepdims=True)",
            VARIANCE,
            "var = (centered**2).mean(axis=0, keepdims=True)",
        ],
        "the variance as mean(x**2) - mean(x)**2": [
            VARIANCE,
            "var = (x**2).mean(axis=0) - mean**2",
        ],
        "np.var": [VARIANCE, "var = np.var(x, axis=0)"],
        "float64 out of float32 in batch normalization": [
            "inv_std = 1 / np.sqrt(var + eps)",
            "inv_std = 1 / np.sqrt(var.astype(np.float64) + eps)",
        ],
        "a staged backward pass, float64 by its ones": [STAGED],
    },
    "dropout.py": {
        "np.random.rand below p": [KEPT_MASK, "kept = np.random.rand(*x.shape) < p"],
        "at least 1 - p": [KEPT_MASK, "kept = np.random.rand(*x.shape) >= 1 - p"],
        "above 1 - p": [KEPT_MASK, "kept = rng.random(x.shape) > 1 - p"],
        "a binomial mask": [KEPT_MASK, "kept = np.random.binomial(1, p, size=x.shape)"],
        "divided afterwards": ["out = x * mask", "out = np.where(kept, x, 0) / p"],
        "a copy in test mode": ["out = x\n", "out = x.copy()\n"],
        "a float64 mask": ["kept.astype(x.dtype) / p", "kept.astype(np.float64) / p"],
    },
}
NOTED = ("(1, D)", "float64", "w updated in place")
# A submission takes one variant of every file, so that there are few to grade.
TOGETHER = list(itertools.zip_longest(*VARIANTS.values()))


@pytest.fixture(scope="module", params=[False, True], ids=["practice", "official"])
def variants(request, grade_all, with_change, solution_files):
    """The results of all submissions, by their place in TOGETHER."""
    submissions = {}
    for place, names in enumerate(TOGETHER):
        files = submissions[str(place)] = dict(solution_files)
        for (file, changes), name in zip(VARIANTS.items(), names, strict=True):
            change = changes.get(name, ())
            if len(change) == 1:  # of two functions of one name, Python takes the last
                files[file] += change[0]
            else:
                files[file] = with_change(file, *change)[file]
    return grade_all(submissions, official=request.param)


@pytest.mark.parametrize(
    "place", range(len(TOGETHER)), ids=[", ".join(filter(None, names)) for names in TOGETHER]
)
def test_what_is_right_in_another_way_gets_full_marks(variants, manifest, place):
    graded, names = variants[str(place)], ", ".join(filter(None, TOGETHER[place]))
    assert_complete(graded, manifest)
    # The one-formula backward pass of the solutions reads their own cache, not another form's.
    statuses = graded.statuses.items()
    core = {key: s for key, s in statuses if key[0] != "batchnorm_backward_alt"}
    assert {key: s for key, s in core.items() if s != Status.PASSED} == {}
    assert graded.score == 100
    assert bool(graded.notes) == any(word in names for word in NOTED)


# What official mode lets out.

HEXADECIMAL = "'x' + dw.tobytes().hex()[:32]"
LEAKS = {
    "an exception": f"raise ValueError({HEXADECIMAL})",
    "the name of an exception": f"raise type({HEXADECIMAL}, (Exception,), {{}})",
    "a source line": f"""import linecache
    linecache.cache["optim.py"] = 1, None, [{HEXADECIMAL}] * 999, "optim.py"
    raise ValueError""",
}


@pytest.fixture(scope="module")
def leaks(grade_all, with_change):
    """What is said, by mode, about submissions that say what they were given."""
    submissions = {name: with_change("optim.py", STEP, leak) for name, leak in LEAKS.items()}
    main = ("rmsprop", "follows_the_reference")
    return {
        official: {
            name: graded.messages[main]
            for name, graded in grade_all(submissions, official=official).items()
        }
        for official in (False, True)
    }


@pytest.mark.parametrize(
    "way",
    [
        "an exception",
        "the name of an exception",
        "a source line",
    ],
)
def test_official_messages_carry_no_input_out(leaks, way):
    """The step's first gradient, in hexadecimal, as someone would collect it."""
    assert re.search("x[0-9a-f]{32}", leaks[False][way])
    assert not re.search("x[0-9a-f]{32}", leaks[True][way])
