# %% [markdown]
# # Gradients
#
# A classifier learns by walking downhill on its loss. This lab looks at the hill, at three ways to
# get down, at two ways to find the slope, and at how far to step:
#
# - what the SVM and softmax losses look like, with one weight and with thirty thousand;
# - why following the gradient beats searching, and what a gradient costs;
# - how a numeric gradient goes wrong, and how it checks an analytic one;
# - what the step size and the size of a mini-batch decide.
#
# There is nothing to write but the answers to four questions. The only update rule used is the
# given `sgd`.

# %% [markdown] name="svm-loss-in-one-dimension"
# ## The SVM loss with one weight
#
# Three points with a single feature each, one of every class, and a linear classifier without
# bias: the score of class $j$ is $w_j x$. The SVM loss of a point with label $y$ is a sum of
# hinges, $\sum_{j \ne y} \max(0, w_j x - w_y x + 1)$. Hold $w_1$ and $w_2$ still and move $w_0$.
#
# Look for the places where a line bends. What does the slope do there?

# %%
from itertools import pairwise

from assignment.layers import softmax_loss, svm_loss

x = np.array([[1.0], [1.25], [-1.25]])  # N = 3 points of D = 1 feature
labels = np.array([0, 1, 2])
w1, w2 = 0.5, -0.5


def svm_at(w0, chosen=slice(None)):
    """Mean loss of the chosen points, and its slope along w0."""
    loss, dscores = svm_loss(x[chosen] @ np.array([[w0, w1, w2]]), labels[chosen])
    return loss, (x[chosen].T @ dscores)[0, 0]


# A hinge bends where its argument is 0, here solved for w0.
kinks = sorted([w1 + 1 / x[0, 0], w2 + 1 / x[0, 0], w1 - 1 / x[1, 0], w2 - 1 / x[2, 0]])
edges = [-1.5, *kinks, 2.5]
slopes = [svm_at((a + b) / 2)[1] for a, b in pairwise(edges)]

# %%
w0 = np.linspace(-1.5, 2.5, 801)
fig, (top, bottom) = plt.subplots(2, 1, figsize=(7, 5.8), sharex=True, height_ratios=[2, 1])
for i, style in enumerate(["--", "-.", ":"]):
    losses = [svm_at(w, [i])[0] for w in w0]
    top.plot(w0, losses, style, color=figures.PALETTE[i], label=f"point {i}, x = {x[i, 0]:g}")
top.plot(w0, [svm_at(w)[0] for w in w0], color=figures.BLACK, lw=2.6, label="mean of the three")
top.plot(kinks, [svm_at(k)[0] for k in kinks], "o", color=figures.BLACK, label="kinks")
for slope, label in ((-0.2, None), (-0.1, None), (0.0, "subgradients at 0.5")):
    through = svm_at(kinks[2])[0] + slope * (w0 - kinks[2])
    top.plot(w0, through, color=figures.GRAY, lw=1, label=label)
top.set(ylabel="SVM loss", title="Sums of hinges are convex: they only ever bend upwards")
top.legend(loc="upper center")
bottom.hlines(slopes, edges[:-1], edges[1:], color=figures.BLACK, lw=2.6)
bottom.vlines(kinks, slopes[:-1], slopes[1:], color=figures.GRAY, lw=5, alpha=0.5)
bottom.axhline(0, color=figures.VERMILION, ls="--", lw=1)
bottom.set_title("At a kink any slope in the gray bar is a subgradient")
bottom.set(xlabel="weight $w_0$", ylabel="slope of the mean")
plt.show()

# %%
print("kink at w0   slope left, right   analytic there   centered difference, h = 0.1")
for k, (left, right) in zip(kinks, pairwise(slopes), strict=True):
    centered = (svm_at(k + 0.1)[0] - svm_at(k - 0.1)[0]) / 0.2
    print(f"{k:10.4f} {left:12.4f}, {right:7.4f} {svm_at(k)[1]:15.4f} {centered:18.4f}")

# %% [markdown]
# The slope only rises from left to right, in steps: that is what convex means for a function of one
# weight. Where the bar at a kink crosses zero (dashed) lies the minimum, although no derivative is
# zero there. At a kink `svm_loss` returns one of the many subgradients, and a centered difference
# across it returns the mean of both sides: neither is wrong, and they do not agree.

# %% [markdown] tags=["question"] name="question-kink"
# **Question 1.** You check the gradient of an SVM classifier with centered differences and
# $h = 10^{-3}$. Of a thousand entries 998 agree to nine digits and two are off by half their size.
# What may have happened that is not a bug? Say how you would find out *without* reading the code of
# the loss: which one number would you change, and what would you then see in either case? Could
# softmax in place of the SVM loss show the same two entries?

# %% [markdown] tags=["answer"] name="question-kink-answer"
# *Your answer:*

# %% [markdown] name="loss-slices-along-a-line"
# ## Slices through the loss of a linear classifier
#
# A classifier of 32 x 32 colour images has 30,730 weights, and nobody can draw its loss over all of
# them. But a slice can be drawn: start at random weights $W$, choose a random direction $W_1$ and
# walk along it, $L(W + a W_1)$. With two directions it is a plane, $L(W + a W_1 + b W_2)$.
#
# Scores are linear in $W$, so three matrix products are enough for every point of every slice.
# Compare the loss of one image with the mean over a hundred.

# %%
data = cifar10(1000, 1000, 0)


