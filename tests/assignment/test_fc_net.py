"""The net: architecture, gradients of whole nets, dtypes, modes, and its checkpointable state."""

import json

import numpy as np
import pytest

from assignment.fc_net import FullyConnectedNet
from assignment.gradient_check import numeric_gradient
from assignment.layers import svm_loss


def small_net(hidden_dims=(6, 5), **options):
    defaults = {"weight_scale": 0.5, "dtype": np.float64, "rng": 0}
    return FullyConnectedNet(list(hidden_dims), 12, 4, **(defaults | options))


@pytest.fixture
def batch(rng):
    return rng.standard_normal((7, 3, 2, 2)), rng.integers(4, size=7)


def assert_gradients_are_right(net, X, y):
    _, grads = net.loss(X, y)
    assert grads.keys() == net.params.keys()
    for name, w in net.params.items():
        numeric = numeric_gradient(lambda _: net.loss(X, y)[0], w)
        # Against the array's scale: single entries near 0 carry only rounding.
        assert np.abs(grads[name] - numeric).max() <= 1e-6 * max(np.abs(numeric).max(), 1e-2), name


@pytest.mark.parametrize("hidden_dims", [(), (6,), (6, 5), (4, 4, 4, 4)])
@pytest.mark.parametrize("reg", [0.0, 0.7])
def test_gradients_of_plain_nets(hidden_dims, reg, batch):
    assert_gradients_are_right(small_net(hidden_dims, reg=reg), *batch)


def test_gradients_with_another_loss(batch):
    assert_gradients_are_right(small_net(loss=svm_loss), *batch)


@pytest.mark.parametrize("norm", ["batchnorm", "layernorm"])
def test_gradients_with_normalization_and_dropout(norm, dropout, batch, request):
    net = small_net(
        normalization=request.getfixturevalue(norm),
        dropout=dropout,
        dropout_keep_ratio=0.7,
        dropout_seed=5,
        reg=0.1,
    )
    for name in ("gamma1", "beta1"):  # away from 1 and 0, where a mistake could hide
        net.params[name] += np.linspace(-0.5, 0.5, 6)
    assert_gradients_are_right(net, *batch)


def test_names_and_shapes_of_parameters(batchnorm):
    net = FullyConnectedNet([7, 5], 12, 4, normalization=batchnorm, rng=0)
    shapes = {name: w.shape for name, w in net.params.items()}
    assert shapes == {
        "W1": (12, 7), "b1": (7,), "gamma1": (7,), "beta1": (7,),
        "W2": (7, 5), "b2": (5,), "gamma2": (5,), "beta2": (5,),
        "W3": (5, 4), "b3": (4,),
    }  # fmt: skip
    assert (net.params["gamma2"] == 1).all()
    for name in ("b1", "b3", "beta1"):
        assert not net.params[name].any()


def test_weight_scale_and_seed():
    net = FullyConnectedNet([100], weight_scale=0.05, rng=3)
    assert net.params["W1"].std() == pytest.approx(0.05, rel=0.02)
    twin = FullyConnectedNet([100], weight_scale=0.05, rng=np.random.default_rng(3))
    np.testing.assert_array_equal(net.params["W1"], twin.params["W1"])
    double = FullyConnectedNet([100], weight_scale=0.05, rng=3, dtype=np.float64)
    np.testing.assert_array_equal(net.params["W1"], double.params["W1"].astype(np.float32))


def test_loss_at_the_start_is_that_of_guessing(batch):
    assert small_net(weight_scale=1e-6).loss(*batch)[0] == pytest.approx(np.log(4), abs=1e-6)


def test_regularization_counts_all_weights_and_only_weights(batch):
    plain, regularized = small_net(), small_net(reg=0.5)
    for net in (plain, regularized):
        net.params["b1"] += 3
    squares = sum(np.sum(w**2) for name, w in plain.params.items() if name[0] == "W")
    difference = regularized.loss(*batch)[0] - plain.loss(*batch)[0]
    assert difference == pytest.approx(0.25 * squares)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_everything_stays_in_the_nets_dtype(dtype, batchnorm, dropout, batch):
    def wide(functions):  # like student code that answers float32 with float64
        def widened(value):
            return value.astype(np.float64) if isinstance(value, np.ndarray) else value

        def forward(*args):
            out, cache = functions[0](*args)
            return widened(out), cache

        def backward(*args):
            grads = functions[1](*args)
            return tuple(map(widened, grads)) if isinstance(grads, tuple) else widened(grads)

        return forward, backward

    for wrap in (lambda functions: functions, wide):
        net = small_net(
            normalization=wrap(batchnorm),
            dropout=wrap(dropout),
            dropout_keep_ratio=0.5,
            reg=np.float64(0.1),
            weight_scale=np.float64(0.1),
            dtype=dtype,
        )
        loss, grads = net.loss(*batch)
        arrays = [*net.params.values(), *grads.values(), net.loss(batch[0])]
        assert {a.dtype for a in arrays} == {np.dtype(dtype)}
        assert type(loss) is float


def test_inputs_of_any_shape_and_dtype(batch):
    net = small_net(dtype=np.float32)
    X = np.round(batch[0] * 10)
    scores = net.loss(X.astype(np.float32))
    assert scores.shape == (7, 4)
    for same in (X, X.astype(np.int8), X.reshape(7, 12), np.asfortranarray(X)):
        np.testing.assert_array_equal(net.loss(same), scores)


