"""The Solver: it learns, keeps its promises about dtypes and randomness, and resumes exactly."""

import sys
import warnings
from itertools import chain

import numpy as np
import pytest

from assignment import schedules
from assignment.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from assignment.fc_net import FullyConnectedNet
from assignment.solver import Solver


@pytest.fixture
def data(rng):
    """Three noisy clusters in 8 dimensions."""
    centres = 2 * rng.standard_normal((3, 8))

    def split(n):
        y = rng.integers(3, size=n)
        return centres[y] + rng.standard_normal((n, 8)), y

    (X_train, y_train), (X_val, y_val) = split(65), split(30)
    return {"X_train": X_train, "y_train": y_train, "X_val": X_val, "y_val": y_val}


@pytest.fixture
def make(data, rules, batchnorm, dropout):
    """A Solver for a small net with batch norm and dropout; options go to either."""

    def make(*, net=(), **options):
        model = FullyConnectedNet(
            [10, 10],
            8,
            3,
            **{
                "normalization": batchnorm,
                "dropout": dropout,
                "dropout_keep_ratio": 0.8,
                "weight_scale": 0.3,
                "rng": 1,
                **dict(net),
            },
        )
        defaults = {
            "update_rule": rules.adam,
            "optim_config": {"learning_rate": 1e-2},
            "batch_size": 10,
            "num_epochs": 4,
            "verbose": False,
            "rng": 2,
        }
        return Solver(model, options.pop("data", data), **(defaults | options))

    return make


def assert_same_run(a, b):
    assert a.loss_history == b.loss_history
    assert a.train_acc_history == b.train_acc_history
    assert a.val_acc_history == b.val_acc_history
    assert a.best_val_acc == b.best_val_acc
    assert (a.epoch, a.iteration) == (b.epoch, b.iteration)
    assert a.rng.bit_generator.state == b.rng.bit_generator.state
    np.testing.assert_equal(a.model.params, b.model.params)
    np.testing.assert_equal(a.best_params, b.best_params)
    np.testing.assert_equal(a.optim_configs, b.optim_configs)
    np.testing.assert_equal(a.model.get_state(), b.model.get_state())


