# %% [markdown]
# # Optimizers
#
# Every update rule turns the same gradient into a different step. This lab draws those steps: on
# bowls and ravines small enough to see, on saddles and plateaus, and on nets that learn images.
# It shows what momentum gains and why, what AdaGrad, RMSProp and Adam divide by, what bias
# correction corrects, and what it would cost to know the curvature.
#
# All paths are drawn by the rules in your `optim.py`. Bonus rules that you have not written are
# left out of the figures.

# %% [markdown]
# ## Your update rules
#
# First the verdict on the three rules that everything below uses. Then two small tools: which
# rules there are, with the colour and the line each has in every figure, and a function that
# follows one.

# %%
check("sgd_momentum", "rmsprop", "adam")

# %% name="update-rules"
import time

from scipy import linalg, optimize, signal

from assignment import schedules
from assignment.fc_net import FullyConnectedNet
from assignment.gradient_check import numeric_gradient_array
from assignment.solver import Solver

RULES = {
    "sgd": ("SGD", figures.GRAY, (0, (1, 1))),
    "sgd_momentum": ("momentum", figures.BLUE, (0, (8, 1.5))),
    "nesterov_momentum": ("Nesterov", figures.SKY, "--"),
    "adagrad": ("AdaGrad", figures.ORANGE, "-."),
    "adadelta": ("Adadelta", figures.PURPLE, ":"),
    "rmsprop": ("RMSProp", figures.GREEN, (0, (4, 1, 1, 1, 1, 1))),
    "adam": ("Adam", figures.VERMILION, "-"),
    "amsgrad": ("AMSGrad", figures.BLACK, "--"),
}
for name in list(RULES):
    if not written(getattr(optim, name)):
        del RULES[name]


# %%
def descend(rule, gradient, start, steps, **config):
    """Follow an update rule; returns every point it visits, (steps + 1, *start.shape)."""
    path = [np.array(start, float)]
    for _ in range(steps):
        w, config = rule(path[-1].copy(), gradient(path[-1]), config)
        path.append(np.array(w))
    return np.array(path)


def contours(ax, f, x, y, levels):
    """Level curves of f over the ranges x and y, pale enough for paths to be drawn on them."""
    grid = np.stack(np.meshgrid(np.linspace(*x, 201), np.linspace(*y, 201)))
    ax.contour(*grid, f(grid), levels, cmap=figures.SEQUENTIAL, linewidths=0.8, alpha=0.45)
    ax.set(xlim=x, ylim=y)
    ax.locator_params(axis="x", nbins=4)
    ax.grid(False)


# %% [markdown] name="exponentially-weighted-averages"
# ## Exponentially weighted averages
#
# Momentum, RMSProp and Adam all keep a running average of something noisy. It needs one number of
# memory: the new average is $\beta$ parts of the old one and $1 - \beta$ parts of what came in,
#
# $$v_t = \beta\, v_{t-1} + (1 - \beta)\, x_t, \qquad v_0 = 0.$$
#
# (`scipy.signal.lfilter` computes such recursions.) Look at three things: how smooth each line
# is, how late it turns, and where it begins.

# %%
rng = np.random.default_rng(0)
days = np.arange(1, 366)
temperature = 18 - 9 * np.cos(2 * np.pi * (days - 20) / 365) + 3 * rng.standard_normal(365)


def average(x, beta):
    """Exponentially weighted average of x over its first axis, beginning at 0."""
    return signal.lfilter([1 - beta], [1, -beta], x, axis=0)


BETAS = {0.5: (figures.ORANGE, ":"), 0.9: (figures.BLUE, "-"), 0.98: (figures.VERMILION, "--")}
fig, ax = plt.subplots()
ax.plot(days, temperature, ".", color=figures.GRAY, ms=3, label="measured")
for beta, (color, line) in BETAS.items():
    ax.plot(days, average(temperature, beta), line, color=color, label=rf"$\beta$ = {beta}")
ax.set(xlabel="day", ylabel="temperature (°C)", title="The larger β, the smoother, and the later")
ax.legend(ncols=4, loc="upper left")
ax.set_ylim(0, 42)
plt.show()

# %% [markdown] name="averaging-window"
# ### The window 1/(1 - β)
#
# Put the recursion into itself, again and again, and the average is a weighted sum of all the
# past:
#
# $$v_t = (1 - \beta) \sum_{k=0}^{t-1} \beta^k\, x_{t-k}.$$
#
# What is $k$ days old has the weight $\beta^k$, relative to today. After $1/(1-\beta)$ days that
# is about $1/e$, because $\beta^{1/(1-\beta)} \to 1/e$ as $\beta \to 1$. One says that the
# average "looks back" over $1/(1-\beta)$ values. See where each line crosses $1/e$.

# %%
age = np.arange(0, 121)
fig, ax = plt.subplots(figsize=(7, 3.4))
for beta, (color, line) in BETAS.items():
    window = round(1 / (1 - beta))
    ax.plot(age, beta**age, line, color=color, label=rf"$\beta$ = {beta}: window {window}")
    ax.plot(window, beta**window, "o", color=color)
    print(f"beta = {beta}: window {window}, beta^window = {beta**window:.3f}")
ax.axhline(np.exp(-1), color=figures.GRAY, lw=1)
ax.text(120, np.exp(-1) + 0.02, "1/e", ha="right", color=figures.GRAY)
ax.set(xlabel="age k of a value (days)", ylabel=r"weight relative to today, $\beta^k$")
ax.set_title(r"After $1/(1-\beta)$ days (dots) a value counts about a third")
ax.legend()
plt.show()

# %% [markdown] name="bias-correction"
# ### Bias correction
#
# The averages begin at 0, and it takes them about one window to forget that. The cure: the
# weights of the first $t$ values add up to $1 - \beta^t$ only, so divide by that sum. An average
# of ones shows the same sum: what should be 1 comes out as $1 - \beta^t$.

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.6))
shown = slice(0, 120)
plain = average(temperature, 0.98)
ones = {beta: average(np.ones(365), beta) for beta in BETAS}
left.plot(days[shown], temperature[shown], ".", color=figures.GRAY, ms=3, label="measured")
left.plot(days[shown], plain[shown], "--", color=figures.VERMILION, label="average")
left.plot(days[shown], (plain / ones[0.98])[shown], color=figures.BLUE, label="corrected")
left.set(xlabel="day", ylabel="temperature (°C)", title="β = 0.98: the start at 0, corrected")
left.set_ylim(0, 30)
left.legend(loc="upper left", ncols=2)
for beta, (color, line) in BETAS.items():
    right.plot(days[shown], ones[beta][shown], line, color=color, label=rf"$\beta$ = {beta}")
