"""A net and a training loop with the structure and the habits of CS231n's assignment 2: a peer.

It stands for what a course measures today: the assignment's given loop and net, with the layers and
the Adam that a student commonly writes into them. Its habits are its cost, and are kept on purpose:
images are float64 and every batch is cast; a float64 dropout mask widens all that follows, and
after the first update the parameters too; the first layer's input gradient is worked out though
nobody reads it; so is the penalty of the weights, at strength 0; images are drawn with replacement.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x w + b."""
    return x.reshape(x.shape[0], -1).dot(w) + b, (x, w, b)


def affine_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """All three gradients, always."""
    x, w, _ = cache
    dx = dout.dot(w.T).reshape(x.shape)
    return dx, x.reshape(x.shape[0], -1).T.dot(dout), dout.sum(axis=0)


def batchnorm_forward(x: Array, gamma: Array, beta: Array, param: dict) -> tuple[Array, Any]:
    """In training mode, node by node of the graph."""
    momentum, eps = param.get("momentum", 0.9), param.get("eps", 1e-5)
    mean, var = np.mean(x, axis=0), np.var(x, axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    for name, value in (("running_mean", mean), ("running_var", var)):
        old = param.get(name, np.zeros(x.shape[1], dtype=x.dtype))
        param[name] = momentum * old + (1 - momentum) * value
    return gamma * x_hat + beta, (x, mean, std, x_hat, gamma)


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Back through the nodes: the scale, the variance, the mean."""
    x, mean, std, x_hat, gamma = cache
    N = x.shape[0]
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 * std**-3
    dmean = -np.sum(dx_hat / std, axis=0) - 2 * dvar * np.mean(x - mean, axis=0)
    dx = dx_hat / std + 2 * dvar * (x - mean) / N + dmean / N
    return dx, np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)


def dropout_forward(x: Array, p: float) -> tuple[Array, Array]:
    """Inverted dropout with a float64 mask."""
    mask = (np.random.rand(*x.shape) < p) / p
    return x * mask, mask


def softmax_loss(x: Array, y: Array) -> tuple[float, Array]:
    """Cross-entropy of the scores."""
    N = x.shape[0]
    shifted = x - np.max(x, axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    dx = np.exp(log_probabilities)
    dx[np.arange(N), y] -= 1
    return -np.sum(log_probabilities[np.arange(N), y]) / N, dx / N


def adam(w: Array, dw: Array, config: dict) -> tuple[Array, dict]:
    """The formulas, one by one."""
    config.setdefault("learning_rate", 1e-3)
    config.setdefault("beta1", 0.9)
    config.setdefault("beta2", 0.999)
    config.setdefault("epsilon", 1e-8)
    config.setdefault("m", np.zeros_like(w))
    config.setdefault("v", np.zeros_like(w))
    config.setdefault("t", 0)
    beta1, beta2 = config["beta1"], config["beta2"]
    config["t"] += 1
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw**2
    m_hat = config["m"] / (1 - beta1 ** config["t"])
    v_hat = config["v"] / (1 - beta2 ** config["t"])
    next_w = w - config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])
    return next_w, config


class FullyConnectedNet:
    """{affine - [batch norm] - relu - [dropout]} x depth - affine - softmax."""

    def __init__(self, weights: dict[str, Array], *, batchnorm: bool, keep: float | None) -> None:
        self.depth = len(weights) - 1
        self.batchnorm, self.keep, self.reg, self.dtype = batchnorm, keep, 0.0, np.float32
        self.params: dict[str, Array] = {}
        for i, w in enumerate(weights.values(), start=1):
            self.params |= {f"W{i}": w, f"b{i}": np.zeros(w.shape[1])}
            if batchnorm and i <= self.depth:
                self.params |= {
                    f"gamma{i}": np.ones(w.shape[1]),
                    f"beta{i}": np.zeros(w.shape[1]),
                }
        self.params = {name: w.astype(self.dtype) for name, w in self.params.items()}
        self.bn_params: list[dict] = [{"mode": "train"} for _ in range(self.depth)]

    def loss(self, X: Array, y: Array) -> tuple[float, dict[str, Array]]:
        """The loss and the gradients of a batch."""
        h, caches, params = X.astype(self.dtype), [], self.params
        for i in range(1, self.depth + 1):
            h, affine = affine_forward(h, params[f"W{i}"], params[f"b{i}"])
            norm = mask = None
            if self.batchnorm:
                gamma, beta = params[f"gamma{i}"], params[f"beta{i}"]
                h, norm = batchnorm_forward(h, gamma, beta, self.bn_params[i - 1])
            before = h
            h = np.maximum(0, h)
            if self.keep is not None:
                h, mask = dropout_forward(h, self.keep)
            caches.append((affine, norm, before, mask))
        last = self.depth + 1
        scores, affine = affine_forward(h, params[f"W{last}"], params[f"b{last}"])

        loss, dout = softmax_loss(scores, y)
        grads: dict[str, Array] = {}
        dout, grads[f"W{last}"], grads[f"b{last}"] = affine_backward(dout, affine)
        for i in range(self.depth, 0, -1):
            affine, norm, before, mask = caches[i - 1]
            if mask is not None:
                dout = dout * mask
            dout = dout * (before > 0)
            if self.batchnorm:
                dout, grads[f"gamma{i}"], grads[f"beta{i}"] = batchnorm_backward(dout, norm)
            dout, grads[f"W{i}"], grads[f"b{i}"] = affine_backward(dout, affine)
        for i in range(1, last + 1):
            w = params[f"W{i}"]
            loss += 0.5 * self.reg * np.sum(w * w)
            grads[f"W{i}"] += self.reg * w
        return loss, grads


class Solver:
    """Steps of Adam on random batches."""

    def __init__(
        self, model: FullyConnectedNet, X: Array, y: Array, batch: int, rate: float
    ) -> None:
        self.model, self.X_train, self.y_train, self.batch_size = model, X, y, batch
        self.optim_configs: dict[str, dict] = {
            name: {"learning_rate": rate} for name in model.params
        }
        self.loss_history: list[float] = []

    def step(self) -> None:
        """One update of every parameter."""
        batch = np.random.choice(self.X_train.shape[0], self.batch_size)
        loss, grads = self.model.loss(self.X_train[batch], self.y_train[batch])
        self.loss_history.append(loss)
        for name, w in self.model.params.items():
            config = self.optim_configs[name]
            self.model.params[name], self.optim_configs[name] = adam(w, grads[name], config)
