"""How the labs' pictures look: one style, colours that the colour-blind can tell apart.

matplotlib is imported where it is used, so that nothing else waits for it.
"""

from typing import Any

# Okabe and Ito's palette; yellow is too pale for lines on a light ground.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILION, PURPLE, GRAY = "#0072B2", "#D55E00", "#CC79A7", "#767676"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK, GRAY)
SEQUENTIAL, DIVERGING = "viridis", "PuOr"  # colour maps that survive printing in gray

STYLE: dict[str, Any] = {
    "figure.figsize": (7.0, 4.2),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    # An opaque light ground: labels stay readable where the notebook itself is dark.
    "figure.facecolor": "#FBFBF8",
    "axes.facecolor": "#FBFBF8",
    "savefig.facecolor": "#FBFBF8",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#DDDDD6",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlesize": "medium",
    "axes.titlelocation": "left",
    # Without an edge, and covering grids and level curves, so that its text can be read over them.
    "legend.facecolor": "#FBFBF8",
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "legend.fontsize": "small",
    "lines.linewidth": 1.8,
    "image.cmap": SEQUENTIAL,
    "font.size": 10,
}


def use_style() -> None:
    """Draw every figure that follows in the labs' style."""
    import matplotlib as mpl
    from cycler import cycler

    style: Any = {**STYLE, "axes.prop_cycle": cycler(color=PALETTE)}
    mpl.rcParams.update(style)


def plain_ticks(axis: Any) -> None:
    """Label a logarithmic axis with plain numbers, at 1, 2 and 5 times powers of ten."""
    from matplotlib import ticker

    axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(ticker.NullFormatter())


def whole_ticks(axis: Any) -> None:
    """Label an axis that counts something, such as epochs, at whole numbers only."""
    axis.get_major_locator().set_params(integer=True)
