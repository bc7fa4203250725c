"""How the labs' pictures look: readable on any ground, in plain numbers, for everybody's eyes."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

from assignment import figures


@pytest.fixture
def ax():
    with mpl.rc_context():
        mpl.use("agg")
        figures.use_style()
        fig, ax = plt.subplots()
        yield ax
        plt.close(fig)


def luminance(color):
    """Relative luminance, as the web's rules on contrast define it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def labels(axis):
    axis.axes.figure.canvas.draw()
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
    return [label.get_text() for place, label in ticks if low <= place <= high]


def test_pictures_bring_their_own_light_ground_into_a_dark_notebook(ax):
    for ground in (ax.get_facecolor(), ax.figure.get_facecolor()):
        assert ground[3] == 1.0
        assert luminance(ground[:3]) > 0.9
    legend = ax.legend([plt.Line2D([], [])], ["label"])
    assert legend.get_frame().get_facecolor()[:3] == ax.get_facecolor()[:3]


def test_every_colour_is_seen_on_the_ground_and_no_two_are_alike(ax):
    ground = luminance(ax.get_facecolor()[:3])
    for color in figures.PALETTE:
        assert (ground + 0.05) / (luminance(color) + 0.05) > 2, color
    for one, other in itertools.combinations(figures.PALETTE, 2):
        assert max(abs(a - b) for a, b in zip(to_rgb(one), to_rgb(other), strict=True)) > 0.1


def test_plain_ticks(ax):
    ax.loglog([0.05, 30], [0.05, 30])
    figures.plain_ticks(ax.yaxis)
    assert labels(ax.yaxis) == ["0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20"]


def test_whole_ticks(ax):
    ax.plot([0, 2], [0, 1])
    figures.whole_ticks(ax.xaxis)
    assert labels(ax.xaxis) == ["0", "1", "2"]
