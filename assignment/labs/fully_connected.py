# %% [markdown]
# # A fully-connected net, from the first check to the best model
#
# Everything you wrote in one place: batch norm, dropout and Adam in nets that learn to tell ten
# kinds of pictures apart. The lab goes the way one goes with any new net: check that the loss
# starts where it must, overfit fifty images, find out what each ingredient of a recipe
# contributes, search for its hyperparameters, and train the best model. At the end you look at
# what it has learnt, and at what it takes for what.

# %%
from assignment.data import SYNTHETIC_CLASSES, DataNotFoundError, load_cifar10
from assignment.fc_net import FullyConnectedNet
from assignment.layers import softmax_loss, svm_loss
from assignment.schedules import cosine
from assignment.solver import Solver

sizes = (1000, 500, 500) if QUICK else (9000, 1000, 2000)
data = cifar10(*sizes)
try:
    class_names = load_cifar10().class_names
except DataNotFoundError:
    class_names = SYNTHETIC_CLASSES

# %%
check("adam", "batchnorm_backward", "dropout_backward")

# %% [markdown] name="images"
# ## What is to be learnt
#
# Six images of every class, with the mean image subtracted, as the net gets them: 32 x 32 pixels
# of three colours, that is 3072 numbers.


# %%
def tiles(pictures, columns):
    """Pictures (N, 3, 32, 32), each stretched to [0, 1], side by side in one image."""
    low, high = (
        pictures.min(axis=(1, 2, 3), keepdims=True),
        pictures.max(axis=(1, 2, 3), keepdims=True),
    )
    bright = np.pad(
        (pictures - low) / (high - low), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=1
    )
    rows = bright.reshape(-1, columns, 3, 34, 34)
    return rows.transpose(0, 3, 1, 4, 2).reshape(-1, columns * 34, 3)


examples = np.array([np.flatnonzero(data["y_train"] == c)[:6] for c in range(10)]).T
fig, ax = plt.subplots(figsize=(7, 4.6))
ax.imshow(tiles(data["X_train"][examples.ravel()], 10))
ax.set_xticks(17 + 34 * np.arange(10), class_names, rotation=30, ha="right")
ax.set(yticks=[], title="Six training images of every class", frame_on=False)
ax.tick_params(length=0)
ax.grid(False)
plt.show()

# %% [markdown] name="initial-loss"
# ## Sanity checks: the loss before training
#
# A net that knows nothing should say so: ten equal probabilities, and a loss of ln 10 = 2.303
# (the SVM loss: nine margins of 1). If it starts elsewhere, something is wrong, or the weights
# are too large. The L2 penalty should add exactly reg · ΣW² / 2.

# %%
X, y = data["X_train"][:500], data["y_train"][:500]
for loss, expected in ((softmax_loss, np.log(10)), (svm_loss, 9)):
    net = FullyConnectedNet([100, 100], loss=loss, weight_scale=1e-3, rng=0)
    print(f"{loss.__name__:12} starts at {net.loss(X, y)[0]:.4f}, expected {expected:.4f}")

weight_scales, regs = np.logspace(-4, -1, 13), np.logspace(-4, 2, 13)
starts = [FullyConnectedNet([100, 100], weight_scale=s, rng=0).loss(X, y)[0] for s in weight_scales]
nets = [FullyConnectedNet([100, 100], reg=r, rng=0) for r in (0, *regs)]
losses = np.array([net.loss(X, y)[0] for net in nets])
penalty = sum(np.sum(nets[0].params[f"W{i}"].astype(float) ** 2) for i in (1, 2, 3)) / 2

fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.7))
left.loglog(weight_scales, starts, "o-", label="first loss, reg = 0")
left.axhline(np.log(10), color=figures.BLACK, ls="--", lw=1, label="ln 10")
left.set(title="Small weights: the net knows nothing", xlabel="weight scale", ylabel="loss (nats)")
right.loglog(regs, losses[1:] - losses[0], "s", color=figures.VERMILION, label="measured")
right.loglog(regs, regs * penalty, color=figures.BLACK, ls="--", lw=1, label="reg · ΣW² / 2")
right.set(title="What reg adds", xlabel="reg", ylabel="first loss, less that of reg = 0 (nats)")
left.legend()
right.legend()
plt.show()

# %% [markdown]
# On the left the loss leaves ln 10 where the scores stop being small: a net that starts far above
# it has strong opinions before it has seen anything, and spends its first steps giving them up.
# On the right measured and computed agree over six powers of ten.

# %% [markdown] tags=["question"] name="a-wrong-start"
# **Question.** A classmate has a net for 100 classes. Its softmax loss starts at 4.9 with reg =
# 0, and at 5.4 with reg = 0.01. What should the first number have been, and what would you look
# at? How large is ΣW²?

