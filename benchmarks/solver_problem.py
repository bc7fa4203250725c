"""The net and the images that every side of the Solver's benchmark trains, kept in one file."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

IMAGES, PIXELS, CLASSES, WIDTH, BATCH = 5000, 3072, 10, 100, 100
KEEP = 0.75  # the probability that dropout keeps a unit
LEARNING_RATE = 1e-3
SEED = 231
EPOCHS = 20  # orders of the images that are drawn beforehand; then they come again


@dataclass(frozen=True)
class Net:
    """{affine - [batch norm] - relu - [dropout]} x depth - affine - softmax, in float32."""

    depth: int
    batchnorm: bool
    dropout: bool

    @property
    def name(self) -> str:
        parts = ["batchnorm"] * self.batchnorm + ["dropout"] * self.dropout
        return "+".join(parts) or "plain"

    @classmethod
    def parse(cls, text: str) -> Net:
        """The inverse of `str`."""
        depth, name = text.split(":")
        return cls(int(depth), "batchnorm" in name, "dropout" in name)

    def __str__(self) -> str:
        return f"{self.depth}:{self.name}"


def write_problem(path: Path, net: Net) -> None:
    """Images, labels, first weights, and the order in which a Solver with SEED takes the images."""
    rng = np.random.default_rng(SEED)
    dims = [PIXELS, *[WIDTH] * net.depth, CLASSES]
    weights = {
        # The usual sizes for relu: signals neither vanish nor explode on their way.
        f"W{i}": (rng.standard_normal(shape) * np.sqrt(2 / shape[0])).astype(np.float32)
        for i, shape in enumerate(itertools.pairwise(dims), start=1)
    }
    order = np.random.default_rng(SEED)
    np.savez(
        path,
        images=rng.standard_normal((IMAGES, PIXELS), dtype=np.float32),
        labels=rng.integers(CLASSES, size=IMAGES),
        order=np.array([order.permutation(IMAGES) for _ in range(EPOCHS)]),
        **weights,
    )