right.set(xlabel="day t", ylabel=r"sum of weights, $1 - \beta^t$", title="What it is divided by")
right.set_ylim(0, 1.05)
right.legend(loc="lower right")
plt.show()

# %% [markdown]
# From the first day on the corrected average is about right; after a few windows both are the
# same line. The first corrected values are as noisy as the data: few values, few to average.

# %% [markdown] name="averages-question" tags=["question"]
# **Question 1.** Adam averages squared gradients with $\beta_2 = 0.999$, without correction from
# 0. What share of the true value does the average show after 1 step, and after 1000? RMSProp has
# the same kind of average and no correction. What does that do to its first step?

# %% [markdown] name="averages-question-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="noisy-and-smoothed-loss"
# ### A noisy loss, smoothed
#
# The loss of a training step is measured on one small batch, so it jumps. Below, a small net
# learns with your momentum, 20 images per step. Is it still improving at the end? The dots hardly
# tell; the corrected averages do.


# %%
def smooth(x, beta):
    """Exponentially weighted average with its bias corrected."""
    return average(x, beta) / average(np.ones(len(x)), beta)


data = cifar10(4000, 1000, 100)
epochs = 1 if QUICK else 5
net = FullyConnectedNet([50], weight_scale=1e-2, rng=0)
solver = Solver(net, data, update_rule=optim.sgd_momentum, optim_config={"learning_rate": 2e-5},
                batch_size=20, num_epochs=epochs, verbose=False, rng=0)  # fmt: skip
solver.train()
loss = np.array(solver.loss_history)
fig, ax = plt.subplots()
ax.plot(loss, ".", color=figures.GRAY, ms=2, alpha=0.7, label="batches of 20")
ax.plot(smooth(loss, 0.9), color=figures.SKY, lw=1, label=r"$\beta$ = 0.9")
ax.plot(smooth(loss, 0.99), color=figures.VERMILION, label=r"$\beta$ = 0.99")
ax.set(xlabel="step", ylabel="loss (nats per image)", title="One training run, seen three ways")
ax.set_ylim(0, np.percentile(loss, 99.5))
ax.legend()
plt.show()

# %% [markdown] name="ravine"
# ## A ravine
#
# The simplest hard problem is a bowl that is steep one way and flat the other:
#
# $$f(w) = \tfrac12\, w^\top A\, w, \qquad \nabla f(w) = A\, w, \qquad A = \mathrm{diag}(1, 100).$$
#
# The gradient points across the ravine and hardly along it. The ratio of the curvatures, 100, is
# the condition number $\kappa$. Below every rule gets 60 steps from the same point, with a
# learning rate that suits it. Who zigzags? Who overshoots the minimum (the cross)? Who goes
# straight, and who comes close and then never settles?

# %%
RATES = {
    "sgd": {"learning_rate": 0.019},
    "sgd_momentum": {"learning_rate": 0.008},
    "nesterov_momentum": {"learning_rate": 0.008},
    "adagrad": {"learning_rate": 1.0},
    "adadelta": {"epsilon": 1e-2},  # with 1e-6 it would need hundreds of steps to get going
    "rmsprop": {"learning_rate": 0.4, "decay_rate": 0.9},
    "adam": {"learning_rate": 0.5},
    "amsgrad": {"learning_rate": 0.5},
}


