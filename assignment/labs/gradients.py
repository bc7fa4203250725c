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
edges = [w0[0], *kinks, w0[-1]]
slopes = [svm_at((a + b) / 2)[1] for a, b in zip(edges, edges[1:], strict=False)]
bottom.hlines(slopes, edges[:-1], edges[1:], color=figures.BLACK, lw=2.6)
bottom.vlines(kinks, slopes[:-1], slopes[1:], color=figures.GRAY, lw=5, alpha=0.5)
bottom.axhline(0, color=figures.VERMILION, ls="--", lw=1)
bottom.set(xlabel="weight $w_0$", ylabel="slope of the mean", title="At a kink any slope in the gray bar is a subgradient")
plt.show()

print("kink at w0   slope left, right   analytic there   centered difference, h = 0.1")
for k, left, right in zip(kinks, slopes, slopes[1:], strict=False):
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
data = cifar10(2000, 1000, 1000)


def as_rows(images):
    """Images (N, 3, 32, 32) as rows, in units of 64 gray levels, with a 1 for the bias: (N, 3073)."""
    return np.hstack([images.reshape(len(images), -1) / 64, np.ones((len(images), 1), images.dtype)])


X, y = as_rows(data["X_train"]), data["y_train"]
X_val, y_val = as_rows(data["X_val"]), data["y_val"]
losses = {"SVM": svm_loss, "softmax": softmax_loss}

rng = np.random.default_rng(0)
W, W1, W2 = 0.01 * rng.standard_normal((3, X.shape[1], 10))
hundred, one = slice(100), slice(7, 8)
in_words = {"one image": one, "mean of 100 images": hundred}


def slice_loss(loss, which, a, b=0.0):
    """L(W + a W1 + b W2) for some of the images."""
    return loss(S[which] + a * S1[which] + b * S2[which], y[which])[0]


S, S1, S2 = (X[hundred] @ M for M in (W, W1, W2))

# %%
# Along the line every margin of that one image is linear in a; its hinge bends where it is 0.
start, change = ((M - M[:, [y[7]]])[7] for M in (S, S1))
kinks = [-(start[j] + 1) / change[j] for j in range(10) if j != y[7]]
kinks = np.array([k for k in kinks if abs(k) < 8])

a = np.linspace(-8, 8, 801)
fig, axes = plt.subplots(1, 2, figsize=(7, 3.6))
for ax, (title, which) in zip(axes, in_words.items(), strict=True):
    for (name, loss), color, style in zip(losses.items(), figures.PALETTE, ("-", "--"), strict=False):
        ax.plot(a, [slice_loss(loss, which, t) for t in a], style, color=color, label=name)
    ax.set(xlabel="$a$, step along $W_1$", ylabel="loss $L(W + a W_1)$", title=title)
heights = [slice_loss(svm_loss, one, k) for k in kinks]
axes[0].plot(kinks, heights, "o", color=figures.BLUE, label="kinks")
axes[0].legend()
axes[1].legend()
plt.show()

# %% [markdown]
# One image: straight pieces for the SVM, with a kink wherever one wrong class starts or stops to
# count, and a rounded shape for softmax. A hundred images: hundreds of kinks, too close to see, and
# a smooth bowl.

# %% [markdown] name="loss-slices-over-a-plane"
# Now two directions. Lines of equal loss lie close together where the loss is steep. In the plane of
# one image the dashed lines are where a hinge bends: what do the lines of equal loss do between two
# of them, and what at a crossing? Is there anything left of that in the mean of a hundred?

# %% tags=["picture"]
a = np.linspace(-8, 8, 65)
fig, axes = plt.subplots(2, 2, figsize=(7, 6.4), sharex=True, sharey=True)
for row, (title, which) in zip(axes, in_words.items(), strict=True):
    for ax, (name, loss) in zip(row, losses.items(), strict=True):
        plane = np.array([[slice_loss(loss, which, i, j) for i in a] for j in a])
        levels = plane.min() + np.ptp(plane) * np.linspace(0, 1, 21) ** 1.5
        shown = ax.contourf(a, a, plane, levels, cmap=figures.SEQUENTIAL)
        ax.contour(a, a, plane, levels, colors="white", linewidths=0.4)
        low = np.unravel_index(plane.argmin(), plane.shape)
        ax.plot(a[low[1]], a[low[0]], "*", ms=13, c=figures.ORANGE, mec="black", zorder=9)
        ax.set_title(f"{name}, {title}")
        fig.colorbar(shown, ax=ax, label="loss", format="%.0f")
