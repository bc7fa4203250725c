"""The training loop: batches, updates, learning-rate schedule, accuracies, checkpoints."""

import copy
import math
import os
import warnings
from collections.abc import Callable
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from assignment.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from assignment.progress import progress_display
from assignment.schedules import Schedule, constant
from assignment.solver_inputs import check_counts, check_schedule, examples, hyperparameters

Array = NDArray[Any]
Config = dict[str, Any]
UpdateRule = Callable[[Array, Array, Any], tuple[Array, Any]]


class Model(Protocol):
    """What a Solver can train: `params`, and `loss` as in `FullyConnectedNet`.

    With `get_state()` and `set_state(state)`, what they hold is part of the checkpoints too.
    """

    params: dict[str, Array]

    @property
    def loss(self) -> Callable[..., Any]: ...


class Solver:
    """Trains a model by mini-batch gradient descent.

        solver = Solver(model, data, update_rule=adam, optim_config={"learning_rate": 1e-3})
        solver.train()

    data: dict with X_train (N, ...), y_train (N,), X_val (M, ...), y_val (M,); labels are integers
    update_rule: a function (w, dw, config) -> (next_w, config)
    optim_config: hyperparameters; each parameter starts from a copy of its own
    lr_schedule: see `schedules`; multiplies the initial optim_config["learning_rate"]
    batch_size: every epoch is a fresh permutation of the training images cut into batches, so an
        image is drawn at most once per epoch. What is left over when batch_size does not divide N
        waits for the next permutation, so all batches are equally large (batch norm cares). A
        batch_size above N is N.
    num_epochs: in all; 0 only measures the accuracies
    num_train_samples, num_val_samples: how many images accuracies are measured on (None: all)
    checkpoint_path: file to write after every epoch; see `resume`
    print_every: steps between two reports of the loss (0: only once per epoch)
    verbose: show a progress bar
    rng: a numpy Generator, a seed, or None; nothing else is random, and the global state of
        numpy.random is never used

    Attributes, as in CS231n: `loss_history` (one entry per step), `train_acc_history` and
    `val_acc_history` (after the first step and after every epoch), `best_params` and
    `best_val_acc`, `epoch` (whole epochs done).

    A loss that is NaN or infinite ends training with a RuntimeWarning: that step is not taken, the
    histories end there, and `best_params` holds the best so far.
    """

    def __init__(
        self,
        model: Model,
        data: dict[str, Array],
        *,
        update_rule: UpdateRule,
        optim_config: Config | None = None,
        lr_schedule: Schedule | None = None,
        batch_size: int = 100,
        num_epochs: int = 10,
        num_train_samples: int | None = 1000,
        num_val_samples: int | None = None,
        checkpoint_path: str | os.PathLike[str] | None = None,
        print_every: int = 10,
        verbose: bool = True,
        rng: np.random.Generator | int | None = None,
    ) -> None:
        self.model = model
        self.X_train, self.y_train = examples(data, "train")
        self.X_val, self.y_val = examples(data, "val")
        if not callable(update_rule):
            raise ValueError(f"update_rule must be a function such as adam, got {update_rule!r}")
        check_counts(batch_size, num_epochs)

        self.update_rule = update_rule
        self.optim_config = hyperparameters(optim_config)
        self.lr_schedule = None if lr_schedule is constant() else lr_schedule
        if self.lr_schedule is not None:
            check_schedule(self.lr_schedule, self.optim_config)
        self.batch_size = min(batch_size, len(self.X_train))
        self.num_epochs = num_epochs
        self.num_train_samples = num_train_samples
        self.num_val_samples = num_val_samples
        self.checkpoint_path = checkpoint_path
        self.print_every = print_every
        self.verbose = verbose
        self.rng = np.random.default_rng(rng)

        self.iterations_per_epoch = len(self.X_train) // self.batch_size
        self.iteration = 0
        self.optim_configs = {name: copy.deepcopy(self.optim_config) for name in model.params}
        self.loss_history: list[float] = []
        self.train_acc_history: list[float] = []
        self.val_acc_history: list[float] = []
        self.best_val_acc = 0.0
        self.best_params: dict[str, Array] = {}
        self._best_state: Any = None
        self._order = np.arange(len(self.X_train))

    @property
    def epoch(self) -> int:
        """Number of whole epochs done."""
        return self.iteration // self.iterations_per_epoch

    def train(self) -> None:
        """Train until `num_epochs` epochs are done, then give the model its best parameters.

        Best is what had the highest validation accuracy. Interrupted (in a notebook, say), a
        second call continues where the first one stopped.
        """
        total = self.num_epochs * self.iterations_per_epoch
        with progress_display(self.verbose, total, self.iteration) as display:
            while self.iteration < total:
                loss = self.step()
                if not math.isfinite(loss):
                    warnings.warn(
                        f"the loss became {loss} at step {self.iteration + 1} (epoch "
                        f"{self.epoch + 1}); training stopped. Try a smaller learning rate.",
                        RuntimeWarning,
                        stacklevel=2,
                    )
                    break
                display.advance()
                epoch_ends = self.iteration % self.iterations_per_epoch == 0
                if not self.val_acc_history:
                    self._measure()
                if epoch_ends:
                    self._measure()
                if epoch_ends and self.checkpoint_path is not None:
                    self.save_checkpoint(self.checkpoint_path)
                due = self.print_every and self.iteration % self.print_every == 0
                if due or epoch_ends:
                    display.report(
                        f"epoch {self.epoch}/{self.num_epochs}",
                        loss=loss,
                        train_acc=self.train_acc_history[-1],
                        val_acc=self.val_acc_history[-1],
                    )
        if not self.best_params:
            self._measure()
        self.model.params.update({name: w.copy() for name, w in self.best_params.items()})
        if self._best_state is not None:
            self.model.set_state(self._best_state)  # type: ignore[attr-defined]

    def step(self) -> float:
        """Take one gradient step on the next batch and return its loss.

        A loss that is not finite is recorded, but no update is made.
        """
        position = self.iteration % self.iterations_per_epoch
        if position == 0:
            self._order = self.rng.permutation(len(self.X_train))
        batch = self._order[position * self.batch_size : (position + 1) * self.batch_size]
        loss, grads = self.model.loss(self.X_train[batch], self.y_train[batch])
        loss = float(loss)
        self.loss_history.append(loss)
        if math.isfinite(loss):
            if self.lr_schedule is not None:
                # A Python float, always: a np.float64 would turn float32 parameters into float64.
                progress = self.iteration / self.iterations_per_epoch
                rate = float(self.optim_config["learning_rate"] * self.lr_schedule(progress))
                for config in self.optim_configs.values():
                    config["learning_rate"] = rate
            self.apply_updates(grads)
            self.iteration += 1
        return loss

    def apply_updates(self, grads: dict[str, Array]) -> None:
        """Update every parameter with its gradient; parameters keep their shape and dtype."""
        params = self.model.params
        for name, w in params.items():
            next_w, self.optim_configs[name] = self.update_rule(
                w, grads[name], self.optim_configs[name]
            )
            if np.shape(next_w) != w.shape:
                raise ValueError(
                    f"update_rule turned {name} of shape {w.shape} into shape {np.shape(next_w)}"
                )
            params[name] = np.asarray(next_w, w.dtype)

    def check_accuracy(
        self, X: Array, y: Array, num_samples: int | None = None, batch_size: int = 1000
    ) -> float:
        """Share of the images X (N, ...) whose highest score is at the label y (N,).

        num_samples: measure on a random subset, always the same one, so that the accuracies of
            two epochs can be compared and measuring leaves the random numbers of training alone
        batch_size: images per forward pass; bounds the memory, not the result
        """
        N = len(X)
        subset: Array | None = None
        if num_samples is not None and num_samples < N:
            subset = np.random.default_rng(0).choice(N, num_samples, replace=False)
            N = num_samples
        if N == 0:
            raise ValueError("cannot measure an accuracy on no images")
        correct = 0
        for start in range(0, N, batch_size):
            part: Any = slice(start, min(start + batch_size, N))
            if subset is not None:
                part = subset[part]
            scores = self.model.loss(X[part])
            correct += int(np.count_nonzero(np.argmax(scores, axis=1) == y[part]))
        return correct / N

    def _measure(self) -> None:
        """Record both accuracies, and the parameters if they are the best so far."""
        train_acc = self.check_accuracy(self.X_train, self.y_train, self.num_train_samples)
        val_acc = self.check_accuracy(self.X_val, self.y_val, self.num_val_samples)
        self.train_acc_history.append(train_acc)
        self.val_acc_history.append(val_acc)
        if val_acc > self.best_val_acc or not self.best_params:  # the first counts even at 0%
            self.best_val_acc = val_acc
            self.best_params = {name: w.copy() for name, w in self.model.params.items()}
            self._best_state = self._model_state()  # batch norm: the statistics go with the weights

    def _model_state(self) -> Any:
        get_state = getattr(self.model, "get_state", None)
        return get_state() if get_state else None

    def save_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Write everything `resume` needs, atomically; also possible in the middle of an epoch."""
        state = {name: getattr(self, name) for name in _SAVED}
        state |= {
            "run": self._run(),
            "params": self.model.params,
            "model_state": self._model_state(),
            "rng": self.rng.bit_generator.state,
        }
        save_checkpoint(path, state)

    def resume(self, path: str | os.PathLike[str] | None = None) -> Self:
        """Continue from a checkpoint, bit for bit as if training had never been interrupted.

        Build the model and the Solver with the same arguments as before (only num_epochs and what
        is shown may differ), then `solver.resume(path).train()`. This is also how to train a
        finished run for longer. The default path is `checkpoint_path`. A file that is missing,
        damaged or of another run is a CheckpointError.
        """
        path = self.checkpoint_path if path is None else path
        if path is None:
            raise ValueError("resume needs a path, here or as checkpoint_path")
        state = load_checkpoint(path)
        missing = {*_SAVED, "run", "params", "model_state", "rng"} - state.keys()
        if missing:
            raise CheckpointError(f"{path} is not a checkpoint of a Solver")
        for name, here in self._run().items():
            saved = state["run"].get(name)
            if saved != here:
                known = f"{name} {saved}, here it is {here}"
                what = known if len(known) < 100 else f"other {name} than this one"
                raise CheckpointError(f"{path} is of a run with {what}")
        self.rng.bit_generator.state = state["rng"]
        for name in _SAVED:
            setattr(self, name, state[name])
        self.model.params.update(state["params"])
        if state["model_state"] is not None:
            self.model.set_state(state["model_state"])  # type: ignore[attr-defined]
        return self

    def _run(self) -> dict[str, Any]:
        """The facts that a checkpoint and the Solver that resumes it must share."""
        scalars = {k: v for k, v in self.optim_config.items() if isinstance(v, int | float | str)}
        return {
            "update_rule": getattr(self.update_rule, "__name__", type(self.update_rule).__name__),
            "optim_config": scalars,
            "batch_size": self.batch_size,
            "num_train_samples": self.num_train_samples,
            "num_val_samples": self.num_val_samples,
            "data shapes": [list(self.X_train.shape), list(self.X_val.shape)],
            "parameter shapes": {k: [str(w.dtype), *w.shape] for k, w in self.model.params.items()},
            "random generator": type(self.rng.bit_generator).__name__,
        }


# Attributes that checkpoints hold as they are.
_SAVED = (
    "iteration",
    "optim_configs",
    "loss_history",
    "train_acc_history",
    "val_acc_history",
    "best_val_acc",
    "best_params",
    "_best_state",
    "_order",
)