# %%
def draw_paths(A, start, columns, **view):
    """Sixty steps of every rule on the bowl of A, one panel each; returns the paths by rule."""

    def bowl(w):
        return 0.5 * np.einsum("iyx,ij,jyx->yx", w, A, w)

    rows = -(-len(RULES) // columns)
    size = (7, 1.7 * rows + 0.6)
    fig, axes = plt.subplots(rows, columns, figsize=size, sharex=True, sharey=True)
    paths = {}
    for ax, (rule, (label, color, _)) in zip(np.ravel(axes), RULES.items(), strict=False):
        paths[rule] = descend(getattr(optim, rule), lambda w: A @ w, start, 60, **RATES[rule])
        contours(ax, bowl, levels=np.geomspace(1, 1000, 10), **view)
        ax.plot(*paths[rule].T, ".-", color=color, ms=4, lw=1)
        ax.plot(*start, "s", color=color, ms=6)
        ax.plot(0, 0, "x", color=figures.BLACK, ms=8, mew=2)
        ax.set_title(label)
    for ax in np.ravel(axes)[len(RULES) :]:
        ax.set_axis_off()
    fig.supxlabel("$w_1$")
    fig.supylabel("$w_2$")
    return paths


# %% name="ravine-paths" tags=["picture"]
ravine = np.diag([1.0, 100.0])
paths = draw_paths(ravine, (-9.0, 1.2), 2, x=(-10, 6), y=(-2, 2))
plt.suptitle("Sixty steps in a ravine, from the square to the cross", ha="left", x=0.02)
plt.show()

# %%
fig, ax = plt.subplots(figsize=(7, 4.4))
for rule, (label, color, line) in RULES.items():
    ax.semilogy(np.linalg.norm(paths[rule], axis=1), ls=line, color=color, label=label)
ax.set(xlabel="step", ylabel="distance from the minimum")
ax.set_title("The same sixty steps, by distance from the minimum")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# SGD spends its steps on the walls: a learning rate that the steep direction can bear is slow in
# the flat one. Momentum adds up what always points the same way and cancels what changes sign.
# Rules that divide every coordinate by the size of its own gradients go almost straight, unless
# they have momentum too, as Adam does: then they swing past the minimum. RMSProp, whose steps never
# shrink, rattles around it.
#
# Now the same ravine, turned by 45 degrees.

# %% name="turned-ravine"
angle = np.pi / 4
turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
draw_paths(turn @ ravine @ turn.T, turn @ (-9.0, 1.2), 4, x=(-10, 6), y=(-10, 6))
plt.suptitle("The same ravine, turned", ha="left", x=0.02)
plt.show()

# %% [markdown] name="turned-ravine-question" tags=["question"]
# **Question 2.** Some rules take the same path as before, only turned; others do much worse.
# Which, and what in their formulas makes the difference?

# %% [markdown] name="turned-ravine-question-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="divergence"
# ### Divergence beyond 2/λ
#
# In the steepest direction one step of gradient descent multiplies $w$ with $1 -
# \alpha\lambda_{\max}$. As long as $\alpha < 2/\lambda_{\max}$, that is between -1 and 1. Look at
# both sides of this limit.


# %%
def draw_ravine(ax, x, y):
    """Level curves of the ravine, and its minimum."""
    contours(ax, lambda w: 0.5 * (w[0] ** 2 + 100 * w[1] ** 2), x, y, np.geomspace(1, 1000, 10))
    ax.plot(0, 0, "x", color=figures.BLACK, ms=8, mew=2)
    ax.set(xlabel="$w_1$", ylabel="$w_2$")


cases = {0.9: "settles", 1.0: "goes on for ever", 1.05: "diverges"}
fig, axes = plt.subplots(1, 3, figsize=(7, 3), sharex=True, sharey=True)
for ax, (share, what) in zip(axes, cases.items(), strict=True):
    alpha = share * 2 / 100
    path = descend(optim.sgd, lambda w: ravine @ w, (-9.0, 0.8), 12, learning_rate=alpha)
    draw_ravine(ax, (-10, 2), (-3, 3))
    ax.plot(*path.T, ".-", color=figures.VERMILION, lw=1)
    ax.set(title=rf"$\alpha$ = {share:.2f} · $2/\lambda_{{\max}}$" + f"\n{what}")
    ax.label_outer()
plt.show()

# %% [markdown] name="eigen-analysis"
# ## Why: one direction at a time
#
# Along an eigenvector of $A$ nothing mixes: each direction is a bowl of its own, with curvature
# $\lambda$, and gradient descent multiplies it with the same factor at every step,
#
# $$u_k = (1 - \alpha\lambda)^k\, u_0.$$
#
# With momentum, position and velocity go together, and one step is a 2 × 2 matrix. How fast they
# shrink is its spectral radius, the largest absolute value of its eigenvalues. The matrix need
# not be known: one step from (1, 0) and one from (0, 1) give its columns.

# %%
rng = np.random.default_rng(0)
eigenvalues = np.array([0.05, 0.3, 1.5, 1.9])
U = np.linalg.qr(rng.standard_normal((4, 4)))[0]  # directions that no axis is aligned with
A = U @ np.diag(eigenvalues) @ U.T
path = descend(optim.sgd, lambda w: A @ w, U.sum(axis=1), 40, learning_rate=1.0)


def factor(rule, curvature, **config):
    """Spectral radius of one step of a rule with a velocity on a bowl of this curvature."""
    columns = []
    for w, v in ((1.0, 0.0), (0.0, 1.0)):
        state = {**config, "velocity": np.array([v])}
        next_w, state = rule(np.array([w]), np.array([curvature * w]), state)
        columns.append([next_w[0], state["velocity"][0]])
    return np.abs(np.linalg.eigvals(np.transpose(columns))).max()


# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
k = np.arange(41)
colors = (figures.BLUE, figures.GREEN, figures.ORANGE, figures.VERMILION)
for value, u, color, mark in zip(eigenvalues, (path @ U).T, colors, "osD^", strict=True):
    left.semilogy(k, np.abs(1 - value) ** k, "-", color=color, lw=1)
    left.semilogy(k[::2], np.abs(u[::2]), mark, color=color, ms=4, label=f"αλ = {value}")
left.set(xlabel="step k", ylabel="component along an eigenvector", ylim=(1e-6, 60))
left.set_title(r"Marks: measured; lines: $|1 - \alpha\lambda|^k$")
left.legend(loc="upper right", ncols=2)
x = np.linspace(0, 4.2, 400)
looks = {0.0: (figures.GRAY, "-"), 0.5: (figures.GREEN, "--"), 0.9: (figures.BLUE, "-.")}
for rho, (color, line) in looks.items():
    y = [factor(optim.sgd_momentum, c, learning_rate=1.0, momentum=rho) for c in x]
    right.plot(x, y, line, color=color, label=rf"momentum $\rho$ = {rho}")
    right.plot(2 * (1 + rho), 1, "o", color=color)
right.axhline(1, color=figures.BLACK, lw=0.8)
right.set(xlabel="learning rate × curvature, αλ", ylabel="factor per step", ylim=(0, 1.4))
right.set_title(r"Beyond $2(1+\rho)$ (dots) it diverges")
right.legend(loc="lower right")
plt.show()

# %% [markdown]
# Slow at both ends: flat directions because $1 - \alpha\lambda$ is almost 1, very steep ones
# because it is almost -1. Momentum makes a plateau of height $\sqrt{\rho}$ between the two: many
# curvatures shrink equally fast, and the limit moves out.

# %% [markdown] name="convergence-rates"
# ### Rates: κ against its square root
#
# All curvatures between $\lambda_{\min}$ and $\lambda_{\max} = \kappa\lambda_{\min}$ have to
# shrink. The best that one learning rate can do, and the best that a learning rate and a momentum
# can do, is per step
#
# $$\frac{\kappa - 1}{\kappa + 1} \quad\text{at}\quad
# \alpha = \frac{2}{\lambda_{\min} + \lambda_{\max}},$$
#
# $$\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1} \quad\text{at}\quad
# \alpha = \Big(\frac{2}{\sqrt{\lambda_{\min}} + \sqrt{\lambda_{\max}}}\Big)^2,\quad
# \rho = \Big(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\Big)^2.$$
#
# The lines are these formulas, the marks your rules with these settings. How many more steps does
# a hundred times worse condition cost?

# %%
conditions = np.geomspace(2, 1e4, 10)
factors = []
print("      κ   (κ-1)/(κ+1)   measured   (√κ-1)/(√κ+1)   measured")
for kappa in conditions:
    root = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    plain = {"learning_rate": 2 / (1 + kappa), "momentum": 0.0}
    heavy = {"learning_rate": 4 / (1 + np.sqrt(kappa)) ** 2, "momentum": root**2}
    rates = [
        max(factor(optim.sgd_momentum, c, **best) for c in (1, kappa)) for best in (plain, heavy)
    ]
    whole = (kappa - 1) / (kappa + 1)
    print(f"{kappa:7.0f} {whole:13.5f} {rates[0]:10.5f} {root:15.5f} {rates[1]:10.5f}")
    factors.append(rates)
steps = np.log(1e-6) / np.log(np.transpose(factors))

# %%
fig, ax = plt.subplots()
k = np.geomspace(1.5, 2e4, 200)
looks = (("gradient descent", k, figures.GRAY, "s", "-"),
         ("with momentum", np.sqrt(k), figures.BLUE, "o", "--"))  # fmt: skip
for values, (what, x, color, mark, line) in zip(steps, looks, strict=True):
    ax.loglog(k, np.log(1e-6) / np.log((x - 1) / (x + 1)), line, color=color)
    ax.loglog(conditions, values, mark, color=color, label=what)
ax.set(xlabel=r"condition number $\kappa$", ylabel="steps until the error is a millionth")
ax.set_title(r"Gradient descent needs about $7\kappa$ steps, momentum $7\sqrt{\kappa}$")
ax.legend()
plt.show()

# %% [markdown] name="momentum-gain"
# ### The gain 1/(1 - ρ)
#
# Where the gradient stays the same, momentum adds up $1 + \rho + \rho^2 + \dots$ steps into one.
# Below, your rule gets a gradient of 1 at every step.

# %%
fig, ax = plt.subplots(figsize=(7, 3.6))
looks = {0.5: (figures.GREEN, ":"), 0.9: (figures.BLUE, "-"), 0.99: (figures.VERMILION, "--")}
for rho, (color, line) in looks.items():
    path = descend(optim.sgd_momentum, np.ones_like, [0.0], 300, learning_rate=0.01, momentum=rho)
    ax.semilogy(np.arange(1, 301), -np.diff(path[:, 0]) / 0.01, line, color=color)
    gain = 1 / (1 - rho)
    ax.text(302, gain, rf"$\rho$ = {rho}: {gain:.0f}", color=color, va="center")
ax.set(xlabel="step", ylabel="step length / learning rate", xlim=(0, 360), ylim=(0.9, 130))
ax.set_title(r"Under a constant gradient the step grows $1/(1-\rho)$ times")
plt.show()

# %% [markdown] name="momentum-two-forms"
# ## Momentum is written in more than one way
#
# | form | velocity | step | found in |
# |---|---|---|---|
# | 1 | $v \leftarrow \rho v - \alpha g$ | $w \leftarrow w + v$ | CS231n, Keras, yours |
# | 2 | $v \leftarrow \rho v + g$ | $w \leftarrow w - \alpha v$ | PyTorch |
# | 3 | $v \leftarrow \gamma v + \lambda g$ | $\theta \leftarrow \theta - v$ | many papers |
#
# ($\lambda$ is the learning rate of form 3, $\gamma$ its momentum.) They are one method with the
# velocity in other units: a velocity of form 2 times $-\alpha$, or one of form 3 times $-1$, is a
# velocity of form 1. So your function can run all three. Below it does so in the bowl $\tfrac12
# w^2$: from rest; with the same velocity 1 put into all three; and with a learning rate that
# falls to a tenth at step 10. Which of them part, and when?

# %%
UNITS = {"form 1": lambda alpha: 1.0, "form 2": lambda alpha: -alpha, "form 3": lambda alpha: -1.0}


def run_form(unit, rates, velocity):
    """Positions in the bowl, from 1; `unit` turns a velocity of the form into one of form 1."""
    w, v = np.array([1.0]), np.array([velocity])
    positions = [1.0]
    for alpha in rates:
        config = {"learning_rate": alpha, "momentum": 0.9, "velocity": unit(alpha) * v}
        w, config = optim.sgd_momentum(w, w.copy(), config)
        v = config["velocity"] / unit(alpha)
        positions.append(w.item())
    return np.array(positions)


# %%
same, cut = [0.05] * 40, [0.05] * 10 + [0.005] * 30
cases = {
    "from rest": (same, 0.0),
    "velocity 1 in each": (same, 1.0),
    "rate cut at step 10": (cut, 0.0),
}
looks = (("-", figures.SKY, 5), ("--", figures.VERMILION, 1.8), (":", figures.BLACK, 1.8))
fig, axes = plt.subplots(1, 3, figsize=(7, 3.2))
for ax, (title, (rates, velocity)) in zip(axes, cases.items(), strict=True):
    runs = [run_form(unit, rates, velocity) for unit in UNITS.values()]
    for run, form, (line, color, width) in zip(runs, UNITS, looks, strict=True):
        ax.plot(run, line, color=color, lw=width, label=form)
    ax.set(xlabel="step", title=title)
    apart = [np.abs(run - runs[0]).max() for run in runs]
    print(f"{title:20} farthest from form 1: form 2 {apart[1]:.1e}, form 3 {apart[2]:.1e}")
axes[0].set_ylabel("position w")
axes[0].legend()
plt.show()

# %% [markdown]
# From rest all three agree at every step. A velocity that is not zero means something else in
# each form. And when the learning rate changes, form 2 obeys at once, while in forms 1 and 3 the
# old rate lives on in the velocity.

# %% [markdown] name="momentum-forms-question" tags=["question"]
# **Question 3.** Somebody trains with form 2, saves weights and velocity, and goes on with your
# `sgd_momentum` (form 1) at the same learning rate $\alpha = 0.01$. The loss jumps. What went
# wrong, in which direction does the first step go, and how must the saved velocity be changed?

# %% [markdown] name="momentum-forms-question-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="momentum-unrolled-sum"
# ### The unrolled sum
#
# From rest, the velocity after the gradients $g_1, \dots, g_t$ is
#
# $$v_t = -\alpha \sum_{s=1}^{t} \rho^{\,t-s} g_s,$$
#
# an exponentially weighted sum: an average over about $1/(1-\rho)$ gradients, times the gain
# $1/(1-\rho)$. The table divides each of your steps by this sum: 1 everywhere, or look at the
# step where it is not. The figure shows your path beside the one that the sum gives.

# %%
rng = np.random.default_rng(3)
gradients, rho, alpha = rng.standard_normal((30, 2)) - 0.3, 0.9, 0.1
given = iter(gradients)
settings = {"learning_rate": alpha, "momentum": rho}
path = descend(optim.sgd_momentum, lambda w: next(given), (0, 0), 30, **settings)
sums = [-alpha * rho ** np.arange(t)[::-1] @ gradients[:t] for t in range(1, 31)]
print("step   your step w1   the sum   ratio")
for t, (mine, expected) in enumerate(zip(np.diff(path, axis=0), sums, strict=True), start=1):
    if t <= 8 or t == 30:
        print(f"{t:4} {mine[0]:14.6f} {expected[0]:9.6f} {mine[0] / expected[0]:7.3f}")

# %%
fig, ax = plt.subplots(figsize=(7, 3.8))
reference = np.concatenate([[[0, 0]], np.cumsum(sums, axis=0)])
ax.plot(*reference.T, color=figures.SKY, lw=6, alpha=0.7, label="the unrolled sum")
ax.plot(*path.T, ".--", color=figures.BLACK, lw=1, label="your sgd_momentum")
ax.set(xlabel="$w_1$", ylabel="$w_2$", title="Thirty noisy gradients: one path, or two?")
ax.legend()
plt.show()

# %% [markdown] name="nesterov-look-ahead"
# ## Nesterov: look ahead
#
# Momentum is about to carry $x$ to $x + \mu v$ in any case. So take the gradient there:
#
# $$v_{t+1} = \mu v_t - \alpha \nabla f(x_t + \mu v_t), \qquad x_{t+1} = x_t + v_{t+1}.$$
#
# A Solver knows the gradient at the parameters it holds, not somewhere ahead of them. So let it
# hold the point ahead, $y_t = x_t + \mu v_t$. Then $\nabla f(y_t)$ is all that is needed, and
#
# $$y_{t+1} = x_{t+1} + \mu v_{t+1} = x_t + (1 + \mu)\, v_{t+1}
#           = y_t - \mu v_t + (1 + \mu)\, v_{t+1}.$$
#
# This is the form in the docstring of `nesterov_momentum`. Below, the look-ahead form is your
# `sgd_momentum`, given the gradient at $x + \mu v$; its points $y_t$ should be what your
# `nesterov_momentum` visits.

# %%
check("nesterov_momentum")

# %%
start, mu = np.array([-9.0, 1.2]), 0.9
settings = {"learning_rate": 0.008, "momentum": mu}
x, config = start, settings | {"velocity": np.zeros(2)}
xs, ys = [x], [x]
for _ in range(25):
    x, config = optim.sgd_momentum(x.copy(), ravine @ ys[-1], config)
    xs.append(x)
    ys.append(x + mu * config["velocity"])
plain = descend(optim.sgd_momentum, lambda w: ravine @ w, start, 25, **settings)

fig, ax = plt.subplots()
draw_ravine(ax, (-10, 2), (-1.8, 1.8))
ax.plot(*plain.T, ".-", color=figures.BLUE, lw=1, alpha=0.6, label="momentum, for comparison")
ax.plot(*np.transpose(xs), ".-", color=figures.VERMILION, lw=1, label="look-ahead form: x")
ax.plot(*np.transpose(ys), "o", color=figures.BLACK, mfc="none", ms=8, label="x + μv")
if "nesterov_momentum" in RULES:
    path = descend(optim.nesterov_momentum, lambda w: ravine @ w, start, 25, **settings)
    ax.plot(*path.T, ".", color=figures.ORANGE, ms=7, label="your nesterov_momentum")
    print("farthest from x + μv:", np.abs(path - ys).max())
ax.set_title("The rewritten form visits the points ahead")
ax.legend(loc="lower right")
plt.show()

# %% [markdown] name="adagrad-stall"
# ## AdaGrad stalls
#
# AdaGrad divides by the root of the *sum* of all squared gradients, RMSProp by the root of their
# *average*. A sum only grows. On the left all gradients are 1; on the right the way to the
# minimum at 20 begins with a steep wall and goes on over a gentle slope. What has AdaGrad learnt
# at the wall, and for how long does it remember?

# %%
check("adagrad", "rmsprop")


# %%
def slope(x):
    """Gradient of sqrt(1 + (x - 20)^2), plus a wall that falls steeply left of 0."""
    return (x - 20) / np.sqrt(1 + (x - 20) ** 2) - 40 / (1 + np.exp(4 * x))


few = [rule for rule in ("adagrad", "rmsprop", "adam") if rule in RULES]
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
k = np.arange(1, 1001)
for rule in few:
    label, color, line = RULES[rule]
    path = descend(getattr(optim, rule), np.ones_like, [0.0], 1000, learning_rate=0.1)
    left.loglog(k, -np.diff(path[:, 0]), ls=line, color=color, label=label)
    path = descend(getattr(optim, rule), slope, [-1.0], 1200, learning_rate=0.1)
    right.plot(path[:, 0], ls=line, color=color, label=label)
left.loglog(k, 0.1 / np.sqrt(k), ":", color=figures.BLACK, label=r"$\alpha/\sqrt{t}$")
left.set(xlabel="step t", ylabel="step length", title=r"All gradients are 1, $\alpha$ = 0.1")
left.legend()
right.axhline(20, color=figures.BLACK, lw=0.8, label="minimum")
right.set(xlabel="step t", ylabel="position", title="A wall, then a gentle slope", ylim=(-2, 22.5))
right.legend(loc="center right")
plt.show()

# %% [markdown]
# Steps of AdaGrad shrink like $1/\sqrt t$ even if nothing calls for it, and a few large gradients
# at the beginning make all later steps small. That is welcome near the minimum of a convex
# function, and too early almost anywhere else. An average forgets: after a few windows the wall
# is gone.

# %% [markdown] name="scale-question" tags=["question"]
# **Question 4.** Multiply the loss by 1000 and keep the learning rate. Which of the rules take
# (almost) the same path, and which not? What is the role of $\epsilon$ in your answer?

# %% [markdown] name="scale-question-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="adam-first-steps"
# ## Adam's first steps
#
# Both averages of Adam begin at 0. Without correction the numerator would show the share $1 -
# \beta_1^t$ of what it should, the denominator the share $\sqrt{1 - \beta_2^t}$: the step would
# be
#
# $$\frac{1 - \beta_1^t}{\sqrt{1 - \beta_2^t}}$$
#
# times as long as with correction. Is that too short or too long, and until when? The left figure
# shows this factor. On the right your `adam` crosses the ravine, and beside it Adam without
# correction: your steps, with the correction multiplied out again.

# %%
check("adam")


# %%
def without_correction(t, beta1=0.9, beta2=0.999):
    """How many times too long step t is without bias correction."""
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


start, raw, config = np.array([-9.0, 1.2]), [np.array([-9.0, 1.2])], {"learning_rate": 0.2}
corrected = descend(optim.adam, lambda w: ravine @ w, start, 60, learning_rate=0.2)
for t in range(1, 61):
    next_w, config = optim.adam(raw[-1].copy(), ravine @ raw[-1], config)
    raw.append(raw[-1] + (next_w - raw[-1]) * without_correction(t))
print("your first step / learning rate:", np.abs(corrected[1] - corrected[0]) / 0.2)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
t = np.arange(1, 10001)
looks = {0.999: (figures.VERMILION, "-"), 0.99: (figures.BLUE, "--"), 0.9: (figures.GREEN, ":")}
for beta2, (color, line) in looks.items():
    ratio = without_correction(t, beta2=beta2)
    left.loglog(t, ratio, line, color=color, label=rf"$\beta_2$ = {beta2}")
left.axhline(1, color=figures.BLACK, lw=0.8)
left.set(xlabel="step t", ylabel="step without / with correction", ylim=(0.25, 10))
left.set_yticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
left.set_title(r"Without correction ($\beta_1$ = 0.9)")
left.legend()
draw_ravine(right, (-10, 5), (-2.5, 2.5))
right.plot(*corrected.T, ".-", color=figures.BLUE, lw=1, ms=4, label="your adam")
right.plot(*np.transpose(raw), "^--", color=figures.VERMILION, lw=1, ms=4, label="uncorrected")
right.set_title(r"Sixty steps, $\alpha$ = 0.2, $\beta_2$ = 0.999")
right.legend(loc="lower right")
plt.show()

# %% [markdown]
# With the usual $\beta_2 = 0.999$ uncorrected steps are 3 times too long at first, 6 times after
# ten steps, and still 1.3 times after a thousand: just when the net knows least. With correction
# the very first step has the length of the learning rate in every coordinate, whatever the
# gradient.

# %% [markdown] name="saddle-point"
# ## Saddles, plateaus, other minima
#
# The gradient is 0 at a minimum, but not only there. The surface $\tfrac12 x^2 - \tfrac12 y^2 +
# \tfrac14 y^4$ falls on both sides of a saddle at (0, 0). All rules start on its ridge, a
# millionth beside it. How long do they stay at the saddle, and who gets away first?


# %%
def saddle(w):
    return 0.5 * w[0] ** 2 - 0.5 * w[1] ** 2 + 0.25 * w[1] ** 4


def saddle_gradient(w):
    return np.array([w[0], w[1] ** 3 - w[1]])


# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
contours(left, saddle, (-0.5, 1.6), (-0.4, 1.4), np.linspace(-0.24, 1.3, 15))
for row, (rule, (label, color, _)) in enumerate(RULES.items()):
    rate = {} if rule == "adadelta" else {"learning_rate": 0.1}
    path = descend(getattr(optim, rule), saddle_gradient, (1.5, 1e-6), 400, **rate)
    escape = np.argmax(np.abs(path[:, 1]) > 0.5)
    right.bar_label(right.barh(row, escape, color=color), padding=3)
    if mark := {"sgd": "o", "sgd_momentum": "^", "adam": "s"}.get(rule):
        left.plot(*path.T, "-", marker=mark, color=color, lw=1, ms=3, label=label)
left.plot(0, 0, "X", color=figures.BLACK, ms=9)
left.set(xlabel="x", ylabel="y", title="Down to the saddle (X), then off it")
left.legend(loc="upper right")
right.set_yticks(range(len(RULES)), [label for label, *_ in RULES.values()])
right.invert_yaxis()
right.margins(x=0.15)
right.set(xlabel="steps until |y| > 0.5", title="Steps until the saddle is left")
plt.show()

# %% [markdown]
# Away from the ridge the gradient is tiny and grows only with the distance: SGD needs as many
# steps for every further factor of ten. Rules that divide by the size of the gradient don't care
# how small it is.

# %% [markdown] name="plateau"
# ### A plateau
#
# A sigmoid unit that should say $\tfrac12$ but is saturated: $f(w) = \tfrac12 (\sigma(w) -
# \tfrac12)^2$ from $w = 6$. The error is large and the gradient almost 0. Who crosses the plateau
# in 100 steps?


# %%
def sigmoid(w):
    return 1 / (1 + np.exp(-w))


def unit_gradient(w):
    return (sigmoid(w) - 0.5) * sigmoid(w) * (1 - sigmoid(w))


few = [rule for rule in ("sgd", "sgd_momentum", "adagrad", "rmsprop", "adam") if rule in RULES]
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8))
w = np.linspace(-3, 7, 200)
left.plot(w, 0.5 * (sigmoid(w) - 0.5) ** 2, color=figures.BLACK, lw=1)
for rule, mark in zip(few, "os^vD", strict=False):
    label, color, line = RULES[rule]
    rate = 1.0 if rule.startswith("sgd") else 0.1
    path = descend(getattr(optim, rule), unit_gradient, [6.0], 100, learning_rate=rate)[:, 0]
    left.plot(path[30], 0.5 * (sigmoid(path[30]) - 0.5) ** 2, mark, color=color, label=label, ms=8)
    look = {"marker": mark, "markevery": 20, "ls": line, "color": color}
    right.plot(path, **look, label=f"{label}, α = {rate:g}")
