# %% [markdown]
# # Dropout
#
# Dropout switches units off at random while a net trains, so that no unit can rely on another one
# being there. This lab looks at the masks, at what they do to a unit's expected value, and at why
# the survivors are divided by p. It then trains nets with and without dropout on 500 images,
# shows that one forward pass at test time stands in for an average over many masked nets, and
# that dropout makes hidden layers sparser.
#
# Write `dropout_forward` and `dropout_backward` in `dropout.py` first. In this course **p is the
# probability of keeping** a unit.

# %% [markdown] name="masks"
# ## Masks
#
# Ones go in, so what comes out is the mask itself. Look for three things: which values occur,
# what share of the units survives, and whether there is any pattern in rows or columns.

# %%
check("dropout_forward")

# %%
keeps = (0.8, 0.5, 0.2)
fig, axes = plt.subplots(1, 3, figsize=(7, 2.9))
for ax, p in zip(axes, keeps, strict=True):
    mask, _ = dropout.dropout_forward(np.ones((25, 40)), {"p": p, "mode": "train", "seed": 1})
    ax.imshow(mask > 0, cmap="gray_r", vmin=0, vmax=1)
    values = ", ".join(f"{value:g}" for value in np.unique(mask))
    ax.set_title(f"p = {p}: {(mask > 0).mean():.0%} kept\nvalues {values}")
    ax.set(xlabel="unit", xticks=(), yticks=())
    ax.grid(visible=False)
axes[0].set_ylabel("example")
plt.show()

# %% [markdown]
# Dark units survive, and their value is 1/p, not 1. Every example has a mask of its own: each row
# of a batch trains another thinned net.

# %% [markdown] name="expectations"
# ## Expectations
#
# A unit with value x becomes x/p with probability p, and 0 otherwise. Its expected value is p ·
# x/p = x, whatever p is, and its variance x²(1 - p)/p. The figure averages the output of one unit
# with x = 1 over more and more masks; the shaded bands are ± 2 standard deviations of that
# average, from the formula. Look at how fast each line settles.

# %%
counts = np.arange(1, 2001)
fig, ax = plt.subplots()
for p, color, style in zip(keeps, figures.PALETTE, ("-", "--", "-."), strict=False):
    out, _ = dropout.dropout_forward(np.ones(len(counts)), {"p": p, "mode": "train", "seed": 2})
    spread = 2 * np.sqrt((1 - p) / p / counts)
    ax.fill_between(counts, 1 - spread, 1 + spread, color=color, alpha=0.15, linewidth=0)
    ax.plot(counts, np.cumsum(out) / counts, style, color=color, label=f"p = {p}")
ax.axhline(1.0, color=figures.BLACK, linewidth=0.8)
ax.set(xscale="log", xlim=(1, 2000), xlabel="number of masks averaged")
ax.set(ylim=(0, 2.5), ylabel="mean output")
ax.set_title("The mean over masks is the input; a small p takes longer")
ax.legend()
plt.show()

# %% [markdown]
# All three lines end at 1. The smaller p is, the larger the noise: at p = 0.2 a single output has
# a standard deviation of 2, twice the value itself. That noise is what regularizes, and too much
# of it drowns what there is to learn.

# %% [markdown] name="inverted-against-vanilla"
# ## Inverted against vanilla
#
# Dropout was first published without the division: survivors keep their value x, and at test time
# every activation is multiplied by p instead. Inverted dropout, which you wrote, divides while
# training and leaves test time alone. Vanilla dropout's training output is p times yours, so both
# can be made from your function. The third row forgets the correction. Look for the row whose two
# numbers disagree.

# %%
rng = np.random.default_rng(3)
hidden = np.maximum(rng.normal(1.0, 1.0, (500, 200)), 0)
p = 0.4
trained, _ = dropout.dropout_forward(hidden, {"p": p, "mode": "train", "seed": 4})
tested, _ = dropout.dropout_forward(hidden, {"p": p, "mode": "test"})
forms = {
    "inverted": (trained, tested),
    "vanilla": (p * trained, p * tested),
    "vanilla, p forgotten": (p * trained, tested),
}
print(f"{'mean activation':22}  training    test")
for name, (train, test) in forms.items():
    print(f"{name:22}  {train.mean():8.3f}  {test.mean():6.3f}")

