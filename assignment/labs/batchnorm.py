# %% [markdown]
# # Batch normalization
#
# A deep net is a long product, and long products explode or vanish. Batch normalization puts
# every hidden unit back to mean 0 and variance 1, layer after layer, batch after batch. This lab
# looks at what that changes: the activations of a net nobody has trained yet, the difference
# between training and test, the gradient, how deep a net can be, how carefully its weights must
# be drawn, and what the size of a batch has to do with all of it. It runs on your
# `normalization.py` and your Adam.

# %%
import timeit
from functools import partial

from matplotlib.colors import LogNorm

from assignment.fc_net import FullyConnectedNet
from assignment.gradient_check import numeric_gradient, numeric_gradient_array, rel_error
from assignment.solver import Solver

data = cifar10(num_training=1000, num_validation=1000, num_test=1000)

# %% [markdown]
# First your own functions: whatever the pictures below show, they show it of the file you saved.

# %%
check("batchnorm_forward", "batchnorm_backward")

# %% [markdown] name="means-and-spreads"
# ## Means and spreads, before and after
#
# Take 500 images through one random layer and look at eight of its units: each has a mean and a
# spread of its own. Batch norm with γ = 1 and β = 0 should make all of them alike, and with other
# γ and β it should give every unit exactly the spread and the mean that γ and β say.

# %%
rng = np.random.default_rng(0)
images = data["X_train"].reshape(1000, -1) / data["X_train"].std()
units = images @ (0.02 * rng.standard_normal((3072, 8)) * rng.uniform(0.3, 2, 8)) + rng.normal(
    0, 2, 8
)


def normalized(x, gamma, beta):
    """The student's forward pass in training mode; forgets the running averages."""
    return normalization.batchnorm_forward(x, gamma, beta, {"mode": "train"})[0]


gamma, beta = np.linspace(0.5, 4, 8), np.linspace(-6, 6, 8)
versions = {
    "before": units,
    "after, γ = 1 and β = 0": normalized(units, np.ones(8), np.zeros(8)),
    "after, γ = 0.5 ... 4, β = -6 ... 6": normalized(units, gamma, beta),
}
fig, axes = plt.subplots(1, 3, figsize=(7, 3), sharey=True)
for ax, (title, x) in zip(axes, versions.items()):
    ax.errorbar(range(1, 9), x.mean(axis=0), x.std(axis=0), fmt="o", capsize=3, color=figures.BLUE)
    ax.set(title=title, xlabel="unit", xticks=range(1, 9))
    ax.title.set_fontsize(9)
axes[0].set_ylabel("mean ± standard deviation")
plt.show()

# %% [markdown]
# In the middle every unit is 0 ± 1, on the right mean and spread lie on two straight lines, as
# ordered. What a unit *says* is untouched: the order of the images along it is the same in all
# three panels.

# %% [markdown] name="activations-and-saturation"
# ## Activations and saturation
#
# Now eight layers of tanh, one after the other, drawn at random and not trained. The weights have
# standard deviation s / √fan_in: at s = 1 the size of the signal is kept (Xavier), at 0.4 it
# shrinks in every layer, at 4 it is far too large. Each column of a panel is the histogram of one
# layer's activations: look for columns that collapse to the single value 0, and for columns that
# live at -1 and 1 only.


# %%
def tanh_layers(s, normalize, layers=8, width=100):
    """The activations (500, width) of every layer, for the first 500 images."""
    rng = np.random.default_rng(1)
    h, activations = images[:500], []
    for _ in range(layers):
        fan_in = h.shape[1]
        h = h @ (s / np.sqrt(fan_in) * rng.standard_normal((fan_in, width)))
        if normalize:
            h = normalized(h, np.ones(width), np.zeros(width))
        h = np.tanh(h)
        activations.append(h)
    return activations


scales = {0.4: "too small", 1.0: "Xavier", 4.0: "too large"}
activations = {(s, norm): tanh_layers(s, norm) for s in scales for norm in (False, True)}