left.set(xlabel="w", ylabel="f(w)", title="Where they are after 30 steps")
left.legend()
right.set(xlabel="step", ylabel="w", title="The way down from the plateau", ylim=(-1, 10))
right.legend(loc="upper right")
plt.show()

# %% [markdown]
# A tiny gradient is a tiny step for SGD, and momentum needs long to gather speed. RMSProp and
# Adam take steps of about the learning rate, however flat it is. (RMSProp's first ones are ten
# times longer: see question 1.)

# %% [markdown] name="local-minima-restarts"
# ### Local minima, and restarts
#
# The six-hump camel has six minima; the two deepest, at -1.03, are as good as each other. Descent
# ends in the valley it starts in. So start several times and keep the best: if one start in $1/p$
# is lucky, $n$ starts fail with probability $(1 - p)^n$ only. (An update rule takes arrays of any
# shape, so one call moves all starts at once.)


# %%
def camel(w):
    x, y = w
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2


def camel_gradient(w):
    x, y = w
    return np.array([8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3])


CAMEL = {"x": (-2, 2), "y": (-1.1, 1.1), "levels": [*np.linspace(-1, 1.5, 11), 2, 3, 4, 6]}
starts = np.random.default_rng(4).uniform([[-1.9], [-1.0]], [[1.9], [1.0]], (2, 150))
ends = descend(optim.sgd_momentum, camel_gradient, starts, 500, learning_rate=0.005)[-1]
valleys = np.unique(camel(ends).round(3))
lucky = np.mean(camel(ends) < -1)
print("the minima found:", valleys)
print(f"share of starts that end in a deepest one: {lucky:.2f}")

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.8), width_ratios=(1.4, 1))
contours(left, camel, **CAMEL)
colors = (figures.BLUE, figures.ORANGE, figures.PURPLE)
for value, color, mark in zip(valleys, colors, "o^s", strict=False):
    here = np.isclose(camel(ends), value, atol=1e-3)
    left.plot(*starts[:, here], mark, color=color, ms=3.5)
    left.plot(
        *ends[:, here],
        mark,
        color=color,
        ms=11,
        mec=figures.BLACK,
        label=f"minimum, f = {value:.1f}",
    )
