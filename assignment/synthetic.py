"""Generated stand-in for CIFAR-10: ten classes of simple shapes and textures, 32 x 32, in colour.

Like CIFAR-10 to every program that reads them: same shapes, dtypes and number of classes, and
enough variation within a class (position, size, rotation, colours, light, noise) that a net has
something to learn. Not like CIFAR-10 in difficulty: numbers on these images say nothing about
numbers there.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SYNTHETIC_CLASSES = (
    "disc",
    "square",
    "triangle",
    "ring",
    "cross",
    "horizontal stripes",
    "vertical stripes",
    "diagonal stripes",
    "checkerboard",
    "gradient",
)

_SIZE = 32
_CHUNK = 1000  # images drawn at a time, to bound the memory


def generate_images(n: int, seed: int = 0) -> tuple[Array, Array]:
    """Draw n labelled images, the same on every platform for the same n and seed.

    Returns images (n, 32, 32, 3) uint8 and labels (n,) int64, indices into SYNTHETIC_CLASSES;
    classes are equally frequent and in random order.
    """
    if n < 0:
        raise ValueError(f"n must be at least 0, got {n}")
    # Equal on every platform because only +, -, *, / and sqrt of floats are used, which IEEE 754
    # rounds in one way (sin, cos and exp are not), and sums are never reordered.
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % len(SYNTHETIC_CLASSES))
    images = np.empty((n, _SIZE, _SIZE, 3), np.uint8)
    for start in range(0, n, _CHUNK):
        part = slice(start, start + _CHUNK)
        images[part] = _colour(_masks(labels[part], rng), rng)
    return images, labels


def _uniform(rng: np.random.Generator, low: float, high: float, shape: tuple[int, ...]) -> Array:
    # Not rng.uniform, whose compiled low + (high - low) * u some processors round only once.
    u: Array = rng.random(shape)
    return low + (high - low) * u


def _masks(labels: Array, rng: np.random.Generator) -> Array:
    """Each image's shape as (n, 32, 32) in [0, 1]: 1 inside, 0 outside, soft at the edges."""
    n = len(labels)
    centre = _uniform(rng, -0.25, 0.25, (2, n, 1, 1))
    size = _uniform(rng, 0.5, 0.75, (n, 1, 1))
    # A rotation by a random angle, from the tangent t of half of it (at most 18 degrees).
    t = _uniform(rng, -0.16, 0.16, (n, 1, 1))
    cos, sin = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)

    grid = (np.arange(_SIZE) + 0.5) / (_SIZE / 2) - 1  # pixel centres, -1 ... 1
    x = (grid[None, None, :] - centre[0]) / size
    y = (grid[None, :, None] - centre[1]) / size
    x, y = cos * x - sin * y, sin * x + cos * y

    masks: Array = np.empty((n, _SIZE, _SIZE))
    for label, shape in enumerate(_SHAPES):
        chosen = labels == label
        # An edge is about one pixel wide: distances are in units of the shape's size.
        softness = size[chosen] * (_SIZE / 2)
        masks[chosen] = np.clip(0.5 - shape(x[chosen], y[chosen]) * softness, 0, 1)
    chosen = labels == SYNTHETIC_CLASSES.index("gradient")
    masks[chosen] = np.clip(0.5 - 0.4 * y[chosen], 0, 1)  # no edge at all
    return masks


def _stripes(u: Array) -> Array:
    """Distance to the nearest stripe, of which there are a little more than one per unit of u."""
    period = 0.72
    u = u / period
    return (np.abs(u - np.floor(u) - 0.5) - 0.25) * period


def _checkerboard(x: Array, y: Array) -> Array:
    a, b = _stripes(0.8 * x), _stripes(0.8 * y)
    return np.where(a * b > 0, 1, -1) * np.minimum(np.abs(a), np.abs(b))


def _triangle(x: Array, y: Array) -> Array:
    distance: Array = np.maximum(y - 0.7, 0.87 * np.abs(x) - 0.5 * y - 0.5)
    return distance


def _cross(x: Array, y: Array) -> Array:
    a, b = np.abs(x), np.abs(y)
    distance: Array = np.minimum(np.maximum(a - 0.26, b - 1), np.maximum(b - 0.26, a - 1))
    return distance


# In the order of SYNTHETIC_CLASSES: signed distance to the edge, negative inside.
_SHAPES: tuple[Callable[[Array, Array], Array], ...] = (
    lambda x, y: np.sqrt(x * x + y * y) - 0.85,
    lambda x, y: np.maximum(np.abs(x), np.abs(y)) - 0.8,
    _triangle,
    lambda x, y: np.abs(np.sqrt(x * x + y * y) - 0.75) - 0.2,
    _cross,
    lambda x, y: _stripes(y),
    lambda x, y: _stripes(x),
    lambda x, y: _stripes((x + y) * 0.7),
    _checkerboard,
)


def _colour(masks: Array, rng: np.random.Generator) -> Array:
    """Masks (n, 32, 32) as uint8 images in two random colours, with a slope of light and noise."""
    n = len(masks)
    shape, ground = _random_colours(n, rng, 0.7, 1.0), _random_colours(n, rng, 0.1, 0.45)
    image = ground + (shape - ground) * masks[..., None]

    grid = np.linspace(-1, 1, _SIZE)
    slope = _uniform(rng, -0.2, 0.2, (2, n, 1, 1))
    light = 1 + slope[0] * grid[None, :, None] + slope[1] * grid[None, None, :]
    image *= light[..., None]

    noise = rng.integers(-12, 13, (2, *image.shape), np.int16)
    gray = np.floor(image * 255 + 0.5) + noise[0] + noise[1]
    images: Array = np.clip(gray, 0, 255).astype(np.uint8)
    return images


def _random_colours(n: int, rng: np.random.Generator, darkest: float, brightest: float) -> Array:
    """(n, 1, 1, 3) RGB in [0, 1] of any hue, with its largest component within the bounds."""
    hue = _uniform(rng, 0, 6, (n, 1))
    saturation = _uniform(rng, 0.2, 0.8, (n, 1))
    value = _uniform(rng, darkest, brightest, (n, 1))
    # HSV to RGB: component k is 1 near its own hue and falls off linearly on both sides.
    distance = np.abs(hue - np.array([[0.0, 2.0, 4.0]]))
    distance = np.minimum(distance, 6 - distance)
    pure = np.clip(2 - distance, 0, 1)
    colours: Array = (value * (1 - saturation * (1 - pure)))[:, None, None, :]
    return colours