# %% tags=["picture"]
bins = np.linspace(-1, 1, 42)
fig, axes = plt.subplots(2, 3, figsize=(7, 4.6), sharex=True, sharey=True)
for row, norm in zip(axes, (False, True)):
    for ax, (s, name) in zip(row, scales.items()):
        columns = [np.histogram(h, bins)[0] / h.size for h in activations[s, norm]]
        image = ax.pcolormesh(
            np.arange(0.5, 9),
            bins,
            np.array(columns).T,
            norm=LogNorm(1e-3, 1),
            cmap=figures.SEQUENTIAL,
        )
        ax.grid(False)
        ax.set_title(f"s = {s:g} ({name})" if not norm else "", fontsize=10)
for ax in axes[1]:
    ax.set(xlabel="layer", xticks=range(1, 9))
axes[0, 0].set_ylabel("without batch norm\nactivation")
axes[1, 0].set_ylabel("with batch norm\nactivation")
fig.colorbar(image, ax=axes, label="share of all activations (white: none)", extend="min")
fig.suptitle("Batch norm makes every layer look like the first, at any scale of the weights")
plt.show()

# %% [markdown]
# Without batch norm only Xavier's scale survives eight layers, and even there the columns slowly
# narrow. With it the three panels are the same picture: whatever factor the weights bring in is
# divided out again.
#
# The same in numbers. A tanh unit beyond ±0.95 is *saturated*: its slope, 1 - tanh², is below
# 0.1, and the gradient that flows back through it is divided by ten or more, in every such layer.

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.4), sharex=True)
colours = dict(zip(scales, (figures.BLUE, figures.GREEN, figures.VERMILION)))
markers = dict(zip(scales, (("o", 9), ("s", 6.5), ("D", 4))))  # sizes differ: the lines coincide
for (s, norm), layers in activations.items():
    (marker, size), fill = markers[s], colours[s] if norm else "none"
    style = {
        "color": colours[s],
        "ls": "-" if norm else "--",
        "marker": marker,
        "ms": size,
        "mfc": fill,
    }
    label = f"s = {s:g}, {'with' if norm else 'without'}"
    depth = range(1, 9)
    left.plot(depth, [h.std() for h in layers], label=label, **style)
    right.plot(depth, [100 * np.mean(np.abs(h) > 0.95) for h in layers], **style)
left.set(title="Spread", xlabel="layer", ylabel="standard deviation of activations", yscale="log")
right.set(title="Saturation", xlabel="layer", ylabel="saturated activations (%)", xticks=depth)
fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# The filled lines lie on each other. Normalization keeps a fixed part of the units in the bend of
# the tanh, where they are nonlinear but not yet stuck.

# %% [markdown] name="train-against-test"
# ## Training against test
#
# In training, what comes out for an image depends on the other images in its batch; at test time
# running averages take the batch's place. They start at 0 (the mean and the variance!) and move
# by one tenth of the way per batch: after t batches they hold the share 1 - 0.9ᵗ of what they
# should. Left: one unit's running mean over 60 batches. Right: one image's output, in training
# mode among ever other images.

# %%
unit = images @ (0.02 * rng.standard_normal((3072, 1))) + 3
one, zero = np.ones(1), np.zeros(1)
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 4))
for momentum, colour, line in ((0.9, figures.BLUE, "-"), (0.99, figures.VERMILION, "-.")):
    param, path = {"mode": "train", "momentum": momentum}, []
    for _ in range(60):
        normalization.batchnorm_forward(rng.choice(unit, 50), one, zero, param)
        path.append(param["running_mean"].item())
    left.plot(range(1, 61), path, line, color=colour, label=f"running mean, momentum {momentum}")
    share = 1 - momentum ** np.arange(1, 61)
    left.plot(range(1, 61), share * unit.mean(), ":", color=colour, lw=1.2)
left.axhline(unit.mean(), color=figures.BLACK, lw=1, label="mean of all 1000 images")
left.plot([], [], ":", color=figures.GRAY, label="(1 - momentumᵗ) · mean")
left.set(title="Running averages need time", xlabel="batches seen, t", ylabel="mean of the unit")

