"""What the checks of normalization layers draw."""

import numpy as np

from grader.checks.layers import draw_batch


def test_a_batch_has_more_examples_than_features():
    """Or else what runs over the wrong axis could have the right shape."""
    for seed in range(200):
        x, gamma, beta = draw_batch(np.random.default_rng(seed))
        assert x.shape[0] > x.shape[1] == len(gamma) == len(beta)