# %%
weights = rng.normal(0, 0.1, 200) + 0.05
fig, axes = plt.subplots(1, 3, figsize=(7, 3), sharex=True, sharey=True)
bins = np.linspace(-5, 25, 61)
for ax, (name, (train, test)) in zip(axes, forms.items(), strict=True):
    ax.hist(train @ weights, bins, color=figures.BLUE, alpha=0.7, label="training")
    ax.hist(test @ weights, bins, color=figures.VERMILION, histtype="step", lw=2, label="test")
    ax.set_title(name)
    ax.set_xlabel("input of the next unit")
axes[0].set_ylabel("examples")
axes[0].legend()
plt.show()

# %% [markdown]
# In the first two the next layer sees inputs of the same mean in training and at test time;
# dropout only adds spread. Without the correction it sees, at test time, inputs 1/p times as
# large as those it was trained on. The inverted form is the one in use today, because the code
# that serves a trained net then needs to know nothing about dropout.

# %% [markdown] name="not-divided" tags=["question"]
# ### Question 1
#
# Suppose `dropout_forward` did not divide by p, and test mode returned x unchanged. What would
# happen to the scores of a net with three hidden layers at test time, compared with training?
# Would its predicted classes have to change?

# %% [markdown] name="not-divided-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="gradient-check"
# ## Gradient check
#
# For one fixed mask dropout is a linear function, so numeric differentiation must agree with your
# backward pass to about ten digits. `seed` holds the mask still between the two evaluations;
# without it the two halves of each difference see different masks, as the last line shows.

# %%
check("dropout_backward")

# %%
from assignment.gradient_check import numeric_gradient_array, rel_error

rng = np.random.default_rng(5)
x, dout = rng.normal(size=(10, 10)) + 10, rng.normal(size=(10, 10))
param = {"p": 0.2, "mode": "train", "seed": 6}
_, cache = dropout.dropout_forward(x, param)
dx = dropout.dropout_backward(dout, cache)
numeric = numeric_gradient_array(lambda x: dropout.dropout_forward(x, param)[0], x, dout)
print(f"mask held still by its seed:  relative error {rel_error(dx, numeric):.1e}")

free = {"p": 0.2, "mode": "train"}
noise = numeric_gradient_array(lambda x: dropout.dropout_forward(x, free)[0], x, dout)
print(f"another mask at every call:   numeric entries of size {np.abs(noise).max():.0e}")

# %% [markdown]
# The same check through a whole net. The loss before training should be close to ln 10 = 2.303
# whatever p is. Where a true gradient is nearly 0, what is measured is rounding; so errors are
# divided by the largest entry of the parameter's gradient, and should be 1e-6 or less.

# %%
from assignment.fc_net import FullyConnectedNet
from assignment.gradient_check import numeric_gradient

layers = (dropout.dropout_forward, dropout.dropout_backward)
X, y = rng.normal(size=(2, 15)), rng.integers(10, size=2)
for p in (1.0, 0.75, 0.5):
    net = FullyConnectedNet(
        [20, 30],
        input_dim=15,
        dropout=layers,
        dropout_keep_ratio=p,
        dropout_seed=7,
        weight_scale=5e-2,
        dtype=np.float64,
        rng=8,
    )
    loss, grads = net.loss(X, y)
    print(f"p = {p}: initial loss {loss:.4f}")
    for name in sorted(grads):
        numeric = numeric_gradient(lambda _, net=net: net.loss(X, y)[0], net.params[name])
        error = np.abs(numeric - grads[name]).max() / np.abs(grads[name]).max()
        print(f"  {name}: error {error:.1e}")