left.set(xlabel="x", ylabel="y", title="Starts (small) and where they end (large)")
fig.legend(loc="outside lower left", ncols=3)
n = np.arange(1, 11)
right.plot(n, 1 - (1 - lucky) ** n, "o-", color=figures.BLUE)
right.set(xlabel="number of starts n", ylabel="probability", ylim=(0, 1.05))
right.set_title("A deepest minimum among n")
plt.show()

# %% [markdown]
# The valleys have ragged borders, since momentum carries some starts over a ridge. Two or three
# starts are nearly sure to find a deepest minimum here. In many dimensions there are too many
# valleys to try them all; restarts remain useful to see how much a result owes to luck.

# %% [markdown] name="hessian-eigenvalues"
# ### What the Hessian says
#
# Where the gradient is 0, the eigenvalues of the Hessian tell what it is: all positive, a
# minimum; all negative, a maximum; of both signs, a saddle. Below, scipy finds all points of the
# camel with gradient 0. Beside it, symmetric matrices are drawn at random, n by n: how often are
# all n eigenvalues positive? A net has not 2 parameters, but hundreds of thousands.


# %%
def camel_hessian(w):
    """Centered differences of the gradient, one row per component."""
    return np.array([numeric_gradient_array(camel_gradient, w, row) for row in np.eye(2)])