def as_rows(images):
    """Images as rows (N, 3073): pixels in units of 64 gray levels, and a 1 for the bias."""
    ones = np.ones((len(images), 1), images.dtype)
    return np.hstack([images.reshape(len(images), -1) / 64, ones])


X, y = as_rows(data["X_train"]), data["y_train"]
X_val, y_val = as_rows(data["X_val"]), data["y_val"]
loss_functions = {"SVM": svm_loss, "softmax": softmax_loss}

# %%
rng = np.random.default_rng(0)
W, W1, W2 = 0.01 * rng.standard_normal((3, X.shape[1], 10))
S, S1, S2 = (X[:100] @ M for M in (W, W1, W2))  # scores (100, 10)


def slice_loss(loss, which, a, b=0.0):
    """L(W + a W1 + b W2), mean over some of the images."""
    return loss(S[which] + a * S1[which] + b * S2[which], y[which])[0]


# As the one image take that whose right class changes most like the others: much to see nearby.
own = np.arange(100), y[:100]
image = sum(np.abs(M[own] - M.mean(axis=1)) for M in (S1, S2)).argmin()
in_words = {"one image": [image], "mean of 100 images": range(100)}

# %%
# The argument of every hinge of the image is linear, m + m1 a + m2 b: it bends where that is 0.
others = np.delete(np.arange(10), y[image])
m, m1, m2 = (M[image, others] - M[image, y[image]] for M in (S, S1, S2))
m = m + 1
kinks = -m / m1
kinks = kinks[np.abs(kinks) < 8]

a = np.linspace(-8, 8, 401)
fig, axes = plt.subplots(1, 2, figsize=(7, 3.6))
for ax, (title, which) in zip(axes, in_words.items(), strict=True):
    for (name, loss), color, style in zip(
        loss_functions.items(), figures.PALETTE, ("-", "--"), strict=False
    ):
        ax.plot(a, [slice_loss(loss, which, t) for t in a], style, color=color, label=name)
    ax.set(xlabel="$a$, step along $W_1$", ylabel="loss $L(W + a W_1)$", title=title)
heights = [slice_loss(svm_loss, [image], k) for k in kinks]
axes[0].plot(kinks, heights, "o", color=figures.BLUE, label="kinks")
axes[0].legend()
axes[1].legend()
plt.show()

# %% [markdown]
# One image: straight pieces for the SVM, with a kink wherever one wrong class starts or stops to
# count, and a rounded shape for softmax. A hundred images: hundreds of kinks, too close to see, and
# a smooth bowl.

# %% [markdown] name="loss-slices-over-a-plane"
# Now two directions. Lines of equal loss lie close together where the loss is steep. In the plane
# of one image the dashed lines are where a hinge bends: what do the lines of equal loss do between
# two of them, and what at a crossing? Is there anything left of that in the mean of a hundred?

# %% tags=["picture"]
a = np.linspace(-8, 8, 65)
fig, axes = plt.subplots(2, 2, figsize=(7, 6.4), sharex=True, sharey=True)
for row, (title, which) in zip(axes, in_words.items(), strict=True):
    for ax, (name, loss) in zip(row, loss_functions.items(), strict=True):
        plane = np.array([[slice_loss(loss, which, s, t) for s in a] for t in a])
        levels = plane.min() + np.ptp(plane) * np.linspace(0, 1, 21) ** 1.5
        shown = ax.contourf(a, a, plane, levels, cmap=figures.SEQUENTIAL)
        ax.contour(a, a, plane, levels, colors="white", linewidths=0.4)
        low = np.unravel_index(plane.argmin(), plane.shape)
        ax.plot(a[low[1]], a[low[0]], "*", ms=13, c=figures.ORANGE, mec="black", zorder=9)
        ax.set_title(f"{name}, {title}")
        fig.colorbar(shown, ax=ax, label="loss", format="%.2g")
for j in range(9):
    margin = m[j] + m1[j] * a + m2[j] * a[:, np.newaxis]
    axes[0, 0].contour(a, a, margin, [0], colors="white", linestyles="--", linewidths=1.2)
axes[1, 0].set(xlabel="$a$, step along $W_1$", ylabel="$b$, step along $W_2$")
axes[1, 1].set_xlabel("$a$, step along $W_1$")
axes[0, 0].set_ylabel("$b$, step along $W_2$")
fig.suptitle("Loss over a plane of weights; the star is its lowest point", fontsize="medium")
plt.show()

# %% [markdown] tags=["question"] name="question-convexity"
# **Question 2.** Every slice drawn here is convex. Show in two or three sentences that *no* slice,
# along any direction, could have come out otherwise: begin with "scores are linear in W". Then find
# the step of your argument that fails for a net with a hidden layer.

# %% [markdown] tags=["answer"] name="question-convexity-answer"
# *Your answer:*

# %% [markdown] name="random-search"
# ## Three ways down
#
# How would you find good weights if you knew nothing about derivatives? First idea: draw weights at
# random, many times, and keep the best. Second idea, below: stay where the best is and try small
# random steps from there. Third: compute the direction of steepest descent and follow it. Each may
# compute the SVM loss of the same training images equally often.

# %%
tries = 50 if QUICK else 500
rng = np.random.default_rng(1)


def accuracy(W, X, y):
    return np.mean((X @ W).argmax(axis=1) == y)


def random_weights(scale):
    return scale * rng.standard_normal((X.shape[1], 10), dtype=np.float32)