# %% [markdown] name="with-and-without"
# ## With and without dropout, on 500 images
#
# 500 images are far too few for a net with 500 hidden units and one and a half million weights: it
# can learn them by heart. Before you look: which of the two nets will be better on the images it
# was trained on, and which on the others? Thin lines are single runs, thick ones their mean.

# %%
from assignment.solver import Solver

data = cifar10(500, 1000, 0)
epochs = 15 if QUICK else 25
seeds = (0, 1) if QUICK else (0, 1, 2)


def train(keep, seed):
    net = FullyConnectedNet([500], dropout=layers, dropout_keep_ratio=keep, rng=seed)
    solver = Solver(
        net,
        data,
        update_rule=optim.adam,
        optim_config={"learning_rate": 5e-4},
        num_epochs=epochs,
        verbose=False,
        rng=seed,
    )
    solver.train()
    return solver


jobs = [(keep, seed) for keep in (1.0, 0.25) for seed in seeds]
solvers = {job: train(*job) for job in progress(jobs, "training")}

# %% tags=["picture"]
fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
looks = {1.0: (figures.VERMILION, "--", "without"), 0.25: (figures.BLUE, "-", "p = 0.25")}
for ax, which in zip(axes, ("train", "val"), strict=True):
    for keep, (color, style, label) in looks.items():
        runs = [100 * np.array(getattr(solvers[keep, s], f"{which}_acc_history")) for s in seeds]
        for run in runs:
            ax.plot(run, style, color=color, linewidth=0.7, alpha=0.5)
        ax.plot(np.mean(runs, axis=0), style, color=color, linewidth=2.2, label=label)
    ax.set_xlabel("epoch")
    figures.whole_ticks(ax.xaxis)
axes[0].set_title("On the 500 training images")
axes[1].set_title("On 1,000 validation images")
axes[0].set_ylabel("accuracy (%)")
axes[0].legend(title="dropout")
fig.suptitle("With dropout, images are learnt by heart more slowly", fontsize="medium")
plt.show()

# %%
print(f"{'p':>5}  training  validation    gap")
for keep in (1.0, 0.25):
    runs = [solvers[keep, seed] for seed in seeds]
    learnt = np.mean([solver.train_acc_history[-1] for solver in runs])
    seen = np.mean([solver.val_acc_history[-1] for solver in runs])
    print(f"{keep:5}  {learnt:8.3f}  {seen:10.3f}  {learnt - seen:5.3f}")

# %% [markdown]
# With dropout the training images are learnt more slowly, and the gap between the two accuracies
# is smaller. How much is gained on new images depends on the images; a percent or two here, and
# more where nets train longer. Dropout does not replace data: both nets are far from what ten
# times as many images would give.

# %% [markdown] name="smaller-net" tags=["question"]
# ### Question 2
#
# A net overfits, and somebody proposes to keep p as it is and to make the hidden layers smaller,
# because dropout "removes units anyway". Is that the same? If the layers do become smaller, how
# would you change p, if at all?

# %% [markdown] name="smaller-net-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="many-masks-averaged"
# ## Many masks averaged: dropout as bagging
#
# Every mask is another net; all of them share their weights. Bagging would let many nets vote.
# Here the masks stay on at test time, and the predicted probabilities of K masked nets are
# averaged. The dashed line is the usual test mode, one pass without any mask. Look at how near to
# it the averages come, and after how many masks.

# %%
net = solvers[0.25, seeds[0]].model
X, y = data["X_val"][:500], data["y_val"][:500]
masks = 40 if QUICK else 200


def masked_scores(seed):
    def masked(h, param):
        return dropout.dropout_forward(h, {**param, "mode": "train", "seed": seed})

    thinned = FullyConnectedNet([500], dropout=(masked, layers[1]), dropout_keep_ratio=0.25)
    thinned.params = net.params
    return thinned.loss(X)