# %% [markdown] tags=["answer"] name="a-wrong-start-answer"
# *Your answer:*

# %% [markdown] name="overfit-50-images"
# ## Overfit fifty images
#
# A net that cannot learn fifty images by heart will not learn ten thousand. Twenty epochs of two
# batches of 25 are forty steps: with which learning rates and weight scales are they enough? One
# square is one training; look for the squares that say 100.

# %%
few = data | {"X_train": data["X_train"][:50], "y_train": data["y_train"][:50]}
few |= {"X_val": data["X_val"][:100], "y_val": data["y_val"][:100]}


def memorize(hidden, rate, weight_scale):
    """A Solver that has trained for twenty epochs on fifty images."""
    net = FullyConnectedNet(hidden, weight_scale=weight_scale, rng=0)
    config = {"learning_rate": float(rate)}
    solver = Solver(
        net, few, update_rule=optim.adam, optim_config=config, batch_size=25, num_epochs=20,
        verbose=False, rng=0,
    )  # fmt: skip
    solver.train()
    return solver


rates = np.logspace(-5, -2, 3 if QUICK else 7)
weight_scales = np.logspace(-3, -0.5, 3 if QUICK else 6)
nets = {"two hidden layers": [100] * 2, "four hidden layers": [100] * 4}
grids = {
    name: [[memorize(hidden, r, s) for r in rates] for s in progress(weight_scales, name)]
    for name, hidden in nets.items()
}

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.5), sharey=True)
for ax, (name, grid) in zip(axes, grids.items()):
    accuracy = np.array([[100 * s.train_acc_history[-1] for s in row] for row in grid])
    image = ax.imshow(accuracy, vmin=0, vmax=100, origin="lower", aspect="auto")
    for (i, j), value in np.ndenumerate(accuracy):
        ax.text(
            j, i, f"{value:.0f}", ha="center", va="center", color="white" if value < 60 else "black"
        )
    ax.set_xticks(range(len(rates)), [f"{np.log10(r):.1f}" for r in rates])
    ax.set_yticks(range(len(weight_scales)), [f"{np.log10(s):.1f}" for s in weight_scales])
    ax.set(title=name, xlabel="log10 of the learning rate")
    ax.grid(False)
axes[0].set_ylabel("log10 of the weight scale")
fig.colorbar(image, ax=axes, label="accuracy on the 50 images (%)")
plt.show()

# %% [markdown]
# Two layers are forgiving. Four layers have a smaller island, which no small weights belong to:
# the signal shrinks in every layer. One training from the middle of each island, in detail:

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.5))
for (name, hidden), weight_scale, marker in zip(nets.items(), (1e-2, 10**-1.5), "os"):
    solver = memorize(hidden, 1e-3, weight_scale)
    style = {"marker": marker, "ms": 4, "ls": "-" if marker == "o" else "--", "label": name}
    left.semilogy(range(1, 41), solver.loss_history, **style)
    right.plot(100 * np.array(solver.train_acc_history), **style)
left.set(title="Loss", xlabel="step", ylabel="loss (nats)", ylim=(1e-6, None))
right.set(title="Accuracy on the 50 images", xlabel="epoch", ylabel="accuracy (%)")
left.legend()
plt.show()

# %% [markdown] name="recipe"
# ## The recipe
#
# All that follows trains one kind of net: batch norm, dropout, a learning rate that falls to zero
# along a cosine, and *augmentation*: a mirrored cat is a cat, and so is one two pixels further
# left, so every training batch is mirrored and moved at random, anew each time. A few thousand
# images become a few hundred thousand, at no cost but time. Validation and test images stay as
# they are.


# %%
class AugmentedNet(FullyConnectedNet):
    """Mirrors half of the images of a training batch, and moves each by up to `shift` pixels."""

    augment, shift = True, 2

    def loss(self, X, y=None):
        if y is None or not self.augment:
            return super().loss(X, y)
        mirrored = self.rng.random(len(X)) < 0.5
        X = np.where(mirrored[:, None, None, None], X[..., ::-1], X)
        s = self.shift
        wide = np.pad(X, ((0, 0), (0, 0), (s, s), (s, s)), mode="edge")
        corners = self.rng.integers(2 * s + 1, size=(len(X), 2))
        return super().loss(
            np.stack([x[:, i : i + 32, j : j + 32] for x, (i, j) in zip(wide, corners)]), y
        )


recipe = {"hidden": (512, 256), "rate": 1.5e-3, "keep": 0.8, "reg": 1e-4}
recipe |= {"normalize": True, "augment": True, "schedule": True, "rule": "adam"}