found, best_loss = {}, {}  # weights, and the lowest loss after every try

best, so_far = None, []
for _ in progress(range(tries), "random search"):
    W = random_weights(0.01)
    loss, _ = svm_loss(X @ W, y)
    if not so_far or loss < min(so_far):
        best = W
    so_far.append(loss)
found["random search"], best_loss["random search"] = best, np.minimum.accumulate(so_far)

# %% [markdown] name="random-local-search"
# A step is kept only when it lowers the loss; otherwise the next one starts from the same place.

# %%
best = random_weights(1e-3)
so_far = [svm_loss(X @ best, y)[0]]
for _ in progress(range(tries - 1), "random local search"):
    W = best + random_weights(2e-3)
    loss, _ = svm_loss(X @ W, y)
    if loss < so_far[-1]:
        best = W
    so_far.append(min(loss, so_far[-1]))
found["random local search"], best_loss["random local search"] = best, so_far

# %% [markdown] name="following-the-gradient"
# The gradient of the scores comes with the loss, and $\nabla_W L = X^T \nabla_{scores} L$. Before
# you run the cell: by how much will it win?

# %%
W, config = random_weights(1e-3), {"learning_rate": 1e-3}
so_far = []
for _ in progress(range(tries), "following the gradient"):
    loss, dscores = svm_loss(X @ W, y)
    so_far.append(loss)
    W, config = optim.sgd(W, X.T @ dscores, config)
found["gradient"], best_loss["gradient"] = W, so_far

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
print(f"after {tries} losses       loss   training   validation accuracy")
for i, (name, W) in enumerate(found.items()):
    color, style = figures.PALETTE[i], ("-", "--", "-.")[i]
    left.plot(range(1, tries + 1), best_loss[name], style, color=color, label=name)
    shares = 100 * accuracy(W, X, y), 100 * accuracy(W, X_val, y_val)
    bars = right.bar([i - 0.2, i + 0.2], shares, 0.38, color=color, edgecolor="black")
    bars[1].set(alpha=0.5, hatch="//")
    right.bar_label(bars, fmt="%.0f", padding=2)
    print(f"{name:20} {svm_loss(X @ W, y)[0]:8.2f} {shares[0]:8.1f} % {shares[1]:10.1f} %")
left.set(xscale="log", xlabel="computations of the loss", ylabel="lowest SVM loss so far")
left.set(title="The same effort, three results", ylim=(0, 11))
left.legend(loc="lower left")
right.axhline(10, color=figures.BLACK, ls=":", label="chance")
right.legend(loc="upper left")
right.set(ylabel="accuracy (%)", ylim=(0, 110), title="Training (solid), validation (hatched)")
right.set_xticks(range(3), ["random\nsearch", "random\nlocal search", "gradient"])
plt.show()

# %% [markdown]
# In 30,730 dimensions almost every random direction is nearly at right angles to the one that
# leads down, so a random step that helps is rare, and then helps little. The gradient costs about
# twice as much as the loss alone, and it is the steepest of all directions.

# %% [markdown] name="one-sided-and-centered-differences"
# ## Numeric gradients
#
# Without calculus a slope is a difference: $(f(w + h) - f(w)) / h$ is one-sided,
# $(f(w + h) - f(w - h)) / 2h$ is centered. With a step $h$ large enough to see, which of the two is
# more nearly parallel to the tangent? The function is the softmax loss of one point with two
# classes, all of whose derivatives are known.

# %%
from assignment.gradient_check import numeric_gradient, rel_error, sampled_rel_errors

point = 1.5


def f(w):
    """Softmax loss of one point with the scores w * point and 0: log(1 + exp(-w * point))."""
    scores = np.stack([w * point, np.zeros_like(w)], axis=1)
    return softmax_loss(scores, np.zeros(1, int))[0]


def f_at(w):
    return f(np.array([w]))


def derivatives(w):
    """First, second and third derivative of f; p is the probability of the right class."""
    p = 1 / (1 + np.exp(-w * point))
    return -point * (1 - p), point**2 * p * (1 - p), point**3 * p * (1 - p) * (1 - 2 * p)


# %%
w, h = 0.5, 0.8
slope = derivatives(w)[0]
one_sided = numeric_gradient(f, np.array([w]), h, "forward")[0]
centered = numeric_gradient(f, np.array([w]), h)[0]

t = np.linspace(-0.7, 1.8, 200)
plt.plot(t, [f_at(u) for u in t], color=figures.BLACK, lw=2.6, label="f, softmax loss of one point")
plt.plot(t, f_at(w) + slope * (t - w), color=figures.BLUE, label=f"tangent, slope {slope:.3f}")
for name, found_slope, start, color, style in (
    ("one-sided", one_sided, w, figures.VERMILION, "--"),
    ("centered", centered, w - h, figures.GREEN, "-."),
):
    label = f"{name}, {found_slope:.3f}: error {abs(found_slope - slope):.3f}"
    plt.plot(t, f_at(start) + found_slope * (t - start), style, color=color, label=label)
used = np.array([w - h, w, w + h])
plt.plot(used, [f_at(u) for u in used], "o", color=figures.BLACK)
plt.xticks(used, [f"w - h = {w - h:.1f}", f"w = {w}", f"w + h = {w + h:.1f}"])
plt.xlabel("weight")
plt.ylabel("loss f")
plt.title(f"Two differences and the tangent at w = {w}, with h = {h}")
plt.legend()
plt.show()