sizes = (2, 5, 50, 200)
outputs = [
    [
        normalized(np.vstack([unit[:1], rng.choice(unit, size - 1)]), one, zero)[0, 0]
        for _ in range(200)
    ]
    for size in sizes
]
right.boxplot(
    outputs, tick_labels=sizes, whis=(0, 100), medianprops={"color": figures.VERMILION, "lw": 2}
)
test = {"mode": "test", "running_mean": unit.mean(axis=0), "running_var": unit.var(axis=0)}
at_test = normalization.batchnorm_forward(unit[:1], one, zero, test)[0].item()
right.axhline(at_test, color=figures.BLUE, ls="--", label="in test mode, among any images")
right.set(
    title="One image in 200 batches", xlabel="images in the batch", ylabel="output for that image"
)
fig.legend(loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# A batch of 2 knows no more of an image than which of the two is larger: its outputs pile up at
# ±1. Large batches come close to the test-mode output, and never quite agree.
#
# Does it matter? Train a small net, then let it predict the same 1000 test images three ways: as
# it should be; in training mode with mixed batches of 50; and in training mode with batches that
# hold one class only.


# %%
def trained(hidden_dims, normalize=True, *, weight_scale=2e-2, rate=1e-3, batch_size=50, epochs=10):
    """A Solver that has trained a net with the student's batch norm and Adam on the 1000 images."""
    layers = (normalization.batchnorm_forward, normalization.batchnorm_backward)
    if not isinstance(normalize, bool):
        layers = normalize
    net = FullyConnectedNet(
        hidden_dims, normalization=layers if normalize else None, weight_scale=weight_scale, rng=0
    )
    solver = Solver(
        net, data, update_rule=optim.adam, optim_config={"learning_rate": rate},
        batch_size=batch_size, num_epochs=epochs, verbose=False, rng=0,
    )  # fmt: skip
    solver.train()
    return solver


net = trained([100, 100]).model

# %%
X, y = data["X_test"], data["y_test"]


def always_training(x, gamma, beta, param):
    """Batch norm that never goes over to test mode."""
    return normalization.batchnorm_forward(x, gamma, beta, {"mode": "train"})


def share_right(order, forward):
    """Accuracy in percent when the images come in batches of 50, in this order."""
    net.normalization = (forward, normalization.batchnorm_backward)
    batches = np.split(order, len(order) // 50)
    return 100 * np.mean([np.argmax(net.loss(X[b]), axis=1) == y[b] for b in batches])


mixed, sorted_ = np.random.default_rng(0).permutation(1000), np.argsort(y, kind="stable")
rows = {
    "test mode": share_right(mixed, normalization.batchnorm_forward),
    "test mode, batches of one class": share_right(sorted_, normalization.batchnorm_forward),
    "training mode, mixed batches": share_right(mixed, always_training),
    "training mode, batches of one class": share_right(sorted_, always_training),
}
for how, accuracy in rows.items():
    print(f"{how:36} {accuracy:5.1f}%")

# %% [markdown]
# Test mode does not care about the order. Training mode does: among its own kind, what makes an
# airplane an airplane is what all of the batch have in common, and that is exactly what is
# subtracted.

# %% [markdown] tags=["question"] name="one-image-alone"
# **Question.** A user sends one single image to your net. What does each batch-norm layer put out
# if it is left in training mode, for any image whatsoever, and what does the net therefore
# predict?

# %% [markdown] tags=["answer"] name="one-image-alone-answer"
# *Your answer:*

# %% [markdown] name="undoing-the-normalization"
# ## What γ and β can undo
#
# Does normalizing take something away that a net may have needed? With γ = √(var + ε) and β =
# mean, the last step undoes the ones before it: the layer can learn to be the identity. Here are
# the three units that differ most, in and out.

# %%
param = {"mode": "train", "eps": 1e-5}
gamma, beta = np.sqrt(units.var(axis=0) + param["eps"]), units.mean(axis=0)
undone, cache = normalization.batchnorm_forward(units, gamma, beta, param)

fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.6), sharex=True)
for unit, colour, marker in zip(np.argsort(units.mean(axis=0))[[0, 4, 7]], figures.PALETTE, "osD"):
    shown = slice(0, 100)
    style = {"s": 14, "marker": marker, "color": colour, "alpha": 0.7, "label": f"unit {unit + 1}"}
    left.scatter(units[shown, unit], versions["after, γ = 1 and β = 0"][shown, unit], **style)
    right.scatter(units[shown, unit], undone[shown, unit], **style)
left.set(title="γ = 1, β = 0", xlabel="in", ylabel="out")
right.set(title="γ = √(var + ε), β = mean: out = in", xlabel="in", ylabel="out")
right.axline((0, 0), slope=1, color=figures.BLACK, lw=0.8)
left.legend()
plt.show()
print(f"largest difference between out and in: {np.abs(undone - units).max():.1e}")

