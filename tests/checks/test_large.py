"""Backward passes on large inputs: what measures a gradient runs out of time, what computes passes.

None of these depends on how fast the machine is: what must be slow is slow by orders of magnitude.
"""

import pytest

from grader.results import Status

LARGE = [
    ("batchnorm_backward", "takes_large_batches"),
    ("layernorm", "takes_large_layers"),
]

# The cache is what a measured gradient needs.
HEAD = """

def _normalized(x, gamma, beta, eps, axis):
    centered = x - x.mean(axis=axis, keepdims=True)
    var = (centered * centered).mean(axis=axis, keepdims=True)
    return gamma * centered / np.sqrt(var + eps) + beta


_batchnorm_backward, _batchnorm_backward_alt = batchnorm_backward, batchnorm_backward_alt
_batchnorm_forward, _layernorm_forward = batchnorm_forward, layernorm_forward
_layernorm_backward = layernorm_backward


def batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = _batchnorm_forward(x, gamma, beta, bn_param)
    return out, (cache, x, gamma, beta, bn_param.get("eps", 1e-5))


def layernorm_forward(x, gamma, beta, ln_param):
    out, cache = _layernorm_forward(x, gamma, beta, ln_param)
    return out, (cache, x, gamma, beta, ln_param.get("eps", 1e-5))


def batchnorm_backward_alt(dout, cache):
    return _batchnorm_backward_alt(dout, cache[0])


def batchnorm_backward(dout, cache):
    return _dx(dout, *cache[1:], 0), *_batchnorm_backward(dout, cache[0])[1:]


def layernorm_backward(dout, cache):
    return _dx(dout, *cache[1:], 1), *_layernorm_backward(dout, cache[0])[1:]


def _dx(dout, x, gamma, beta, eps, axis):
"""

ELEMENT_BY_ELEMENT = """
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        shifted = x.astype(complex)
        shifted[index] += 1e-20j
        out = _normalized(shifted, gamma, beta, eps, axis)
        dx[index] = (dout * out.imag).sum() / 1e-20
    return dx
"""
# What is normalized apart can be shifted together.
ROW_BY_ROW = """
    dx = np.zeros_like(x)
    for which in range(x.shape[axis]):
        index = (which, slice(None)) if axis == 0 else (slice(None), which)
        shifted = x.astype(complex)
        shifted[index] += 1e-20j
        out = _normalized(shifted, gamma, beta, eps, axis)
        dx[index] = (dout * out.imag).sum(axis=axis) / 1e-20
    return dx
"""
DIFFERENCES = """
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        losses = []
        for step in (1e-5, -1e-5):
            shifted = x.copy()
            shifted[index] += step
            losses.append((dout * _normalized(shifted, gamma, beta, eps, axis)).sum())
        dx[index] = (losses[0] - losses[1]) / 2e-5
    return dx
"""
# However fast the machine is, this takes 0.1 s of computing for what is large.
PYTHON_LOOP = """
    import time
    begun = time.process_time()
    x, dout = (x, dout) if axis == 0 else (x.T, dout.T)
    centered = x - x.mean(axis=0)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=0) + eps)
    x_hat = centered * inv_std
    dx_hat = dout * gamma if axis == 0 else dout * gamma[:, None]
    mean, slope = dx_hat.mean(axis=0), (dx_hat * x_hat).mean(axis=0)
    dx = np.zeros_like(x)
    for n in range(x.shape[0]):
        for d in range(x.shape[1]):
            dx[n, d] = inv_std[d] * (dx_hat[n, d] - mean[d] - x_hat[n, d] * slope[d])
    while x.size > 10_000 and time.process_time() < begun + 0.1:
        pass
    return dx if axis == 0 else dx.T
"""
MEASURED = {"complex steps": ELEMENT_BY_ELEMENT, "complex steps of whole rows": ROW_BY_ROW}
FORMS = {**MEASURED, "a loop in Python": PYTHON_LOOP, "differences": DIFFERENCES}


@pytest.fixture(scope="module")
def graded(grade_all, solution_files):
    """The result of every form."""
    source = solution_files["normalization.py"] + HEAD
    return grade_all(
        {
            name: {**solution_files, "normalization.py": source + body}
            for name, body in FORMS.items()
        }
    )


def failing(found):
    return {key: status for key, status in found.statuses.items() if status != Status.PASSED}


@pytest.mark.parametrize("name", MEASURED)
def test_exact_gradients_that_are_measured_only_fail_for_their_cost(graded, name):
    found = graded[name]
    beside_training = {key: s for key, s in failing(found).items() if key[0] != "training"}
    assert beside_training == dict.fromkeys(LARGE, Status.TIMEOUT)
    for key in LARGE:
        assert "after" in found.messages[key] or "within" in found.messages[key]
    for question, _ in LARGE:
        assert 0 < found.scores[question] < found.maxima[question]


def test_differences_fail_for_their_cost_too(graded):
    found = failing(graded["differences"])
    assert [found[key] for key in LARGE] == [Status.TIMEOUT, Status.TIMEOUT]


def test_a_loop_in_python_passes_with_a_note(graded):
    found = graded["a loop in Python"]
    assert failing(found) == {}
    assert (found.score, found.bonus) == (100, 20)
    for function in ("batchnorm_backward", "layernorm_backward"):
        assert any(note.startswith(f"{function} took 0.") for note in found.notes), found.notes


def test_a_formula_gets_no_note(grade_files, solution_files):
    found = grade_files(solution_files)
    assert failing(found) == {}
    assert not any(" took " in note for note in found.notes)


# After a forward pass that is wrong in a known way.

VARIANCE = "var = (centered**2).mean(axis=0)"
UNBIASED = "var = (centered**2).sum(axis=0) / (len(x) - 1)"
DX = "dx = inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0))"
RIGHT_AFTER_IT = (
    "dx = inv_std * (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).sum(axis=0) / (N - 1))"
)
FOLLOWING = {
    "its own gradient": RIGHT_AFTER_IT,
    "another gradient": RIGHT_AFTER_IT.replace("- x_hat", "+ x_hat"),
    "no array": "dx = None",
    "another shape": "dx = dx_hat[:3]",
    "a list": "dx = [[1.0], [2.0, 3.0]]",
}


@pytest.fixture(scope="module")
def following(grade_all, with_change):
    """The results of backward passes after a forward pass with the unbiased variance."""
    return grade_all(
        {
            name: with_change("normalization.py", VARIANCE, UNBIASED, DX, dx)
            for name, dx in FOLLOWING.items()
        }
    )


def test_a_right_gradient_of_a_known_mistake_keeps_its_points(following):
    found = following["its own gradient"]
    assert found.scores["batchnorm_forward"] < found.maxima["batchnorm_forward"]
    lost = [check for question, check in failing(found) if question == LARGE[0][0]]
    assert lost == []


@pytest.mark.parametrize("name", list(FOLLOWING)[1:])
def test_what_is_wrong_after_a_known_mistake_is_the_students_mistake(following, name):
    found = following[name]
    assert found.statuses[LARGE[0]] in (Status.FAILED, Status.BAD_OUTPUT)
    assert Status.ERROR not in found.statuses.values()
    assert found.scores["batchnorm_backward"] < 0.2 * found.maxima["batchnorm_backward"]