def test_learns_and_keeps_the_history(make, data):
    solver = make(num_epochs=10)
    solver.train()
    assert solver.epoch == 10
    assert len(solver.loss_history) == 10 * (65 // 10)
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 11
    assert np.mean(solver.loss_history[-6:]) < 0.5 * np.mean(solver.loss_history[:6])
    assert solver.best_val_acc == max(solver.val_acc_history) > 0.85
    # The model ends with its best parameters, and the running statistics that belong to them.
    np.testing.assert_equal(solver.model.params, solver.best_params)
    assert solver.check_accuracy(data["X_val"], data["y_val"]) == solver.best_val_acc


def test_the_model_ends_at_its_best_epoch(make, monkeypatch):
    accuracies = iter([0.0, 0.1, 0.0, 0.5, 0.0, 0.4, 0.0, 0.3, 0.0, 0.2])  # train, val, train, ...
    monkeypatch.setattr(Solver, "check_accuracy", lambda *args: next(accuracies))
    solver, one_epoch = make(), make()
    solver.train()
    for _ in range(6):
        one_epoch.step()
    assert solver.best_val_acc == 0.5
    np.testing.assert_equal(solver.best_params, one_epoch.model.params)
    np.testing.assert_equal(solver.model.params, one_epoch.model.params)
    np.testing.assert_equal(solver.model.norm_params, one_epoch.model.norm_params)


@pytest.mark.parametrize("schedule", [None, lambda progress: np.float64(0.9) ** progress])
@pytest.mark.parametrize("rule", ["sgd", "momentum", "rmsprop", "adam"])
def test_float32_stays_float32(rule, schedule, make, rules):
    seen = set()

    def watched(w, dw, config):
        next_w, config = getattr(rules, rule)(w, dw, config)
        seen.update({w.dtype, dw.dtype, next_w.dtype})
        seen.update(v.dtype for v in config.values() if isinstance(v, np.ndarray | np.generic))
        return next_w, config

    solver = make(
        update_rule=watched,
        optim_config={"learning_rate": np.logspace(-3, -2, 2)[0]},  # a np.float64
        lr_schedule=schedule,
        num_epochs=2,
    )
    solver.train()
    assert seen == {np.dtype(np.float32)}
    for params in (solver.model.params, solver.best_params):
        assert {w.dtype for w in params.values()} == {np.dtype(np.float32)}


def test_an_update_rule_that_answers_float64_does_not_widen_the_net(make):
    solver = make(update_rule=lambda w, dw, config: (w.astype(np.float64) - 0.01 * dw, config))
    solver.train()
    assert {w.dtype for w in solver.model.params.values()} == {np.dtype(np.float32)}


def test_an_update_in_place_does_not_reach_best_params(make):
    def in_place(w, dw, config):
        w -= 0.1 * dw
        return w, config

    def pure(w, dw, config):
        return w - 0.1 * dw, config

    solvers = [make(update_rule=rule) for rule in (in_place, pure)]
    for solver in solvers:
        solver.train()
    assert_same_run(*solvers)


def test_every_epoch_is_a_permutation_in_equal_batches(make, data):
    solver = make()
    marked = data | {"X_train": np.arange(65.0)[:, None] * np.ones(8)}
    solver = make(data=marked)
    batches = []
    loss = solver.model.loss

    def spy(X, y=None):
        if y is not None:
            batches.append(X[:, 0].astype(int).tolist())
            np.testing.assert_array_equal(y, data["y_train"][batches[-1]])
        return loss(X) if y is None else loss(X, y)

    solver.model.loss = spy
    solver.train()
    assert {len(batch) for batch in batches} == {10}
    epochs = [[*chain(*batches[i : i + 6])] for i in range(0, 24, 6)]
    assert all(len(set(epoch)) == 60 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 4
    assert len(set(chain(*epochs))) == 65  # who is left over changes


def test_one_seed_one_run_whatever_the_global_state(make):
    state = np.random.get_state()
    runs = []
    for seed in (0, 1):
        np.random.seed(seed)
        before = np.random.get_state()[1].copy()
        solver = make()
        solver.train()
        np.testing.assert_array_equal(np.random.get_state()[1], before)
        runs.append(solver)
    np.random.set_state(state)
    assert_same_run(*runs)
    other = make(rng=3)
    other.train()
    assert other.loss_history != runs[0].loss_history


def test_a_batch_larger_than_the_data_is_the_data(make):
    solver = make(batch_size=1000, num_epochs=3)
    solver.train()
    assert len(solver.loss_history) == 3
    assert len(solver.val_acc_history) == 4


def test_no_epochs_measures_and_changes_nothing(make):
    solver = make(num_epochs=0)
    before = {name: w.copy() for name, w in solver.model.params.items()}
    solver.train()
    assert solver.loss_history == []
    assert solver.val_acc_history == [solver.best_val_acc]
    np.testing.assert_equal(solver.best_params, before)
    np.testing.assert_equal(solver.model.params, before)


def test_best_params_exist_at_zero_accuracy(make, data):
    solver = make(data=data | {"y_val": np.full(30, 77)})
    solver.train()
    assert solver.best_val_acc == 0
    assert solver.best_params.keys() == solver.model.params.keys()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_stops_training(bad, make):
    solver = make()
    loss = solver.model.loss

    def breaks_in_step_9(X, y=None):
        if y is None:
            return loss(X)
        value, grads = loss(X, y)
        return (bad if len(solver.loss_history) == 8 else value), grads

    solver.model.loss = breaks_in_step_9
    with pytest.warns(RuntimeWarning, match=rf"became {bad} at step 9 \(epoch 2\)"):
        solver.train()
    assert len(solver.loss_history) == 9
    assert len(solver.val_acc_history) == 2  # after the first step and the first epoch
    assert solver.epoch == 1
    assert all(np.isfinite(w).all() for w in solver.best_params.values())


def test_divergence_in_the_first_step_still_leaves_best_params(make, data):
    solver = make(data=data | {"X_train": np.full((65, 8), np.nan)})
    with pytest.warns(RuntimeWarning, match="step 1 "):
        solver.train()
    assert solver.best_params.keys() == solver.model.params.keys()


def test_schedule_multiplies_the_initial_rate(make):
    rates = []

    def recorder(w, dw, config):
        rates.append(config["learning_rate"])
        return w, config

    schedule = schedules.step(drop=0.5, every=1)
    solver = make(update_rule=recorder, lr_schedule=schedule, optim_config={"learning_rate": 0.8})
    solver.train()
    per_epoch = np.array(rates).reshape(4, -1)
    for epoch_rates, expected in zip(per_epoch, [0.8, 0.4, 0.2, 0.1], strict=True):
        assert (epoch_rates == expected).all()

    rates.clear()
    make(update_rule=recorder, lr_schedule=schedules.exponential(0.5), num_epochs=2).train()
    per_step = np.array(rates).reshape(12, -1)[:, 0]
    np.testing.assert_allclose(per_step, 1e-2 * 0.5 ** (np.arange(12) / 6))


def test_schedule_needs_a_learning_rate_and_must_be_a_schedule(make):
    with pytest.raises(ValueError, match="needs a 'learning_rate'"):
        make(optim_config={"momentum": 0.9}, lr_schedule=schedules.step())
    with pytest.raises(ValueError, match="must return a number"):
        make(lr_schedule=lambda progress: schedules.step())
    make(optim_config=None, lr_schedule=schedules.constant(), update_rule=lambda w, dw, c: (w, c))


def test_each_parameter_has_its_own_config(make):
    given = {"learning_rate": 1e-2, "m": np.zeros(())}
    solver = make(optim_config=given)
    solver.train()
    assert given == {"learning_rate": 1e-2, "m": np.zeros(())}
    assert {c["t"] for c in solver.optim_configs.values()} == {24}
    for name, w in solver.model.params.items():
        assert solver.optim_configs[name]["m"].shape == w.shape


def test_apply_updates_can_be_replaced(make, rules):
    class AllAtOnce(Solver):
        def apply_updates(self, grads):
            assert grads.keys() == self.model.params.keys()
            for name in grads:
                config = self.optim_configs[name]
                self.model.params[name] = rules.adam(self.model.params[name], grads[name], config)[
                    0
                ]

    plain = make()
    replaced = make()
    replaced.__class__ = AllAtOnce
    for solver in (plain, replaced):
        solver.train()
    assert_same_run(plain, replaced)


def test_any_model_with_params_and_loss_can_be_trained(data, rules):
    class Linear:
        def __init__(self):
            self.params = {"W": np.zeros((8, 3))}

        def loss(self, X, y=None):
            from assignment.layers import softmax_loss

            scores = X @ self.params["W"]
            if y is None:
                return scores
            loss, dscores = softmax_loss(scores, y)
            return loss, {"W": X.T @ dscores}

    config = {"learning_rate": 0.1}
    solver = Solver(
        Linear(), data, update_rule=rules.sgd, optim_config=config, rng=0, verbose=False
    )
    solver.train()
    assert solver.best_val_acc > 0.8


def test_check_accuracy(make, data):
    solver = make()
    X, y = data["X_train"], data["y_train"]
    right = np.argmax(solver.model.loss(X), axis=1) == y
    for batch_size in (1, 7, 65, 1000):
        assert solver.check_accuracy(X, y, batch_size=batch_size) == right.mean()
    some = solver.check_accuracy(X, y, num_samples=20)
    assert some == solver.check_accuracy(X, y, num_samples=20, batch_size=3)
    assert some * 20 == pytest.approx(round(some * 20))
    assert solver.check_accuracy(X, y, num_samples=10**6) == right.mean()
    with pytest.raises(ValueError, match="no images"):
        solver.check_accuracy(X[:0], y[:0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X_val": None}, "data has no 'X_val'"),
        ({"X_train": np.zeros((0, 8)), "y_train": np.zeros(0, int)}, "X_train holds no images"),
        ({"y_train": np.zeros(64, int)}, "X_train holds 65 images but y_train 64 labels"),
        ({"y_val": np.zeros((30, 1), int)}, r"y_val must be integers \(N,\)"),
        ({"y_val": np.zeros(30)}, "float64"),
    ],
)
def test_data_that_cannot_work_is_explained(change, message, make, data):
    changed = {k: v for k, v in (data | change).items() if v is not None}
    with pytest.raises(ValueError, match=message):
        make(data=changed)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size"),
        ({"num_epochs": -1}, "num_epochs"),
        ({"update_rule": "adam"}, "must be a function"),
    ],
)
def test_wrong_arguments_are_explained(options, message, make):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_a_rule_that_changes_a_shape_is_named(make):
    solver = make(update_rule=lambda w, dw, config: (w[None], config))
    with pytest.raises(ValueError, match=r"W1 of shape \(8, 10\) into shape \(1, 8, 10\)"):
        solver.train()