# %% [markdown] name="difference-error-against-h"
# A smaller $h$ makes both better, so why not $h = 10^{-15}$? Because two errors add up:
#
# - What the Taylor series leaves out grows with $h$: $\frac{h}{2} |f''|$ one-sided,
#   $\frac{h^2}{6} |f'''|$ centered.
# - The rounding of $f$, of relative size $\epsilon$, is divided by the step: $\epsilon |f| / h$
#   one-sided, $\epsilon |f| / 2h$ centered.
#
# Set the derivative of the sum to zero, and the best $h$ is $\sqrt{2 \epsilon |f / f''|}$ one-sided
# and $\sqrt[3]{3 \epsilon |f / 2 f'''|}$ centered.
#
# Find the slopes 1 and 2 on the right of the figure and the slope -1 on the left. How many digits
# does the best $h$ leave, in float64 and in float32?


# %%
def theory(method, h, eps):
    """Relative error of the slope at w as predicted for every h, and the best h."""
    value, (slope, second, third) = f_at(w), np.abs(derivatives(w))
    if method == "forward":
        errors, best = h / 2 * second + eps * value / h, np.sqrt(2 * eps * value / second)
    else:
        errors = h**2 / 6 * third + eps * value / (2 * h)
        best = np.cbrt(3 * eps * value / (2 * third))
    return errors / slope, best


# %%
def draw_errors(ax, dtype, name, method, color, mark, style):
    """Relative error of one difference against h, measured (marks) and predicted (line)."""
    eps, at, slope = np.finfo(dtype).eps, np.array([w], dtype), derivatives(w)[0]
    h = np.logspace(np.log10(4 * eps), 0, 90)
    measured = [abs(numeric_gradient(f, at, step, method)[0] / slope - 1) for step in h]
    predicted, best = theory(method, h, eps)
    ax.plot(h, measured, mark, ms=3.5, color=color, alpha=0.6, label=f"{name}, measured")
    ax.plot(h, predicted, style, color=color, label=f"{name}, predicted")
    ax.axvline(best, color=color, ls=":", lw=1.2)
    box = {"fc": figures.STYLE["axes.facecolor"], "ec": "none", "pad": 1}
    ax.text(best, 3, f"{best:.0e}", color=color, ha="center", bbox=box)


fig, axes = plt.subplots(1, 2, figsize=(7, 4.9), sharey=True)
for ax, dtype in zip(axes, (np.float64, np.float32), strict=True):
    draw_errors(ax, dtype, "one-sided", "forward", figures.VERMILION, "^", "--")
    draw_errors(ax, dtype, "centered", "centered", figures.BLUE, "o", "-")
    ax.set(xscale="log", yscale="log", xlabel="step h", title=np.dtype(dtype).name)
axes[0].set(ylabel="relative error of the slope", ylim=(1e-13, 20))
fig.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=2)
for order, place in ((-1, (1e-12, 1e-3)), (1, (2e-5, 3e-2)), (2, (1e-3, 3e-9))):
    axes[0].text(*place, f"slope {order}", fontsize="small")
fig.suptitle("Two errors add up; dotted: the best h in theory", fontsize="medium")
plt.show()

# %% [markdown] name="numeric-against-analytic-values"
# ## Numeric against analytic
#
# A numeric gradient needs no thought, and two losses for every single weight. The analytic one
# needs calculus, in which one makes mistakes. So the first checks the second, in float64, at a few
# weights drawn at random. Here a softmax classifier of the images.

# %%
X64 = X[:100].astype(np.float64)
W = 0.01 * np.random.default_rng(2).standard_normal((X.shape[1], 10))


def softmax_of(W):
    return softmax_loss(X64 @ W, y[:100])[0]


analytic = X64.T @ softmax_loss(X64 @ W, y[:100])[1]
print("weight            analytic          numeric   relative error")
for i in np.random.default_rng(3).integers(0, X.shape[1], 6):
    weight = W[i : i + 1, :1]  # a view: moving it moves W
    numeric = numeric_gradient(lambda _: softmax_of(W), weight)[0, 0]
    print(f"W[{i}, 0]".ljust(12), f"{analytic[i, 0]:13.10f} {numeric:16.10f}", end="")
    print(f"{rel_error(analytic[i, 0], numeric):15.1e}")

# %%
wrong = analytic.copy()
wrong[:, 3] *= 1.01  # one class off by one percent
for name, gradient in (("analytic", analytic), ("1% wrong in one class", wrong)):
    errors = sampled_rel_errors(softmax_of, W, gradient, num_checks=40, rng=4)
    print(f"{name}: largest relative error at 40 random weights {errors.max():.1e}")

# %% [markdown]
# Agreement to six digits or more is what a right gradient gives; an error of one percent in one
# class of ten stands out by orders of magnitude, if a weight of that class is among the sample.

# %% [markdown] name="numeric-against-analytic-time"
# Values agree; what about time? With $P$ weights, a numeric gradient takes $2P$ losses, each of
# which takes longer the more weights there are. Classifiers of the first $D$ pixels, $P = 10 D$
# weights:

# %%
from time import perf_counter

sizes = [10, 30, 100, 300] if QUICK else [10, 30, 100, 300, 1000]