# %% [markdown]
# The forward pass is undone to the last digits. Is the backward pass? If it were, dx would equal
# dout. Send a random gradient back and look at what has become of it:

# %%
dout = rng.standard_normal(units.shape)
dx, dgamma, dbeta = normalization.batchnorm_backward(dout, cache)
x_hat = (units - beta) / gamma
print("                                        dout          dx")
for what, a, b in (
    ("sum over the batch, unit 1", dout[:, 0].sum(), dx[:, 0].sum()),
    ("sum of gradient · x_hat, unit 1", dout[:, 0] @ x_hat[:, 0], dx[:, 0] @ x_hat[:, 0]),
    ("largest entry", np.abs(dout).max(), np.abs(dx).max()),
):
    print(f"{what:34} {a:10.4f}  {b:10.4f}")

# %% [markdown]
# Two directions are missing from dx: moving all images together, and stretching them. Neither
# changes x_hat, so the loss cannot depend on them. From now on mean and spread of the unit are
# what β and γ say, two numbers that gradient descent can reach directly, and no longer what all
# layers below happen to add up to.

# %% [markdown] tags=["question"] name="bias-before-batch-norm"
# **Question.** An affine layer x W + b comes right before batch norm. What is the gradient of the
# loss with respect to b, and why? Which parameter has taken over what b did?

# %% [markdown] tags=["answer"] name="bias-before-batch-norm-answer"
# *Your answer:*

# %% [markdown] name="gradient-check"
# ## Gradient check
#
# Centered differences against your backward pass, on 4 examples of 5 features in float64. A
# correct backward pass has relative errors of 1e-7 or less here. Remember what such a check
# cannot see: a forward pass with the wrong variance agrees perfectly with *its own* derivative.

# %%
rng = np.random.default_rng(2)
x, dout = 12 + 5 * rng.standard_normal((4, 5)), rng.standard_normal((4, 5))
gamma, beta = rng.standard_normal(5), rng.standard_normal(5)


def gradient_errors(backward, forward=normalization.batchnorm_forward):
    """Relative errors of dx, dgamma and dbeta."""
    _, cache = forward(x, gamma, beta, {"mode": "train"})
    numeric = [
        numeric_gradient_array(lambda _: forward(x, gamma, beta, {"mode": "train"})[0], a, dout)
        for a in (x, gamma, beta)
    ]
    return [rel_error(a, n) for a, n in zip(backward(dout, cache), numeric)]


print("relative error of                dx    dgamma     dbeta")
print(
    "batchnorm_backward      ",
    *(f"{e:9.1e}" for e in gradient_errors(normalization.batchnorm_backward)),
)
if written(normalization.batchnorm_backward_alt):
    print(
        "batchnorm_backward_alt  ",
        *(f"{e:9.1e}" for e in gradient_errors(normalization.batchnorm_backward_alt)),
    )

# %% [markdown]
# The same for every parameter of a whole net. Some true gradients are 0 (those of b1 and b2: the
# question above), and what is measured there is rounding divided by rounding; so errors are
# divided by the largest gradient in the net.

# %%
batch, labels = images[:20, :30], data["y_train"][:20]
layers = (normalization.batchnorm_forward, normalization.batchnorm_backward)
net = FullyConnectedNet(
    [15, 10], input_dim=30, normalization=layers, weight_scale=0.3, reg=0.1, dtype=np.float64, rng=0
)
loss, grads = net.loss(batch, labels)
largest = max(np.abs(g).max() for g in grads.values())
print(f"loss {loss:.4f}")
print("parameter  largest gradient  error")
for name, w in net.params.items():
    numeric = numeric_gradient(lambda _: net.loss(batch, labels)[0], w)
    error = np.abs(numeric - grads[name]).max() / largest
    print(f"{name:9}  {np.abs(grads[name]).max():16.1e}  {error:.1e}")

# %% [markdown]
# One formula in place of many small steps can save time, too: what counts is how often a backward
# pass goes over the whole batch.

# %%
x, dout = rng.standard_normal((500, 1000)), rng.standard_normal((500, 1000))
_, cache = normalization.batchnorm_forward(x, np.ones(1000), np.zeros(1000), {"mode": "train"})
for backward in (normalization.batchnorm_backward, normalization.batchnorm_backward_alt):
    if written(backward):
        seconds = min(timeit.repeat(partial(backward, dout, cache), number=1, repeat=5))
        print(f"{backward.__name__:24} {1e3 * seconds:5.1f} ms for a batch of 500 x 1000")