grid = np.stack(np.meshgrid(np.linspace(-1.9, 1.9, 20), np.linspace(-1, 1, 10))).reshape(2, -1).T
found = [optimize.root(camel_gradient, w) for w in grid]
points = np.unique([r.x.round(5) + 0.0 for r in found if r.success], axis=0)
spectra = np.array([np.linalg.eigvalsh(camel_hessian(w)) for w in points])
for w, (low, high) in list(zip(points, spectra, strict=True))[: len(points) // 2 + 1]:
    print(f"at ({w[0]:6.3f}, {w[1]:6.3f})  f = {camel(w):6.3f}  eigenvalues {low:6.2f} {high:6.2f}")
print("(the other half is the mirror image)")

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 4.2), width_ratios=(1.4, 1))
contours(left, camel, **CAMEL)
positive = (spectra > 0).sum(axis=1)
kinds = {2: ("minimum", "o", figures.BLUE), 1: ("saddle", "X", figures.VERMILION),
         0: ("maximum", "^", figures.BLACK)}  # fmt: skip
for count, (kind, mark, color) in kinds.items():
    left.plot(*points[positive == count].T, mark, color=color, ms=9, ls="", label=kind)
left.set(xlabel="x", ylabel="y", title="Where the gradient is 0")
fig.legend(loc="outside lower left", ncols=3)
rng, shares = np.random.default_rng(0), []
draws = 20_000 if QUICK else 100_000
for n in range(1, 6):
    M = rng.standard_normal((draws, n, n))
    shares.append(np.mean(np.linalg.eigvalsh(M + M.transpose(0, 2, 1))[:, 0] > 0))