def test_parameters_and_inputs_are_not_modified(batch, batchnorm, dropout):
    X, y = batch
    net = small_net(normalization=batchnorm, dropout=dropout, dropout_keep_ratio=0.5, reg=0.1)
    before = {name: w.copy() for name, w in net.params.items()} | {"X": X.copy(), "y": y.copy()}
    net.loss(X, y)
    for name, array in (net.params | {"X": X, "y": y}).items():
        np.testing.assert_array_equal(array, before[name])


def test_modes_and_parameters_reach_the_functions(batch):
    calls = []

    def norm_forward(x, gamma, beta, param):
        calls.append(("norm", param["mode"], id(param)))
        return x, None

    def dropout_forward(x, dropout_param):
        calls.append(("dropout", dropout_param))
        return x, None

    net = small_net(
        normalization=(
            norm_forward,
            lambda dout, cache: (dout, np.ones(dout.shape[1]), 0 * dout[0]),
        ),
        dropout=(dropout_forward, lambda dout, cache: dout),
        dropout_keep_ratio=0.25,
    )
    net.loss(batch[0])
    assert [c[1] for c in calls[::2]] == ["test", "test"]
    assert [c[1] for c in calls[1::2]] == [{"mode": "test", "p": 0.25}] * 2
    first = calls[:]
    calls.clear()
    net.loss(*batch)
    assert [c[1] for c in calls[::2]] == ["train", "train"]
    assert [c[2] for c in calls[::2]] == [c[2] for c in first[::2]]  # one dict per layer
    assert calls[0][2] != calls[2][2]
    seeds = [c[1].pop("seed") for c in calls[1::2]]
    assert seeds[0] != seeds[1]
    assert all(type(seed) is int and 0 <= seed < 2**32 for seed in seeds)
    assert [c[1] for c in calls[1::2]] == [{"mode": "train", "p": 0.25}] * 2


def test_caches_are_opaque_and_row_shaped_gradients_are_taken(batch, batchnorm, dropout):
    class Handle:
        __slots__ = ("content",)

    def remote(functions, gradients):
        def forward(*args):
            out, cache = functions[0](*args)
            handle = Handle()
            handle.content = cache
            return out, handle

        def backward(dout, cache):
            return gradients(functions[1](dout, cache.content))

        return forward, backward

    options = {"dropout_keep_ratio": 0.5, "dropout_seed": 1}
    plain = small_net(normalization=batchnorm, dropout=dropout, **options)
    proxied = small_net(
        normalization=remote(batchnorm, lambda g: (g[0], g[1][None], g[2][None])),
        dropout=remote(dropout, lambda dx: dx),
        **options,
    )
    (loss, grads), (other_loss, other) = plain.loss(*batch), proxied.loss(*batch)
    assert loss == other_loss
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, other[name])
        assert other[name].shape == proxied.params[name].shape


def test_a_fixed_dropout_seed_differs_between_layers(batch):
    seeds = []

    def forward(x, dropout_param):
        seeds.append(dropout_param["seed"])
        return x, None

    net = small_net(dropout=(forward, lambda dout, cache: dout), dropout_seed=5)
    net.loss(*batch)
    net.loss(*batch)
    assert seeds[:2] == seeds[2:]
    assert seeds[0] != seeds[1]


def test_dropout_draws_new_masks_and_a_seed_repeats_them(batch, dropout):
    def losses(**options):
        net = small_net(dropout=dropout, dropout_keep_ratio=0.5, **options)
        return [net.loss(*batch)[0] for _ in range(3)]

    drawn = losses()
    assert len(set(drawn)) == 3
    assert losses() == drawn  # the same rng=0
    assert len(set(losses(dropout_seed=0))) == 1


def test_evaluating_does_not_change_training(batch, batchnorm, dropout):
    options = {"normalization": batchnorm, "dropout": dropout, "dropout_keep_ratio": 0.5}
    quiet, evaluated = small_net(**options), small_net(**options)
    for _ in range(3):
        evaluated.loss(batch[0])
        assert quiet.loss(*batch)[0] == evaluated.loss(*batch)[0]


def test_state_round_trip_continues_bit_for_bit(batch, batchnorm, dropout):
    options = {"normalization": batchnorm, "dropout": dropout, "dropout_keep_ratio": 0.5}
    net, copy = small_net(**options), small_net(**options)
    for _ in range(4):
        net.loss(*batch)
    state = net.get_state()
    json.dumps(state["rng"])
    expected = [net.loss(batch[0]), net.loss(*batch)[0], net.loss(batch[0])]
    for _ in range(2):  # the state itself is not changed by the net that took it over
        copy.set_state(state)
        results = [copy.loss(batch[0]), copy.loss(*batch)[0], copy.loss(batch[0])]
        for result, value in zip(results, expected, strict=True):
            np.testing.assert_array_equal(result, value)


def test_wrong_arguments_are_explained(batch, dropout, batchnorm):
    with pytest.raises(ValueError, match="dropout_keep_ratio must be in"):
        small_net(dropout=dropout, dropout_keep_ratio=0.0)
    with pytest.raises(ValueError, match="needs dropout="):
        small_net(dropout_keep_ratio=0.5)
    with pytest.raises(ValueError, match="int64"):
        small_net(dtype=np.int64)
    with pytest.raises(ValueError, match=r"\(7, 11\), but the net takes 12"):
        small_net().loss(np.zeros((7, 11)))
    with pytest.raises(ValueError, match="0 normalization layers, this one has 2"):
        small_net(normalization=batchnorm).set_state(small_net().get_state())
    summed = (lambda x, p: (x.sum(axis=0), None), dropout[1])
    with pytest.raises(ValueError, match=r"the output of dropout 1 has shape \(6,\)"):
        small_net(dropout=summed).loss(batch[0])