# %% [markdown] name="deep-nets-with-and-without"
# ## Deep nets with and without
#
# Five hidden layers of 100 units on 1000 images, weights drawn with standard deviation 0.02, Adam
# at 10⁻³, ten epochs of batches of 50. The two nets differ in batch norm only.

# %%
epochs = 5 if QUICK else 10
runs = {
    "with batch norm": trained([100] * 5, epochs=epochs),
    "without": trained([100] * 5, normalize=False, epochs=epochs),
}

fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.6))
for (name, solver), colour, marker in zip(runs.items(), figures.PALETTE, "os"):
    smooth = np.convolve(solver.loss_history, np.ones(10) / 10, mode="valid")
    steps = np.arange(1, len(solver.loss_history) + 1)
    left.plot(steps, solver.loss_history, color=colour, alpha=0.25, lw=1)
    left.plot(steps[9:], smooth, color=colour, ls="-" if marker == "o" else "--", label=name)
    train, val = 100 * np.array(solver.train_acc_history), 100 * np.array(solver.val_acc_history)
    right.plot(train, color=colour, marker=marker, ms=5, label=f"training, {name}")
    right.plot(
        val, color=colour, marker=marker, ms=5, ls="--", mfc="none", label=f"validation, {name}"
    )
left.set(title="Loss (bold: mean of 10 steps)", xlabel="step", ylabel="loss (nats)")
right.set(title="Accuracy", xlabel="epoch", ylabel="accuracy (%)")
left.legend()
fig.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# With batch norm the same number of steps leads further down. The gap between training and
# validation is *not* what batch norm is for: on 1000 images both nets learn by heart what they
# can.
#
# Why is the deep net faster? Look at what the backward pass delivers before any training, in a
# net of 20 hidden layers: the length of the gradient with respect to each layer's shift (b
# without batch norm, β with it), relative to that of layer 20.


# %%
def gradient_lengths(normalize, weight_scale, depth=20):
    """The length of the shift's gradient in every hidden layer, divided by the last one's."""
    layers = (normalization.batchnorm_forward, normalization.batchnorm_backward)
    net = FullyConnectedNet(
        [100] * depth, normalization=layers if normalize else None, weight_scale=weight_scale,
        dtype=np.float64, rng=0,
    )  # fmt: skip
    _, grads = net.loss(data["X_train"][:200] / 50, data["y_train"][:200])
    shift = "beta" if normalize else "b"
    lengths = np.array([np.linalg.norm(grads[f"{shift}{i}"]) for i in range(1, depth + 1)])
    return lengths / lengths[-1]


fig, ax = plt.subplots(figsize=(7, 3.8))
cases = (
    (0.05, figures.BLUE, "o"),
    (np.sqrt(2 / 100), figures.GREEN, "s"),
    (0.4, figures.VERMILION, "D"),
)
for weight_scale, colour, marker in cases:
    for norm in (True, False):
        style = {"ls": "-" if norm else "--", "mfc": colour if norm else "none"}
        label = f"weights {weight_scale:.2g}, {'with' if norm else 'without'}"
        lengths = gradient_lengths(norm, weight_scale)
        ax.plot(range(1, 21), lengths, color=colour, marker=marker, ms=5, label=label, **style)