def test_progress_bar_shows_loss_and_accuracies(make, capsys):
    make(verbose=True).train()
    shown = capsys.readouterr().err
    assert "24/24" in shown
    assert "epoch 4/4" in shown
    for number in ("loss=", "train_acc=", "val_acc="):
        assert number in shown


def test_plain_lines_without_tqdm(make, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    make(verbose=True, print_every=0).train()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["1/4", "2/4", "3/4", "4/4"]
    assert all("loss" in line and "val_acc" in line for line in lines)


def test_silent_when_asked(make, capsys):
    make().train()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("rule", ["momentum", "adam"])
def test_resumes_bit_for_bit(rule, make, rules, tmp_path):
    options = {"update_rule": getattr(rules, rule), "lr_schedule": schedules.cosine(4)}
    whole = make(**options)
    whole.train()

    path = tmp_path / "run" / "checkpoint.npz"
    make(**options, num_epochs=2, checkpoint_path=path).train()
    resumed = make(**options, net={"rng": 99}, rng=98).resume(path)
    assert resumed.epoch == 2
    resumed.train()
    assert_same_run(whole, resumed)
    assert list(path.parent.iterdir()) == [path]  # no temporary files


def test_resumes_in_the_middle_of_an_epoch(make, tmp_path):
    whole, stopped = make(), make()
    for _ in range(9):
        whole.step()
        stopped.step()
    stopped.save_checkpoint(tmp_path / "c")
    resumed = make().resume(tmp_path / "c")
    whole.train()
    resumed.train()
    assert_same_run(whole, resumed)


def test_interrupted_and_called_again(make):
    whole, interrupted = make(), make()
    loss = interrupted.model.loss

    def interrupt(X, y=None):
        if len(interrupted.loss_history) == 10:
            interrupted.model.loss = loss
            raise KeyboardInterrupt
        return loss(X) if y is None else loss(X, y)

    interrupted.model.loss = interrupt
    with pytest.raises(KeyboardInterrupt):
        interrupted.train()
    interrupted.train()
    whole.train()
    assert_same_run(whole, interrupted)


def test_a_finished_run_resumes_to_its_end_and_beyond(make, tmp_path):
    path = tmp_path / "c.npz"
    finished = make(checkpoint_path=path)
    finished.train()
    again = make().resume(path)
    again.train()
    assert_same_run(finished, again)
    longer, whole = make(num_epochs=6).resume(path), make(num_epochs=6)
    longer.train()
    whole.train()
    assert_same_run(longer, whole)


def test_a_checkpoint_of_another_run_is_refused(make, rules, tmp_path):
    path = tmp_path / "c.npz"
    make(num_epochs=1, checkpoint_path=path).train()
    for options, message in [
        ({"batch_size": 20}, "batch_size 10, here it is 20"),
        ({"update_rule": rules.sgd}, "update_rule adam, here it is sgd"),
        ({"optim_config": {"learning_rate": 0.5}}, "optim_config"),
        ({"net": {"dtype": np.float64}}, "other parameter shapes than this one"),
    ]:
        solver = make(**options)
        before = {name: w.copy() for name, w in solver.model.params.items()}
        with pytest.raises(CheckpointError, match=message):
            solver.resume(path)
        np.testing.assert_equal(solver.model.params, before)


def test_a_damaged_or_foreign_checkpoint_is_one_sentence(make, tmp_path):
    path = tmp_path / "c.npz"
    make(num_epochs=1, checkpoint_path=path).train()
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for damaged in (b"", b"hello", whole[:100], whole[: len(whole) // 2], bytes(flipped)):
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="is not a checkpoint, or it is damaged"):
            make().resume(path)
    np.savez(path, a=np.zeros(3))
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        make().resume(path)
    save_checkpoint(path, {"a": 1})
    with pytest.raises(CheckpointError, match="not a checkpoint of a Solver"):
        make().resume(path)
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        make().resume(tmp_path / "nowhere.npz")
    with pytest.raises(ValueError, match="resume needs a path"):
        make().resume()


def test_what_cannot_be_saved_is_named_and_the_last_checkpoint_survives(make, tmp_path):
    path = tmp_path / "c.npz"
    solver = make(checkpoint_path=path)
    solver.num_epochs = 1
    solver.train()
    before = path.read_bytes()
    solver.optim_configs["W2"]["note"] = object()
    with pytest.raises(CheckpointError, match=r"\['W2'\]\['note'\].*object"):
        solver.save_checkpoint(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_checkpoint_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    save_checkpoint(path, {"a": 1})

    def crash(source, destination):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.replace", crash)
    with pytest.raises(CheckpointError, match="Input/output error"):
        save_checkpoint(path, {"a": 2})
    assert load_checkpoint(path) == {"a": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_a_checkpoint_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CheckpointError, match="cannot write the checkpoint"):
        save_checkpoint(tmp_path / "file" / "c.npz", {})


def test_checkpoints_return_every_value_as_it_was(tmp_path):
    state = {
        "int": 2**100,
        "floats": [0.1, float("inf"), -0.0],
        "tuple": (1, ("a", None, True)),
        "dict": {"dict": {}, "array": 1},
        "array": np.arange(6.0).reshape(2, 3).T,
        "empty": np.zeros((0, 2), np.float32),
        "scalar": np.float32(0.1),
        "lists": [[], [1, [2]]],
    }
    save_checkpoint(tmp_path / "c", state)
    loaded = load_checkpoint(tmp_path / "c")
    assert repr(loaded) == repr(state)
    assert loaded["array"].flags.f_contiguous
    for key, value in state.items():
        assert type(loaded[key]) is type(value)
    assert loaded["empty"].dtype == np.float32
    assert loaded["scalar"].dtype == np.float32


@pytest.mark.parametrize("value", [{1: 2}, {"a": {3}}, [np.array([None])], (lambda: 0,)])
def test_checkpoints_refuse_what_only_pickle_could_hold(value, tmp_path):
    with pytest.raises(CheckpointError, match=r"cannot save state\['x'\]"):
        save_checkpoint(tmp_path / "c", {"x": value})
    assert not (tmp_path / "c").exists()


def test_training_warns_of_nothing(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make().train()
