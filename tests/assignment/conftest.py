"""Small reference functions and data for the tests of the given code."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest


def sgd(w, dw, config):
    return w - config.setdefault("learning_rate", 1e-2) * dw, config


def momentum(w, dw, config):
    v = config.get("momentum", 0.9) * config.get("velocity", np.zeros_like(w))
    config["velocity"] = v - config["learning_rate"] * dw
    return w + config["velocity"], config


def rmsprop(w, dw, config):
    decay = config.get("decay_rate", 0.99)
    config["cache"] = decay * config.get("cache", np.zeros_like(w)) + (1 - decay) * dw * dw
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + 1e-8), config


def adam(w, dw, config):
    t = config["t"] = config.get("t", 0) + 1
    config["m"] = 0.9 * config.get("m", np.zeros_like(w)) + 0.1 * dw
    config["v"] = 0.999 * config.get("v", np.zeros_like(w)) + 0.001 * dw * dw
    m, v = config["m"] / (1 - 0.9**t), config["v"] / (1 - 0.999**t)
    return w - config["learning_rate"] * m / (np.sqrt(v) + 1e-8), config


def batchnorm_forward(x, gamma, beta, bn_param):
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - running_mean) / np.sqrt(running_var + 1e-5) + beta, None
    mean, var = x.mean(axis=0), x.var(axis=0)
    bn_param["running_mean"] = 0.9 * running_mean + 0.1 * mean
    bn_param["running_var"] = 0.9 * running_var + 0.1 * var
    std = np.sqrt(var + 1e-5)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, gamma, std, 0)


def layernorm_forward(x, gamma, beta, ln_param):
    std = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * x_hat + beta, (x_hat, gamma, std, 1)


def norm_backward(dout, cache):
    x_hat, gamma, std, axis = cache
    g = dout * gamma
    mean = {"axis": axis, "keepdims": True}
    dx = (g - g.mean(**mean) - x_hat * (g * x_hat).mean(**mean)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, None
    keep = np.random.default_rng(dropout_param["seed"]).random(x.shape) < p
    mask = keep.astype(x.dtype) / p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


@pytest.fixture
def rules():
    return SimpleNamespace(sgd=sgd, momentum=momentum, rmsprop=rmsprop, adam=adam)


@pytest.fixture
def batchnorm():
    return batchnorm_forward, norm_backward


@pytest.fixture
def layernorm():
    return layernorm_forward, norm_backward


@pytest.fixture
def dropout():
    return dropout_forward, dropout_backward


@pytest.fixture
def rng():
    return np.random.default_rng(231)


@pytest.fixture(scope="session")
def real_cifar10():
    """The folder of real CIFAR-10 files; may hold only a part of the images."""
    folder = os.environ.get("CIFAR10_DIR")
    if not folder or not (Path(folder) / "data_batch_1").is_file():
        pytest.skip("CIFAR10_DIR does not point at a cifar-10-batches-py folder")
    return Path(folder)
