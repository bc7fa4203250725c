"""A fully-connected net of any depth; the normalization and dropout functions are yours."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

from assignment.layers import (
    affine_backward,
    affine_forward,
    affine_parameter_gradients,
    relu_backward,
    relu_forward,
    softmax_loss,
)

Array = NDArray[Any]
Params = dict[str, Array]
LayerPair = tuple[Callable[..., Any], Callable[..., Any]]
LossFunction = Callable[[Array, Array], tuple[float, Array]]


class FullyConnectedNet:
    """{affine - [normalization] - relu - [dropout]} x (L - 1) - affine - loss.

    `params` maps names to arrays: W1 (D, H), b1 (H,), with normalization also gamma1 and
    beta1 (H,), then W2, ... up to WL, bL. W is drawn from a normal distribution with standard
    deviation `weight_scale`; b and beta start at 0, gamma at 1.

    hidden_dims: sizes of the hidden layers; an empty list gives a linear classifier
    normalization: (forward, backward), called as
        forward(x, gamma, beta, param) -> (out, cache)
        backward(dout, cache) -> (dx, dgamma, dbeta)
        `param` is one dict per layer (`norm_params`), whose "mode" is "train" or "test"; running
        statistics live in it because batch norm puts them there. Batch and layer norm both fit.
    dropout: (forward, backward), called as
        forward(x, dropout_param) -> (out, cache)
        backward(dout, cache) -> dx
        `dropout_param` holds "mode", "p" (the probability of KEEPING a unit) and, when training,
        "seed".
    dropout_keep_ratio: that p, in (0, 1]
    dropout_seed: None draws a new seed for every layer and pass from the net's own generator, so
        that a run can be repeated whatever random source your function uses; an integer gives
        every pass the same masks, as a gradient check needs
    reg: strength of the L2 penalty 0.5 * reg * sum(W^2), on all W and nothing else
    dtype: of the parameters, and so of everything computed: np.float32 or np.float64
    loss: softmax_loss or svm_loss, or any (scores, y) -> (loss, dscores)
    rng: a numpy Generator, a seed, or None; draws the weights and then the dropout seeds
    """

    def __init__(
        self,
        hidden_dims: Sequence[int],
        input_dim: int = 3 * 32 * 32,
        num_classes: int = 10,
        *,
        normalization: LayerPair | None = None,
        dropout: LayerPair | None = None,
        dropout_keep_ratio: float = 1.0,
        dropout_seed: int | None = None,
        reg: float = 0.0,
        weight_scale: float = 1e-2,
        dtype: DTypeLike = np.float32,
        loss: LossFunction = softmax_loss,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        if not 0 < dropout_keep_ratio <= 1:
            raise ValueError(f"dropout_keep_ratio must be in (0, 1], got {dropout_keep_ratio}")
        if dropout is None and dropout_keep_ratio < 1:
            raise ValueError("dropout_keep_ratio < 1 needs dropout=(forward, backward)")
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise ValueError(f"dtype must be a floating-point type, got {self.dtype}")

        self.normalization = normalization
        self.dropout = dropout
        self.dropout_keep_ratio = float(dropout_keep_ratio)
        self.dropout_seed = None if dropout_seed is None else int(dropout_seed)
        self.reg = float(reg)  # a np.float64 would turn float32 gradients into float64
        self.loss_function = loss
        self.rng = np.random.default_rng(rng)
        self.num_layers = len(hidden_dims) + 1
        self.norm_params: list[dict[str, Any]] = [{} for _ in hidden_dims] if normalization else []

        self.params: Params = {}
        dims = [input_dim, *hidden_dims, num_classes]
        for i, (fan_in, fan_out) in enumerate(pairwise(dims), start=1):
            # Drawn in float64 and then rounded: one seed gives both dtypes the same weights.
            w = weight_scale * self.rng.standard_normal((fan_in, fan_out))
            self.params[f"W{i}"] = w.astype(self.dtype)
            self.params[f"b{i}"] = np.zeros(fan_out, self.dtype)
            if normalization and i < self.num_layers:
                self.params[f"gamma{i}"] = np.ones(fan_out, self.dtype)
                self.params[f"beta{i}"] = np.zeros(fan_out, self.dtype)

    @overload
    def loss(self, X: Array, y: None = None) -> Array: ...
    @overload
    def loss(self, X: Array, y: Array) -> tuple[float, Params]: ...
    def loss(self, X: Array, y: Array | None = None) -> Array | tuple[float, Params]:
        """Scores in test mode, or loss and gradients in train mode.

        X: (N, d_1, ..., d_k) with d_1 * ... * d_k = input_dim;  y: (N,) labels or None

        Returns scores (N, C) when y is None; otherwise (loss, grads), where grads has the same
        keys, shapes and dtype as `params`.
        """
        if y is None:
            return self._forward(X, "test")[0]
        scores, caches = self._forward(X, "train")
        loss, dscores = self.loss_function(scores, y)
        grads = self._backward(self._checked("the gradient of the loss", dscores, scores), caches)
        loss = float(loss)
        if self.reg:
            for i in range(1, self.num_layers + 1):
                w = self.params[f"W{i}"]
                loss += 0.5 * self.reg * float(np.vdot(w, w))  # sum(W^2) without a copy
                grads[f"W{i}"] += self.reg * w
        return loss, grads

    def _forward(self, X: Array, mode: str) -> tuple[Array, list[Any]]:
        """Scores, and the caches of every layer in forward order."""
        params = self.params
        h = self._rows(X)
        caches: list[Any] = []
        for i in range(1, self.num_layers):
            h, fc_cache = affine_forward(h, params[f"W{i}"], params[f"b{i}"])
            norm_cache = dropout_cache = None
            if self.normalization:
                param = self.norm_params[i - 1]
                param["mode"] = mode
                out, norm_cache = self.normalization[0](
                    h, params[f"gamma{i}"], params[f"beta{i}"], param
                )
                h = self._checked(f"the output of normalization {i}", out, h)
            h, relu_cache = relu_forward(h)
            if self.dropout:
                out, dropout_cache = self.dropout[0](h, self._dropout_param(i, mode))
                h = self._checked(f"the output of dropout {i}", out, h)
            caches.append((fc_cache, norm_cache, relu_cache, dropout_cache))
        L = self.num_layers
        scores, fc_cache = affine_forward(h, params[f"W{L}"], params[f"b{L}"])
        caches.append((fc_cache, None, None, None))
        return scores, caches

    def _backward(self, dout: Array, caches: list[Any]) -> Params:
        """Gradients of the data loss; `caches` of your own functions are handed back unread."""
        params = self.params
        grads: Params = {}
        for i in range(self.num_layers, 0, -1):
            fc_cache, norm_cache, relu_cache, dropout_cache = caches[i - 1]
            if i < self.num_layers:
                if self.dropout:
                    dx = self.dropout[1](dout, dropout_cache)
                    dout = self._checked(f"the gradient of dropout {i}", dx, dout)
                dout = relu_backward(dout, relu_cache)
                if self.normalization:
                    dx, dgamma, dbeta = self.normalization[1](dout, norm_cache)
                    dout = self._checked(f"the gradient of normalization {i}", dx, dout)
                    for name, grad in ((f"gamma{i}", dgamma), (f"beta{i}", dbeta)):
                        grads[name] = self._checked(f"the gradient of {name}", grad, params[name])
            if i > 1:
                dout, grads[f"W{i}"], grads[f"b{i}"] = affine_backward(dout, fc_cache)
            else:
                grads["W1"], grads["b1"] = affine_parameter_gradients(dout, fc_cache)
        return grads

    def _rows(self, X: Array) -> Array:
        """X as (N, D) in the net's dtype; copied only when the dtype differs."""
        X = np.asarray(X, self.dtype)
        D = self.params["W1"].shape[0]
        if X.ndim == 0 or X.size != X.shape[0] * D:
            raise ValueError(f"X has shape {X.shape}, but the net takes {D} values per example")
        return X.reshape(X.shape[0], D)

    def _dropout_param(self, i: int, mode: str) -> dict[str, Any]:
        param: dict[str, Any] = {"mode": mode, "p": self.dropout_keep_ratio}
        if mode == "train":  # testing draws nothing, so evaluating never changes the training
            if self.dropout_seed is None:
                param["seed"] = int(self.rng.integers(2**31))
            else:
                param["seed"] = self.dropout_seed + i
        return param

    def _checked(self, what: str, value: Any, like: Array) -> Array:
        """`value` with the shape of `like` ((1, D) will do for (D,)) and the net's dtype."""
        array = np.asarray(value, self.dtype)
        if array.shape == like.shape:
            return array
        if array.size != like.size:
            raise ValueError(f"{what} has shape {array.shape}, expected {like.shape}")
        return array.reshape(like.shape)

    def get_state(self) -> dict[str, Any]:
        """What a checkpoint needs besides `params`: running statistics and the generator."""
        return {
            "norm_params": [_copied(param) for param in self.norm_params],
            "rng": self.rng.bit_generator.state,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Take over a state from `get_state` of a net built with the same arguments."""
        if len(state["norm_params"]) != len(self.norm_params):
            raise ValueError(
                f"the state is of a net with {len(state['norm_params'])} normalization layers, "
                f"this one has {len(self.norm_params)}"
            )
        self.rng.bit_generator.state = state["rng"]
        self.norm_params = [_copied(param) for param in state["norm_params"]]


def _copied(param: dict[str, Any]) -> dict[str, Any]:
    # Arrays only: a value of any other kind is the function's own business.
    return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in param.items()}