right.semilogy(range(1, 6), shares, "o-", color=figures.BLUE)
right.set(xlabel="size n", ylabel="share without a negative eigenvalue")
right.set_title("Random symmetric matrices")
plt.show()

# %% [markdown]
# Six of seven matrices of size 2 × 2, and nearly all of size 5 × 5, have a negative eigenvalue.
# Hessians of nets are not random matrices, but the direction of the argument holds: with many
# parameters, a point without gradient is far more often a saddle than a minimum.

# %% [markdown] name="newtons-method"
# ### Newton's method
#
# With the Hessian $H$ one can solve for the point where the gradient should vanish:
#
# $$w \leftarrow w - H^{-1} \nabla f(w).$$
#
# In a bowl that is one step, however steep and flat its directions are. On the camel, look at two
# starts: how fast is Newton's method, compared with your momentum, and where does it go?


# %%
def newton(start, steps):
    path = [np.array(start)]
    for _ in range(steps):
        path.append(path[-1] - linalg.solve(camel_hessian(path[-1]), camel_gradient(path[-1])))
    return np.array(path)


fig, (left, right) = plt.subplots(1, 2, figsize=(7, 4.2), width_ratios=(1.2, 1))
contours(left, camel, (-0.4, 0.6), (-1.0, 0.2), np.linspace(-1, 1.5, 21))
starts = {(0.4, -0.85): (figures.BLUE, "first"), (0.3, -0.2): (figures.VERMILION, "second")}
for start, (color, which) in starts.items():
    slow = descend(optim.sgd_momentum, camel_gradient, start, 60, learning_rate=0.01, momentum=0.8)
    for name, path, mark in (("Newton", newton(start, 6), "s-"), ("momentum", slow, ".--")):
        left.plot(*path.T, mark, color=color, lw=1, ms=5, label=f"{name}, {which} start")
        size = np.linalg.norm(camel_gradient(path.T), axis=0)
        right.semilogy(np.maximum(size, 1e-16), mark, color=color, lw=1, ms=5)
left.plot(0, 0, "X", color=figures.BLACK, ms=9)
left.set(xlabel="x", ylabel="y", title="Two starts; X is a saddle")
right.set(xlabel="step", ylabel="length of the gradient", title="Six steps do it")
fig.legend(loc="outside lower left", ncols=2)
plt.show()

# %% [markdown] name="newton-question" tags=["question"]
# **Question 5.** From the second start Newton's method climbs to the saddle and stays there,
# momentum does not. Look at one direction of negative curvature, $f = -\tfrac12 \lambda u^2$:
# what is the step of gradient descent there, and what is Newton's?

# %% [markdown] name="newton-question-answer" tags=["answer"]
# *Your answer:*

# %% [markdown] name="newton-cost"
# ### What the Hessian would cost
#
# For $n$ parameters $H$ has $n \times n$ entries, and solving with it takes about $n^3/3$
# multiplications. Here are both, measured for small $n$, and drawn on to the 350 thousand
# parameters of the five-layer nets below, which are small nets.

# %%
rng = np.random.default_rng(0)
sizes = (100, 200, 400, 800) if QUICK else (200, 400, 800, 1600)
seconds = []
for n in sizes:
    M = rng.standard_normal((n, n))
    H, g = M @ M.T + n * np.eye(n), rng.standard_normal(n)
    best = np.inf
    for _ in range(3):
        begin = time.perf_counter()
        linalg.solve(H, g, assume_a="pos")
        best = min(best, time.perf_counter() - begin)
    seconds.append(best)