def trained(epochs, seed=0, **changes):
    """A Solver that has trained the recipe, with some changes, on all training images."""
    r = recipe | changes
    layers = (normalization.batchnorm_forward, normalization.batchnorm_backward)
    net = AugmentedNet(
        r["hidden"], normalization=layers if r["normalize"] else None, reg=r["reg"],
        dropout=(dropout.dropout_forward, dropout.dropout_backward), dropout_keep_ratio=r["keep"],
        rng=seed,
    )  # fmt: skip
    net.augment = r["augment"]
    solver = Solver(
        net, data, update_rule=getattr(optim, r["rule"]), optim_config={"learning_rate": r["rate"]},
        lr_schedule=cosine(epochs) if r["schedule"] else None, batch_size=250, num_epochs=epochs,
        verbose=False, rng=seed,
    )  # fmt: skip
    solver.train()
    return solver


# %% [markdown] name="ablations"
# ## Ablations: what does each ingredient contribute?
#
# The recipe, then the recipe with one thing taken away at a time, and at last with all of them
# taken away. Two numbers count: how well the images trained on are known (filled), and how well
# others are (open). Look for ingredients that lower the first and raise the second.

# %%
epochs, seeds = (2, 1) if QUICK else (12, 2)
variants = {
    "the recipe": {},
    "without batch norm": {"normalize": False},
    "without dropout": {"keep": 1.0},
    "without augmentation": {"augment": False},
    "without the schedule": {"schedule": False},
    "momentum in place of Adam": {"rule": "sgd_momentum", "rate": 1e-2},
}
variants["none of these"] = {k: v for changes in variants.values() for k, v in changes.items()}
runs = {
    name: [trained(epochs, seed, hidden=(256, 128), **changes) for seed in range(seeds)]
    for name, changes in progress(list(variants.items()), "ablations")
}

# %%
fig, ax = plt.subplots(figsize=(7, 4))
for row, solvers in enumerate(runs.values()):
    train = [100 * s.train_acc_history[-1] for s in solvers]
    val = [100 * s.val_acc_history[-1] for s in solvers]
    ax.plot([np.mean(train), np.mean(val)], [row, row], color=figures.GRAY, lw=1, zorder=1)
    ax.plot(
        train, [row] * len(train), "o", color=figures.BLUE, label="training" if not row else None
    )
    style = {"color": figures.VERMILION, "mfc": figures.STYLE["axes.facecolor"], "mew": 1.8}
    ax.plot(
        val, [row] * len(val), "s", label="validation (number: mean)" if not row else None, **style
    )
    place = {"xytext": (-6, 0), "textcoords": "offset points", "ha": "right", "va": "center"}
    ax.annotate(f"{np.mean(val):.1f}", (min(val), row), color=figures.VERMILION, **place)
ax.set_yticks(range(len(runs)), runs)
ax.set_title(f"Accuracy after {epochs} epochs, one mark per seed")
ax.set(xlabel="accuracy (%)", ylim=(len(runs) - 0.4, -0.6))
ax.margins(x=0.14)
fig.legend(loc="outside lower center", ncols=2)
plt.show()

# %% [markdown]
# An ingredient against overfitting brings the two marks of its row closer together, and costs
# accuracy on the training images. Where two rows are no further apart than two seeds of one row,
# this experiment does not tell which is better.

# %% [markdown] name="random-hyperparameter-search"
# ## Random search for the hyperparameters
#
# How large a learning rate, how much dropout? Draw both at random, the learning rate evenly on a
# logarithmic scale, train each configuration briefly, and train the best three for long. Random
# beats a grid: twelve runs try twelve learning rates, not three or four. Validation images
# decide; the test images wait. Look for which of the two matters more.

# %%
rng = np.random.default_rng(0)
count, short, long, finalists = (3, 1, 2, 1) if QUICK else (12, 3, 30, 3)
drawn = zip(10 ** rng.uniform(-4, -1.7, count), rng.uniform(0.5, 1, count))
configurations = [{"rate": float(rate), "keep": float(keep)} for rate, keep in drawn]
search = [trained(short, **c) for c in progress(configurations, "random search")]
ranking = sorted(range(count), key=lambda i: -search[i].best_val_acc)
chosen = ranking[:finalists]
final = {i: trained(long, **configurations[i]) for i in progress(chosen, "the best ones")}

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.9), sharey=True)
for ax, key in zip(axes, ("rate", "keep")):
    values = [c[key] for c in configurations]
    briefly = [100 * solver.best_val_acc for solver in search]
    ax.plot(values, briefly, "o", color=figures.BLUE)
    for i, solver in final.items():
        at, ends = [values[i]] * 2, [briefly[i], 100 * solver.best_val_acc]
        ax.plot(at, ends, color=figures.GRAY, lw=1, zorder=1)
        ax.plot(at[1], ends[1], "s", color=figures.VERMILION)
    ax.margins(0.08)