ax.set(
    yscale="log", xlabel="layer (the gradient comes from the right)", xticks=(1, *range(5, 21, 5))
)
ax.set(ylabel="length of the gradient\n/ that in layer 20", title="What reaches the first layers")
fig.legend(loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# Without batch norm the gradient changes by the same factor in every layer, which after twenty
# layers is a factor of many powers of ten; only weights of √(2 / 100), made for ReLU, keep it
# level. With batch norm the three scales lie close together, though not level: in a normalized
# net of random layers the gradient *grows* towards the first ones. Batch norm helps with depth,
# it does not abolish it.
#
# So how deep can a net be? Ten epochs for each depth, everything else as above.

# %%
depths = (2, 8) if QUICK else (1, 2, 3, 5, 8, 12, 16, 20)
epochs = 2 if QUICK else 10
fig, ax = plt.subplots(figsize=(7, 3.8))
for norm, colour, marker in ((True, figures.BLUE, "o"), (False, figures.VERMILION, "s")):
    solvers = [trained([100] * d, norm, epochs=epochs) for d in progress(depths, "depths")]
    name = "with batch norm" if norm else "without"
    for what, style in (("training", "-"), ("validation", "--")):
        histories = [
            s.train_acc_history if what == "training" else s.val_acc_history for s in solvers
        ]
        best = [100 * max(history) for history in histories]
        fill = colour if what == "training" else "none"
        ax.plot(depths, best, style, color=colour, marker=marker, mfc=fill, label=f"{what}, {name}")
ax.axhline(10, color=figures.GRAY, ls=":", label="guessing")
ax.set(
    title="Batch norm lets deeper nets learn",
    xlabel="hidden layers",
    ylabel="best accuracy (%)",
    xticks=depths,
)
fig.legend(loc="outside lower center", ncols=3)
plt.show()

# %% [markdown] name="weight-scale-sweep"
# ## How carefully must the weights be drawn?
#
# Seven hidden layers of 50 units, and weights of standard deviation 10⁻⁴ to 1: twenty scales,
# each with and without batch norm. Look for the width of the range in which a net learns at all.

# %%
num_scales, epochs = (5, 2) if QUICK else (20, 10)
weight_scales = np.logspace(-4, 0, num_scales)
sweep = {
    norm: [
        trained([50] * 7, norm, weight_scale=scale, epochs=epochs)
        for scale in progress(weight_scales, "weight scales")
    ]
    for norm in (True, False)
}

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.9), sharex=True)
for (norm, solvers), colour, marker in zip(sweep.items(), figures.PALETTE, "os"):
    name = "with batch norm" if norm else "without"
    train = [100 * max(s.train_acc_history) for s in solvers]
    val = [100 * max(s.val_acc_history) for s in solvers]
    final = [np.mean(s.loss_history[-20:]) for s in solvers]
    style = {"color": colour, "marker": marker, "ms": 5}
    left.plot(weight_scales, train, label=f"training, {name}", **style)
    left.plot(weight_scales, val, "--", mfc="none", label=f"validation, {name}", **style)
    right.plot(weight_scales, final, **style)
left.set(title="Best accuracy", xscale="log", xlabel="weight scale", ylabel="accuracy (%)")
left.axhline(10, color=figures.GRAY, ls=":", label="guessing (10%, ln 10 nats)")
right.axhline(np.log(10), color=figures.GRAY, ls=":")
right.set(title="Loss of the last 20 steps, up to 100", yscale="log", ylim=(0.1, 100))
right.set(xlabel="weight scale", ylabel="loss (nats)")
fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# Without batch norm there is one narrow hill: to its left the signal dies in seven layers and the
# net guesses, to its right the scores explode and the loss is far *above* guessing. With batch
# norm there is a best scale too, but no scale at which the net does not learn: the choice matters
# a little where it used to decide everything.

# %% [markdown] tags=["question"] name="why-scale-hardly-matters"
# **Question.** Multiply all weights of a layer that is followed by batch norm by a > 0 (and
# ignore ε). What happens to the output of the net? To the gradient of the loss with respect to
# these weights? Adam's steps have the same length for every a: so which nets of the sweep learn
# too slowly, and which jump too far? What does ε do at 10⁻⁴?

# %% [markdown] tags=["answer"] name="why-scale-hardly-matters-answer"
# *Your answer:*

# %% [markdown] name="batch-size"
# ## The size of a batch
#
# Mean and variance of a batch are estimates of those of all images. How good are they? Below, the
# typical error of a batch's mean and standard deviation for the eight units from the beginning,
# in units of their spread.

# %%
sizes = (2, 5, 10, 20, 50, 100, 200)
errors = []
for size in sizes:
    batches = units[np.random.default_rng(3).integers(1000, size=(2000, size))]
    mean_error = (batches.mean(axis=1) - units.mean(axis=0)) / units.std(axis=0)
    std_error = batches.std(axis=1) / units.std(axis=0) - 1
    errors.append((np.sqrt(np.mean(mean_error**2)), np.sqrt(np.mean(std_error**2))))