params = sum(w.size for w in FullyConnectedNet([100] * 5).params.values())
cost = seconds[-1] * (params / sizes[-1]) ** 3
gigabytes = 8e-9 * params**2
print(
    f"{params} parameters: H takes {gigabytes:.0f} GB, one solution about {cost / 3600:.0f} hours"
)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.6))
n = np.geomspace(100, 1e6, 50)
left.loglog(n, 8e-9 * n**2, color=figures.BLUE)
left.loglog(params, gigabytes, "D", color=figures.VERMILION)
left.set(xlabel="parameters n", ylabel="memory of H (GB)", title=r"Memory grows like $n^2$")
right.loglog(n, seconds[-1] * (n / sizes[-1]) ** 3, "--", color=figures.BLUE, label=r"like $n^3$")
right.loglog(sizes, seconds, "o", color=figures.BLUE, label="measured")
right.loglog(params, cost, "D", color=figures.VERMILION, label="five-layer net")
right.set(xlabel="parameters n", ylabel="time of one step (s)", title=r"Time grows like $n^3$")
right.legend()
plt.show()

# %% [markdown]
# A terabyte, and days or weeks for one step, of which thousands would be needed. That is why deep
# nets are trained with first-order rules, and why those that scale every coordinate (AdaGrad,
# RMSProp, Adam) are popular: they are a cheap guess at the diagonal of the curvature.

# %% [markdown] name="learning-rate-schedules"
# ## Schedules
#
# A constant learning rate lives with the noise of its gradients: the larger the rate, the farther
# it rattles around the minimum. A schedule is fast first and quiet later. On the left the
# schedules of `assignment/schedules.py`; on the right your momentum uses them in a bowl with
# noisy gradients, 500 times at once. Which start equally fast, and where do they end?

# %%
SCHEDULES = {
    "constant": (schedules.constant(), figures.GRAY, "-"),
    "step": (schedules.step(drop=0.3, every=5), figures.BLUE, "-"),
    "exponential": (schedules.exponential(decay=0.8), figures.VERMILION, "--"),
    "1/t": (schedules.one_over_t(rate=1.0), figures.GREEN, "-."),
    "cosine": (schedules.cosine(total_epochs=20), figures.BLACK, ":"),
}
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 4))
epochs = np.arange(0, 20, 0.02)  # 50 steps in each
for name, (schedule, color, line) in SCHEDULES.items():
    factors = [schedule(epoch) for epoch in epochs]
    left.plot(epochs, factors, line, color=color, label=name)
    rng, w, config, distance = np.random.default_rng(0), np.full(500, 5.0), {}, []
    for scale in factors:
        config["learning_rate"] = 0.02 * scale
        w, config = optim.sgd_momentum(w, 0.3 * w + rng.standard_normal(500), config)
        distance.append(np.sqrt(np.mean(w**2)))
    right.semilogy(epochs, distance, line, color=color)
left.set(xlabel="epoch", ylabel="share of the first learning rate", title="Five schedules")
right.set(xlabel="epoch", ylabel="distance from the minimum (RMS)", title="In a noisy bowl")
right.set_yticks([0.1, 0.2, 0.5, 1, 2, 5], ["0.1", "0.2", "0.5", "1", "2", "5"])
right.minorticks_off()
fig.legend(loc="outside lower left", ncols=5)
plt.show()

# %% [markdown]
# With a constant rate the distance stops falling where noise and descent balance. Every schedule
# goes on below that. One that shrinks at once is quiet early, and in a harder problem may be
# quiet before it has arrived; step and cosine stay fast as long as there is far to go.

# %% [markdown] name="five-layer-nets"
# ## Five hidden layers, every rule
#
# Now the real thing: nets with five hidden layers of 100 units on 4,000 images, batches of 100,
# five epochs, each with one of your rules. The settings are CS231n's; the bonus rules have
# settings in the same spirit. Which rules leave the start quickly? Are those that are best on the
# training images best on the validation images, too?

# %%
SETTINGS = {
    "sgd": {"learning_rate": 5e-3},
    "sgd_momentum": {"learning_rate": 5e-3},
    "nesterov_momentum": {"learning_rate": 5e-3},
    "adagrad": {"learning_rate": 1e-3},
    "adadelta": {"learning_rate": 0.3},
    "rmsprop": {"learning_rate": 1e-4},
    "adam": {"learning_rate": 1e-3},
    "amsgrad": {"learning_rate": 1e-3},
}
epochs = 1 if QUICK else 5


# %%
def train(rule, **settings):
    net = FullyConnectedNet([100] * 5, weight_scale=5e-2, rng=0)
    solver = Solver(net, data, update_rule=getattr(optim, rule), optim_config=settings,
                    batch_size=100, num_epochs=epochs, verbose=False, rng=0)  # fmt: skip
    solver.train()
    return solver


def draw_training(runs):
    """Smoothed training loss and both accuracies of (solver, label, color, line) runs."""
    fig, axes = plt.subplots(1, 3, figsize=(7, 4))
    for solver, label, color, line in runs:
        look = {"ls": line, "color": color}
        axes[0].plot(smooth(solver.loss_history, 0.9), **look, label=label)
        axes[1].plot(100 * np.array(solver.train_acc_history), **look)
        axes[2].plot(100 * np.array(solver.val_acc_history), **look)
        train_acc, val_acc = solver.train_acc_history[-1], solver.val_acc_history[-1]
        print(f"{label:12} accuracy at the end: training {train_acc:.1%}, validation {val_acc:.1%}")
    axes[0].set(xlabel="step", ylabel="loss (nats per image)", title="Training loss")
    axes[1].set(xlabel="epoch", ylabel="accuracy (%)", title="Training images")
    axes[2].set(xlabel="epoch", title="Validation images")
    axes[2].sharey(axes[1])
    for ax in axes[1:]:
        figures.whole_ticks(ax.xaxis)
    fig.legend(loc="outside lower left", ncols=4)


# %%
runs = [(train(rule, **SETTINGS[rule]), *RULES[rule]) for rule in progress(list(RULES), "rules")]
draw_training(runs)
plt.show()

# %% [markdown]
# Plain SGD is behind. The others are close together, and their order says as much about the
# learning rates as about the rules: a comparison is fair only if every rule had its own search.
# On the validation images a faster rule is ahead for as long as it does not begin to learn by
# heart.

# %% [markdown] name="learning-rates"
# ## Learning rates 1e-3, 5e-4 and 1e-4
#
# The same net with your Adam and three learning rates. Which one would you have chosen after one
# epoch, and which after the last?

# %%
rates = {
    "1e-3": (figures.VERMILION, "-"),
    "5e-4": (figures.BLUE, "--"),
    "1e-4": (figures.GREEN, "-."),
}
draw_training(
    [(train("adam", learning_rate=float(rate)), f"α = {rate}", *rates[rate]) for rate in rates]
)
plt.show()

# %% [markdown]
# Halving a good learning rate changes little; a tenth of it is not wrong but unfinished: it goes
# the same way more slowly. That is why one searches learning rates on a logarithmic scale.