axes[0].plot([], [], "o", color=figures.BLUE, label=f"all, epochs: {short}")
axes[0].plot([], [], "s", color=figures.VERMILION, label=f"the best ones, epochs: {long}")
axes[0].set(title="Learning rate", xlabel="learning rate", ylabel="validation accuracy (%)")
axes[0].set_xscale("log")
axes[1].set(title="Dropout", xlabel="keep ratio (probability)")
fig.legend(loc="outside lower center", ncols=2)
plt.show()

for i in ranking:
    c, after = configurations[i], f"{100 * search[i].best_val_acc:.1f}%"
    more = f", then {100 * final[i].best_val_acc:.1f}%" if i in final else ""
    print(f"learning rate {c['rate']:.1e}, keep ratio {c['keep']:.2f}: {after}{more}")

# %% [markdown]
# Each configuration is one dot on the left and the same dot on the right. If the dots follow a
# curve in one panel and are scattered in the other, the first hyperparameter decided. Were the
# best at an end of what was drawn, one would search on beyond it.

# %% [markdown] tags=["question"] name="three-epochs"
# **Question.** The search ranked its configurations after three epochs, to save time. For which
# of the two hyperparameters would you trust this ranking less, and why? Which way does it err?
# (The ablations have a row about it.)

# %% [markdown] tags=["answer"] name="three-epochs-answer"
# *Your answer:*

# %% [markdown] name="best-model"
# ## The best model
#
# The one with the highest validation accuracy, with the parameters of its best epoch. Only now
# come the test images, once. Expect a little less there: the validation accuracy is the best of
# many, so part of it is luck. Look at where the two curves part.

# %%
winner = max(final, key=lambda i: final[i].best_val_acc)
best, c = final[winner], configurations[winner]
fig, ax = plt.subplots(figsize=(7, 3.6))
ax.plot(100 * np.array(best.train_acc_history), "-", label="training")
ax.plot(100 * np.array(best.val_acc_history), "--", label="validation")
figures.whole_ticks(ax.xaxis)
ax.set_title("The best model: where do the two curves part?")
ax.set(xlabel="epoch", ylabel="accuracy (%)")
ax.legend()
plt.show()

test_accuracy = best.check_accuracy(data["X_test"], data["y_test"])
print(f"learning rate {c['rate']:.1e}, keep ratio {c['keep']:.2f}")
print(f"validation accuracy {best.best_val_acc:.1%}, test accuracy {test_accuracy:.1%}")

# %% [markdown] name="first-layer-weights"
# ## What the first layer looks for
#
# Every neuron of the first layer has one weight for each number of an image, so its weights make
# an image too. Here are the 60 with the largest norm, each stretched to the full range of
# colours. Look for smooth blobs, edges, and pairs of opposite colours.

# %% tags=["picture"]
weights = best.model.params["W1"].T.reshape(-1, 3, 32, 32)
largest = np.argsort(-np.sum(weights**2, axis=(1, 2, 3)))[:60]
fig, ax = plt.subplots(figsize=(7, 4))
ax.imshow(tiles(weights[largest], 12))
ax.set_title("What 60 neurons of the first layer look for: their weights as images")
ax.set(xticks=[], yticks=[], frame_on=False)
ax.grid(False)
plt.show()

# %% [markdown]
# Weights start as noise, and training draws on top of it: what still looks like noise has learnt
# little that it could show. Structure at one place in the image means that the neuron minds where
# things are, as a fully-connected net must: it does not know which pixels are neighbours.

# %% [markdown] name="confusion-matrix"
# ## What is taken for what
#
# One row per true class: how many percent of its test images the best model takes for each class.
# The diagonal is right. Look for the brightest squares beside it, and whether they come in pairs.

# %%
guesses = np.argmax(best.model.loss(data["X_test"]), axis=1)
confusion = np.zeros((10, 10))
np.add.at(confusion, (data["y_test"], guesses), 1)
confusion *= 100 / np.maximum(confusion.sum(axis=1, keepdims=True), 1)

fig, ax = plt.subplots(figsize=(7, 5.8))
image = ax.imshow(confusion, vmin=0, vmax=100)
for (true, guess), share in np.ndenumerate(confusion):
    color = "white" if share < 60 else "black"
    ax.text(guess, true, f"{share:.0f}", ha="center", va="center", color=color)
ax.set_xticks(range(10), class_names, rotation=35, ha="right")
ax.set_yticks(range(10), class_names)
ax.set_title("What the best model takes for what: the diagonal is right")
ax.set(xlabel="predicted class", ylabel="true class")
ax.grid(False)
fig.colorbar(image, ax=ax, label="share of the true class (%)")
plt.show()

# %% [markdown]
# Classes are confused where their images have colours and places in common, not where their names
# do. A net that knew which pixels belong together would see more: that is what convolutions add.
