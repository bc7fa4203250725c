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
    "legend.frameon": False,
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