def probabilities(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def right(scores):
    return 100 * (scores.argmax(axis=-1) == y).mean(axis=-1)


scores = np.stack([masked_scores(seed) for seed in progress(range(masks), "masks")])
count = np.arange(1, masks + 1)
arithmetic = np.cumsum(probabilities(scores), axis=0) / count[:, None, None]
geometric = np.cumsum(scores, axis=0) / count[:, None, None]

# %%
fig, ax = plt.subplots()
ax.plot(count, right(scores), ".", color=figures.GRAY, label="one mask at a time")
ax.plot(count, right(arithmetic), color=figures.BLUE, label="probabilities of K masks, averaged")
ax.plot(count, right(geometric), ":", color=figures.GREEN, label="scores of K masks, averaged")
plain = right(net.loss(X))
ax.axhline(plain, color=figures.VERMILION, linestyle="--", label="test mode: no mask, one pass")
ax.set(xlabel="number of masks K", ylabel="validation accuracy (%)", xscale="log")
figures.plain_ticks(ax.xaxis)
ax.set_title("Averages over masks approach what test mode gives at once")
fig.legend(loc="outside lower center", ncols=2)
plt.show()

# %%
gap = np.abs(geometric - net.loss(X)).mean(axis=(1, 2))
for K in (1, masks // 4, masks):
    print(f"averaged scores of {K:3} masks are {gap[K - 1]:.3f} from test mode's, on average")

# %% [markdown]
# A single masked net is clearly worse; a few dozen together come close to test mode, which costs
# one pass. With one hidden layer that is no accident. Scores are linear in the masked units, so
# their average tends to test mode's scores exactly, with an error that falls as 1/√K; and
# averaging scores is taking the geometric mean of the probabilities (Hinton et al., 2012). With
# more layers it is an approximation, and a good one.

# %% [markdown] name="sparsity"
# ## Sparsity
#
# A unit that cannot rely on the others has to be useful by itself, and the units above it learn
# to speak up only when they are sure. It shows in deeper layers: these nets have two hidden
# layers, and the figure shows the activations of the second, in test mode, on images that they
# have not seen. Look at the share of active units and at the mean.

# %%
small = {name: v / 128 if name.startswith("X") else v for name, v in data.items()}
long = 30 if QUICK else 60


def second_layer(keep):
    net = FullyConnectedNet(
        [100, 100], dropout=layers, dropout_keep_ratio=keep, weight_scale=3e-2, rng=0
    )
    rate = {"learning_rate": 2e-3}
    Solver(
        net,
        small,
        update_rule=optim.adam,
        optim_config=rate,
        num_epochs=long,
        verbose=False,
        rng=0,
    ).train()
    h = small["X_val"].reshape(len(small["X_val"]), -1)
    for i in (1, 2):
        h = np.maximum(h @ net.params[f"W{i}"] + net.params[f"b{i}"], 0)
    return h


sparse = {keep: second_layer(keep) for keep in progress((1.0, 0.5, 0.25), "training")}

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 3.1), sharex=True, sharey=True)
bins = np.linspace(0, max(np.quantile(h, 0.98) for h in sparse.values()), 31)
for ax, (keep, h) in zip(axes, sparse.items(), strict=True):
    ax.hist(h.ravel(), bins, color=figures.BLUE, weights=np.full(h.size, 100 / h.size))
    ax.set_title(f"p = {keep}: {(h > 0).mean():.0%} active\nmean {h.mean():.2f}")
    ax.set_xlabel("activation")
axes[0].set_ylabel("share of activations (%)")
plt.show()

# %% [markdown]
# With p = 1 most units are active for most images. The smaller p is, the fewer are, and the
# smaller their mean. Nobody asked for that: there is no penalty on activations in the loss.

# %% [markdown] name="which-is-dropout" tags=["question"]
# ### Question 3
#
# You are given the weights of two trained nets, and are told that one of them was trained with
# dropout. Name two measurements of this lab that would tell you which, and one that would not.

# %% [markdown] name="which-is-dropout-answer" tags=["answer"]
# *Your answer:*