def seconds_for(function, *arguments, repeats=1):
    """Median time of a call."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        function(*arguments)
        times.append(perf_counter() - start)
    return np.median(times)


def numeric_and_analytic(D):
    pixels, V = np.ascontiguousarray(X64[:, :D]), W[:D].copy()
    numeric = seconds_for(numeric_gradient, lambda V: softmax_loss(pixels @ V, y[:100])[0], V)
    calculus = seconds_for(lambda: pixels.T @ softmax_loss(pixels @ V, y[:100])[1], repeats=20)
    return numeric, calculus


numeric, by_calculus = zip(*[numeric_and_analytic(D) for D in progress(sizes)], strict=True)

# %%
P = 10 * np.array(sizes)
plt.loglog(P, numeric, "s--", label="numeric")
plt.loglog(P, by_calculus, "o-", label="analytic")
plt.vlines(P[-1], by_calculus[-1], numeric[-1], color=figures.GRAY, ls=":")
middle = np.sqrt(numeric[-1] * by_calculus[-1])
plt.text(0.9 * P[-1], middle, f"{numeric[-1] / by_calculus[-1]:,.0f} times", ha="right")
plt.xlabel("number of weights P")
plt.ylabel("seconds for one gradient")
plt.title("A numeric gradient costs 2P losses, an analytic one about two")
plt.legend()
plt.show()

# %% [markdown] name="step-size"
# ## The step size
#
# The gradient says which way is down, and nothing about how far. From one starting point, take one
# step of `sgd` with each of many learning rates. Calculus promises a loss of $L - \alpha \lVert
# \nabla L \rVert^2$, for small enough steps $\alpha$. How far can the promise be trusted?

# %%
W = 1e-3 * np.random.default_rng(5).standard_normal((X.shape[1], 10), dtype=np.float32)
loss, dscores = softmax_loss(X @ W, y)
gradient = X.T @ dscores
steepness = float(np.sum(gradient**2))


def loss_after(rate):
    next_w, _ = optim.sgd(W, gradient, {"learning_rate": float(rate)})
    return softmax_loss(X @ next_w, y)[0]


rates = np.logspace(-6, 1, 29)
after = np.array([loss_after(rate) for rate in rates])
right = rates[after.argmin()]
good = np.where(after < (loss + after.min()) / 2, "right", "too small")
verdicts = np.where(after > loss, "too large", good)
print(f"loss before the step: {loss:.4f}\nstep size    loss after   promised")
for i in range(0, 29, 4):
    promised = loss - rates[i] * steepness
    print(f"{rates[i]:9.0e} {after[i]:13.4f} {promised:10.4f}   {verdicts[i]}")


# %%
def descend_with(rate, steps=40):
    """The loss before every step."""
    V, config, history = W, {"learning_rate": float(rate)}, []
    for _ in range(steps):
        value, dscores = softmax_loss(X @ V, y)
        history.append(value)
        V, config = optim.sgd(V, X.T @ dscores, config)
    return history


# %%
fig, (left, middle) = plt.subplots(1, 2, figsize=(7, 3.9))
left.plot(rates, after, "o-", ms=4, color=figures.BLUE, label="after one step")
left.plot(rates, loss - rates * steepness, "--", color=figures.VERMILION, label="promised")
left.axhline(loss, color=figures.GRAY, ls=":", label="before the step")
left.plot(right, after.min(), "*", ms=13, color=figures.ORANGE, mec="black", label="lowest")
left.set(xscale="log", xlabel="step size", ylabel="softmax loss", title="One step")
left.set_ylim(after.min() - 0.4, loss + 1.2)
left.legend(loc="upper left")
too_large = rates[after > loss][0]
for rate, name, color, style in (
    (right / 100, "too small", figures.GREEN, "-."),
    (right / 3, "right", figures.BLUE, "-"),
    (2 * too_large, "too large", figures.VERMILION, "--"),
):
    middle.plot(descend_with(rate), style, color=color, label=f"{name}, {rate:.1g}")
middle.set(yscale="log", xlabel="steps taken", ylabel="softmax loss", title="Forty steps")
middle.set_yticks([1, 2, 5, 10, 20, 50], [1, 2, 5, 10, 20, 50])
middle.minorticks_off()
middle.legend()
plt.show()

# %% [markdown]
# Far too small a step keeps the promise and gets nowhere; too large a one climbs, although the
# direction was right. Only a factor of three to ten lies between the best step and one that climbs,
# so it pays to try rates on a logarithmic scale. The star says what is best for one step; for the
# way as a whole a third of it is the safer choice.

# %% [markdown] tags=["question"] name="question-step-size"
# **Question 3.** A friend writes the loss as a *sum* over the images instead of a mean, changes
# nothing else, and finds that the learning rate you recommend explodes. Which rate should be used,
# and why? Would the same friend have noticed with a rule whose step does not depend on the length
# of the gradient, only on its direction? Name such a rule from this assignment.

# %% [markdown] tags=["answer"] name="question-step-size-answer"
# *Your answer:*

# %% [markdown] name="update-by-hand"
# ## One update by hand
#
# Two features, three classes, three points, and weights that are whole numbers, one column per
# class:
#
# | point | label | scores $x W$ | margins $s_j - s_y + 1$ | loss |
# |---|---|---|---|---|
# | $(2, 1)$ | 0 | $1, 2, -1$ | class 1: $2$, class 2: $-1$ | $2$ |
# | $(-2, 1)$ | 1 | $1, -2, -1$ | class 0: $4$, class 2: $2$ | $6$ |
# | $(-1, -2)$ | 2 | $-2, -1, 2$ | class 0: $-3$, class 1: $-2$ | $0$ |
#
# with $W = \begin{pmatrix} 0 & 1 & 0 \\ 1 & 0 & -1 \end{pmatrix}$. The mean loss is $8/3$.
#
# Every positive margin of class $j$ adds $x$ to column $j$ of the gradient and subtracts it from
# column $y$: column 0 gets $-(2, 1) + (-2, 1)$, column 1 gets $(2, 1) - 2 (-2, 1)$, column 2 gets
# $(-2, 1)$, all divided by 3. With learning rate 0.3
#
# $$W - \frac{0.3}{3} \begin{pmatrix} -4 & 6 & -2 \\ 0 & -1 & 1 \end{pmatrix}
# = \begin{pmatrix} 0.4 & 0.4 & 0.2 \\ 1 & 0.1 & -1.1 \end{pmatrix}.$$
#
# Work out the loss after the step on paper before you run the cell.

# %%
points = np.array([[2.0, 1.0], [-2.0, 1.0], [-1.0, -2.0]])
labels = np.array([0, 1, 2])
W = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, -1.0]])
by_hand = np.array([[0.4, 0.4, 0.2], [1.0, 0.1, -1.1]])

path, config = [W], {"learning_rate": 0.3}
for step in range(3):
    loss, dscores = svm_loss(points @ path[-1], labels)
    print(f"step {step}: loss {loss:.4f}, scores {(points @ path[-1]).round(2).tolist()}")
    next_w, config = optim.sgd(path[-1], points.T @ dscores, config)
    path.append(next_w)
print("by hand and by sgd the same weights:", np.allclose(path[1], by_hand))

# %%
t = np.linspace(-3, 3, 241)
plane = np.stack(np.meshgrid(t, t), axis=-1)
fig, axes = plt.subplots(1, 3, figsize=(7, 3.0), sharex=True, sharey=True)
for ax, step in zip(axes, range(3), strict=True):
    regions = (plane @ path[step]).argmax(axis=-1)
    ax.contourf(t, t, regions, [-0.5, 0.5, 1.5, 2.5], colors=figures.PALETTE[:3], alpha=0.25)
    for c, mark in enumerate("os^"):
        color = figures.PALETTE[c]
        ax.plot(*points[labels == c].T, mark, ms=9, color=color, mec="black", label=f"class {c}")
        arrow = {"arrowstyle": "->", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", 2 * path[step][:, c], (0, 0), arrowprops=arrow)
    loss, _ = svm_loss(points @ path[step], labels)
    ax.set(xlabel="feature 0", title=f"step {step}: loss {loss:.2f}", aspect="equal")
axes[0].set_ylabel("feature 1")
axes[0].legend(loc="lower right", handletextpad=0.1)
title = "Arrows: the weights of a class, twice as long. Shaded: the class with the highest score"
fig.suptitle(title, fontsize="medium")
plt.show()

# %% [markdown]
# Each step pulls the column of the right class towards a point that is wrong or too close, and
# pushes the columns that score too high away from it. A point beyond its margins, as the third one
# here, has no say at all. (With softmax every point has a say, weighted by the probability that is
# misplaced.)

# %% [markdown] name="linear-regression-cost-surface"
# ## Linear regression, and three kinds of descent
#
# Now a problem with only two parameters, so that the whole landscape can be seen: fit $\theta_0 +
# \theta_1 x$ to points of $y = 5 + 2x$ and noise, by descent on the cost $J(\theta) = \frac{1}{2N}
# \sum_i (\theta_0 + \theta_1 x_i - y_i)^2$. Which shape do its lines of equal cost have, and why do
# they lie aslant?

# %%
N = 1000
rng = np.random.default_rng(6)
inputs = rng.uniform(0, 3, N)
targets = 5 + 2 * inputs + rng.standard_normal(N)
A = np.stack([np.ones(N), inputs], axis=1)  # one row (1, x) per point
least_squares = np.linalg.lstsq(A, targets, rcond=None)[0]


def cost(theta):
    """J at theta (..., 2)."""
    return np.mean((theta @ A.T - targets) ** 2, axis=-1) / 2


grid0, grid1 = np.meshgrid(np.linspace(-1, 9, 81), np.linspace(-1, 5, 81))
surface = cost(np.stack([grid0, grid1], axis=-1))

# %%
fig = plt.figure(figsize=(7, 3.8))
columns = fig.add_gridspec(1, 2, width_ratios=[1, 1.2])
left = fig.add_subplot(columns[0])
left.plot(inputs, targets, ".", ms=3, color=figures.SKY, label=f"{N} points")
left.plot([0, 3], [5, 11], color=figures.BLACK, label="$5 + 2x$")
fit = f"least squares, ${least_squares[0]:.2f} + {least_squares[1]:.2f} x$"
left.plot([0, 3], least_squares @ [[1, 1], [0, 3]], "--", color=figures.VERMILION, label=fit)
left.set(xlabel="x", ylabel="y", title="The data and the best line", ylim=(2, 18))
left.legend(loc="upper left")
right = fig.add_subplot(columns[1], projection="3d")
right.plot_surface(grid0, grid1, surface, cmap=figures.SEQUENTIAL, norm="log", rcount=40, ccount=40)
right.contour(grid0, grid1, surface, np.geomspace(0.6, 60, 9), cmap=figures.SEQUENTIAL, offset=-30)
right.set(xlabel=r"$\theta_0$", ylabel=r"$\theta_1$", zlabel=r"cost $J$", zlim=(-30, 60))
right.set(yticks=[0, 2, 4], zticks=[0, 20, 40, 60], title="The cost, and its contours")
right.view_init(24, -58)
right.set_box_aspect(None, zoom=0.85)
plt.show()

# %% [markdown] name="batch-stochastic-and-mini-batch-descent"
# *Batch* descent computes the gradient over all points for every step, *stochastic* descent over a
# single one, *mini-batch* descent over a few. All visit every point once per epoch. The noisy ones
# need a learning rate that shrinks, or they never come to rest. When is a descent done? Here: when
# a whole epoch changes the cost by less than $\delta$, $|\Delta J| < \delta$.


# %%
def descend(batch_size, rate, decay=0.0, delta=1e-4):
    """Every theta on the way from (0, 0) until an epoch changes the cost by less than delta."""
    rng, theta, config = np.random.default_rng(7), np.zeros(2), {}
    path = [theta]
    for epoch in range(1000):
        config["learning_rate"] = rate / (1 + decay * epoch)
        before = cost(theta)
        for batch in np.split(rng.permutation(N), N // batch_size):
            errors = A[batch] @ theta - targets[batch]
            theta, config = optim.sgd(theta, A[batch].T @ errors / batch_size, config)
            path.append(theta)
        if abs(cost(theta) - before) < delta:
            break
    return np.array(path)


sizes = {"batch": N, "mini-batch": 20, "stochastic": 1}
paths = {
    "batch": descend(N, 0.3),
    "mini-batch": descend(20, 0.2, decay=0.5),
    "stochastic": descend(1, 0.05, decay=2),
}

# %% name="descent-paths"
fig, axes = plt.subplots(1, 3, figsize=(7, 3.2), sharex=True, sharey=True)
levels = cost(least_squares) + np.logspace(-2.5, 1.5, 12)
for ax, (name, path), color in zip(axes, paths.items(), figures.PALETTE, strict=False):
    ax.contour(grid0, grid1, surface, levels, cmap="gray", linewidths=0.8, alpha=0.6)
    ax.plot(*path.T, "-", lw=1, marker=".", ms=3, color=color)
    ax.plot(*path[0], "s", color=figures.BLACK, label="start")
    ax.plot(*least_squares, "*", ms=12, color=figures.ORANGE, mec="black", label="least squares")
    ax.set(xlabel=r"$\theta_0$", title=f"{name}: {len(path) - 1} steps", xlim=(-1, 9), ylim=(-1, 5))
axes[0].set_ylabel(r"$\theta_1$")
axes[0].legend(loc="upper right", frameon=True)
plt.show()

# %% [markdown]
# The first batch step overshoots: across the valley the cost is steep. Along it the cost is nearly
# flat, and there all three take most of their steps. The stochastic path wanders around the minimum
# until its learning rate is small.

# %% [markdown] name="iterations-until-the-cost-stands-still"
# The same three descents as costs: against the steps taken, and against the points looked at, which
# is what takes the time when there are many.

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.8), sharey=True)
for i, (name, path) in enumerate(paths.items()):
    gap = cost(path) - cost(least_squares)
    steps = np.unique(np.geomspace(1, len(path) - 1, 60).astype(int))
    style, color = ("o-", "s--", "^:")[i], figures.PALETTE[i]
    for ax, shown in ((axes[0], steps), (axes[1], steps * sizes[name] / N)):
        ax.plot(shown, gap[steps], style, ms=3, lw=1.2, color=color, label=name)
axes[0].set(xscale="log", yscale="log", ylim=(1e-5, 50), ylabel="cost above the minimum")
axes[0].set_xlabel("steps")
axes[1].set(xscale="log", xlabel="epochs (points looked at / N)")
axes[0].set_title("Per step, batch descent wins")
axes[1].set_title("Per point looked at, it loses")
axes[0].legend(loc="lower left")
plt.show()

# %%
print("              a whole epoch changes J by less than 1e-4        a single step does")
print("batch size     steps   epochs   point gradients   J - min      steps   J - min")
for name, path in paths.items():
    B, steps, gap = sizes[name], len(path) - 1, cost(path) - cost(least_squares)
    print(f"{name:11}{B:5}{steps:8}{steps * B / N:8.0f}{steps * B:15,}{gap[-1]:14.1e}", end="")
    early = np.flatnonzero(np.abs(np.diff(gap)) < 1e-4)[0] + 1
    print(f"{early:9}{gap[early]:11.1e}")

# %% [markdown]
# Batch descent takes the fewest steps and looks at the most points: each of its steps is as dear as
# a whole epoch of the others. The last two columns say where each would have stopped if it had
# asked after every step instead of every epoch: a point that happens to be fitted well already
# gives almost no gradient, and that says nothing about the others.

# %% [markdown] name="unbiased-mini-batch-gradient"
# ## How noisy is a mini-batch?
#
# Back to the images. If a batch is drawn at random, its gradient is *unbiased*: the mean over many
# batches tends to the gradient over all images. The distance left after averaging $M$ of them
# should be the standard error $\sigma / \sqrt{BM}$, where $\sigma^2$ is the variance of the
# gradient of one image.

# %%
W = 1e-3 * np.random.default_rng(8).standard_normal((X.shape[1], 10), dtype=np.float32)
dscores = len(X) * softmax_loss(X @ W, y)[1]  # one row per image, undivided


def batch_gradient(batch):
    return X[batch].T @ dscores[batch] / len(batch)


full = batch_gradient(np.arange(len(X)))
# The gradient of one image is an outer product, whose length is the product of the two lengths.
variance = np.mean(np.sum(X**2, axis=1) * np.sum(dscores**2, axis=1)) - np.sum(full**2)

# %%
B, M = 10, 100 if QUICK else 1000
rng, mean, distances = np.random.default_rng(9), np.zeros_like(full), []
for m in progress(range(1, M + 1), "averaging"):
    mean += (batch_gradient(rng.integers(0, len(X), B)) - mean) / m
    distances.append(np.linalg.norm(mean - full))

m = np.arange(1, M + 1)
plt.loglog(m, distances, color=figures.BLUE, label="measured")
predicted = np.sqrt(variance / (B * m))
plt.loglog(m, predicted, "--", color=figures.VERMILION, label=r"$\sigma / \sqrt{BM}$")
plt.axhline(np.linalg.norm(full), color=figures.GRAY, ls=":", label="length of the gradient itself")
plt.xlabel(f"number M of mini-batches averaged (B = {B})")
plt.ylabel("distance to the full gradient")
figures.plain_ticks(plt.gca().yaxis)
plt.title("The mean of mini-batch gradients tends to the full gradient")
plt.legend()
plt.show()

# %% [markdown] name="gradient-variance-against-batch-size"
# And one batch alone, larger and larger? Its variance is $\sigma^2 / B$ if images are drawn with
# replacement. A `Solver` draws without: then it is smaller by the factor $(N - B) / (N - 1)$. What
# must it be at $B = N$?

# %%
repeats = 20 if QUICK else 60
batch_sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 900]
rng, measured = np.random.default_rng(10), {"with replacement": [], "without": []}
for B in progress(batch_sizes, "variance"):
    for name, values in measured.items():
        draws = [rng.choice(len(X), B, replace=name != "without") for _ in range(repeats)]
        values.append(np.mean([np.sum((batch_gradient(batch) - full) ** 2) for batch in draws]))

# %%
B = np.geomspace(1, 990, 200)
once = (len(X) - B) / (len(X) - 1)
predicted = {"with replacement": variance / B, "without": once * variance / B}
for i, (name, values) in enumerate(measured.items()):
    color = figures.PALETTE[i]
    plt.loglog(batch_sizes, values, "o^"[i], color=color, label=f"{name}, measured")
    plt.loglog(B, predicted[name], "-:"[i], color=color, label=f"{name}, predicted")
length = np.sum(full**2)
plt.axhline(length, color=figures.GRAY, ls="--", label="squared length of the gradient itself")
plt.xlabel("batch size B (images)")
plt.ylabel("variance of the gradient")
plt.title("Ten times the images, a tenth of the variance")
plt.legend()
plt.show()

slope = np.polyfit(np.log(batch_sizes[:8]), np.log(measured["with replacement"][:8]), 1)[0]
print(f"slope with replacement, B up to 200: {slope:.2f} (-1 expected)")

# %% [markdown] name="seconds-per-epoch-against-batch-size"
# ## What an epoch costs
#
# A larger batch makes one product of matrices out of many small ones, which every processor likes
# better, and it spends fewer updates per epoch. A net with 100 hidden units, trained from the same
# weights with each batch size: the time on the left depends on your machine, the loss on the right
# does not.

# %%
from assignment.fc_net import FullyConnectedNet
from assignment.solver import Solver

batch_sizes = [10, 100, 1000] if QUICK else [1, 3, 10, 30, 100, 300, 1000]
epochs = 1 if QUICK else 2
seconds, final = [], []
for B in progress(batch_sizes, "batch sizes"):
    net, config = FullyConnectedNet([100], rng=11), {"learning_rate": 1e-4}
    solver = Solver(net, data, update_rule=optim.sgd, optim_config=config, batch_size=B, rng=12)
    steps = solver.iterations_per_epoch
    # The median step, so that what else your machine is doing does not show.
    seconds.append(steps * seconds_for(solver.step, repeats=epochs * steps))
    final.append(softmax_loss(net.loss(data["X_train"]), y)[0])

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.6), sharex=True)
left.loglog(batch_sizes, seconds, "o-", color=figures.BLUE)
left.set(xlabel="batch size (images)", ylabel="seconds per epoch", title="An epoch gets cheaper")
figures.plain_ticks(left.yaxis)
right.semilogx(batch_sizes, final, "s--", color=figures.VERMILION)
right.set(xlabel="batch size (images)", ylabel="training loss")
right.set_title(f"... and does less (epochs: {epochs})")
plt.show()

# %% [markdown]
# A single batch of a thousand is quickly done and is one step, so an epoch hardly moves. Batches of
# a few images take hundreds of steps: they get further, unless the steps disagree too much (a
# single image can be too few), and take many times longer. In between lies what everybody uses.

# %% [markdown] tags=["question"] name="question-batch-size"
# **Question 4.** From 10 to 1,000 images per batch the standard deviation of the gradient falls to
# a tenth; by how much does the work for one step grow? Use your last two figures to say which batch
# size you would take on your machine, and what you would do with the learning rate if you took ten
# times as many. Is there a moment in training at which a larger batch is worth more than at the
# beginning? Think of where the dashed line in the variance figure goes as training proceeds.

# %% [markdown] tags=["answer"] name="question-batch-size-answer"
# *Your answer:*