for j in set(range(10)) - {y[7]}:
    m, m1, m2 = (M[7, j] - M[7, y[7]] for M in (S, S1, S2))
    hinge = m + m1 * a + m2 * a[:, np.newaxis] + 1
    axes[0, 0].contour(a, a, hinge, [0], colors="white", linestyles="--", linewidths=1.2)
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
tries = 60 if QUICK else 600
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
left.set_title("The same effort, three results")
left.legend()
right.axhline(10, color=figures.GRAY, ls=":")
right.text(-0.45, 10.5, "chance", color=figures.GRAY)
right.set(ylabel="accuracy (%)", title="Training (solid), validation (hatched)")
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
for u, name in ((w - h, "$w - h$"), (w, "$w$"), (w + h, "$w + h$")):
    plt.plot(u, f_at(u), "o", color=figures.BLACK)
    plt.annotate(name, (u, f_at(u)), (-2, -17), textcoords="offset points", ha="right")
plt.xlabel("weight w")
plt.ylabel("loss f(w)")
plt.title(f"Two differences and the tangent at w = {w}, with h = {h}")
plt.legend()
plt.show()

# %% [markdown] name="difference-error-against-h"
# A smaller $h$ makes both better, so why not $h = 10^{-15}$? Because two errors add up:
#
# | | one-sided | centered |
# |---|---|---|
# | left out of the Taylor series, grows with $h$ | $\frac{h}{2} \lvert f'' \rvert$ | $\frac{h^2}{6} \lvert f''' \rvert$ |
# | rounding of $f$, of relative size $\epsilon$, divided by the step | $\epsilon \lvert f \rvert / h$ | $\epsilon \lvert f \rvert / 2h$ |
# | the $h$ with the smallest sum | $\sqrt{2 \epsilon \lvert f / f'' \rvert}$ | $\sqrt[3]{3 \epsilon \lvert f / 2 f''' \rvert}$ |
#
# Find the slopes 1 and 2 on the right of the figure and the slope -1 on the left. How many digits
# does the best $h$ leave, in float64 and in float32?

# %%
def draw_errors(ax, dtype):
    """Relative error of both differences against h, measured (marks) and predicted (lines)."""
    eps, at = np.finfo(dtype).eps, np.array([w], dtype)
    value, (slope, second, third) = f(at), np.abs(derivatives(w))
    h = np.logspace(np.log10(4 * eps), 0, 90)
    for method, error, best, color, mark, style in (
        ("forward", h / 2 * second + eps * value / h, np.sqrt(2 * eps * value / second), figures.VERMILION, "^", "--"),
        ("centered", h**2 / 6 * third + eps * value / (2 * h), np.cbrt(1.5 * eps * value / third), figures.BLUE, "o", "-"),
    ):
        name = "one-sided" if method == "forward" else method
        measured = [abs(numeric_gradient(f, at, step, method)[0] + slope) / slope for step in h]
        ax.plot(h, measured, mark, ms=3.5, color=color, alpha=0.6, label=f"{name}, measured")
        ax.plot(h, error / slope, style, color=color, label=f"{name}, predicted")
        ax.axvline(best, color=color, ls=":", lw=1.2)
        ax.text(best, 3, f"{best:.0e}", color=color, ha="center")
    ax.set(xscale="log", yscale="log", xlabel="step h", title=np.dtype(dtype).name)


fig, axes = plt.subplots(1, 2, figsize=(7, 4.6), sharey=True)
draw_errors(axes[0], np.float64)
draw_errors(axes[1], np.float32)
axes[0].set(ylabel="relative error of the slope", ylim=(1e-13, 20))
axes[0].legend(loc="lower left")
plt.show()