fig, ax = plt.subplots(figsize=(7, 3.6))
ax.loglog(sizes, [e[0] for e in errors], "o", color=figures.BLUE, label="mean")
ax.loglog(sizes, [e[1] for e in errors], "s", color=figures.VERMILION, label="standard deviation")
ax.loglog(sizes, 1 / np.sqrt(sizes), "-", color=figures.BLUE, lw=1, label="1 / √N")
ax.loglog(
    sizes, 1 / np.sqrt(2 * np.array(sizes)), "--", color=figures.VERMILION, lw=1, label="1 / √(2N)"
)
ax.set(
    title="A batch is a sample",
    xlabel="batch size N",
    ylabel="typical error (of the unit's spread)",
)
ax.set_xticks(sizes, sizes)
ax.set_yticks((0.05, 0.1, 0.2, 0.5), ("5%", "10%", "20%", "50%"))
ax.minorticks_off()
ax.legend()
plt.show()

# %% [markdown]
# At N = 5 a unit's mean is off by almost half its spread. Now train: five hidden layers of 100
# units with batches of 5, 10 and 50, and without batch norm for comparison. An epoch is the same
# 1000 images for all, so small batches take more steps.

# %%
epochs = 2 if QUICK else 10


def compare(runs, title):
    """Training and validation accuracy per epoch of some Solvers, side by side."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.9), sharex=True, sharey=True)
    for (name, solver), colour, marker in zip(runs.items(), figures.PALETTE, "osD^v"):
        style = {"color": colour, "marker": marker, "ms": 5, "label": name}
        left.plot(
            100 * np.array(solver.train_acc_history), "--" if "without" in name else "-", **style
        )
        right.plot(
            100 * np.array(solver.val_acc_history), "--" if "without" in name else "-", **style
        )
    left.set(title="Training", xlabel="epoch", ylabel="accuracy (%)")
    right.set(title="Validation", xlabel="epoch")
    figures.whole_ticks(left.xaxis)
    fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    fig.suptitle(title)
    plt.show()


rate = 10**-3.5
runs = {
    f"batch norm, batches of {size}": trained([100] * 5, rate=rate, batch_size=size, epochs=epochs)
    for size in progress((5, 10, 50), "batch sizes")
}
runs["without, batches of 50"] = trained([100] * 5, False, rate=rate, epochs=epochs)
runs["without, batches of 5"] = trained([100] * 5, False, rate=rate, batch_size=5, epochs=epochs)
compare(runs, "Batch norm needs a batch")

# %% [markdown]
# With batch norm the training curves are ordered by batch size: the smaller the batch, the
# noisier its statistics, and ten times as many steps do not make up for it. Without batch norm, 5
# or 50 makes far less of a difference. The noise costs less on *validation* images than on
# training images: it is an obstacle to learning by heart, too.

# %% [markdown] name="layer-norm"
# ## Bonus: layer norm
#
# Layer norm takes mean and variance over the features of one image. No image depends on another,
# there are no running averages, and training and test are the same. The same experiment, if you
# have written it:

# %%
bonus = (normalization.layernorm_forward, normalization.layernorm_backward)
if written(bonus[0]) and written(bonus[1]):
    runs = {
        f"layer norm, batches of {size}": trained(
            [100] * 5, bonus, rate=rate, batch_size=size, epochs=epochs
        )
        for size in progress((5, 10, 50), "batch sizes")
    }
    runs["without, batches of 50"] = trained([100] * 5, False, rate=rate, epochs=epochs)
    compare(runs, "Layer norm depends less on the batch")

# %% [markdown]
# Compare the batches of 5 with those of batch norm: much of what was lost to noisy statistics is
# won back. What is left of the order is Adam's: its steps are as long for a noisy gradient as for
# a good one.

# %% [markdown] tags=["question"] name="layer-norm-of-few-features"
# **Question.** What does layer norm put out for a hidden layer of a single unit, and of two
# units? When, therefore, would you expect it to hurt?

# %% [markdown] tags=["answer"] name="layer-norm-of-few-features-answer"
# *Your answer:*

# %% [markdown]
# ## To remember
#
# - Normalization makes the net independent of the scale its weights were drawn at; γ and β give
#   back what was taken.
# - The gradient flows through the mean and the variance too, which is why it has no component
#   along them.
# - Training and test differ, and the running averages must have seen enough batches before they
#   are used.
# - Small batches mean noisy statistics. Layer norm has no batch to depend on.
