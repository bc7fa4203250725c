"""What the checks of normalization layers draw."""

import numpy as np
import pytest

from grader.checks.layers import assert_same_again, draw_batch
from grader.compare import Mismatch


def test_a_batch_has_more_examples_than_features():
    """Or else what runs over the wrong axis could have the right shape."""
    for seed in range(200):
        x, gamma, beta = draw_batch(np.random.default_rng(seed))
        assert x.shape[0] > x.shape[1] == len(gamma) == len(beta)


@pytest.mark.parametrize("axis", [0, 1])
def test_spreads_are_what_was_asked_for(axis):
    """By chance, none comes out so small that eps is felt beside it."""
    for seed in range(200):
        x, _, _ = draw_batch(np.random.default_rng(seed), axis=axis, low=2.0, high=4.0)
        spreads = x.std(axis)
        assert 2.0 - 1e-9 < spreads.min() < spreads.max() < 4.0 + 1e-9


def test_the_same_again_may_be_no_number():
    before = np.array([1.0, np.nan])
    assert_same_again(before.copy(), before, what="dx", where="again")
    for other in ([1.0, 2.0], [np.nan, np.nan], [1.5, np.nan]):
        with pytest.raises(Mismatch):
            assert_same_again(np.array(other), before, what="dx", where="again")
