"""What checks draw: fixed by a seed, all of it."""

import pytest
import torch

from autograder.grading.draw import FULL, SMALL, Draw, sub_seed

KINDS = {
    "normal": lambda draw: draw.normal(2, 3),
    "mask": lambda draw: draw.mask(9, 9),
    "lengths": lambda draw: draw.lengths(4, 99),
    "integer": lambda draw: torch.tensor(draw.integer(0, 10**9)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_of_a_seed_counts(kind):
    drawn = [KINDS[kind](Draw(5 + (1 << bit))) for bit in (3, 31, 32, 63, 64, 127)]
    assert not any(torch.equal(drawn[0], other) for other in drawn[1:])
    assert torch.equal(KINDS[kind](Draw(5 + (1 << 32))), drawn[2])
    assert max(sub_seed(number, "softmax") for number in range(9)) >= 1 << 120


@pytest.mark.parametrize("level", [SMALL, FULL])
def test_what_is_drawn_has_its_form(level):
    draw = Draw(7, level)
    for dtype in (torch.float16, torch.float64):
        values = draw.normal(2, 3, std=2.0, dtype=dtype)
        assert values.shape == (2, 3) and values.dtype == dtype
    assert draw.normal().shape == () and draw.normal(0, 4).shape == (0, 4)
    assert 0.9 < draw.normal(100, 100).std() < 1.1
    mask = draw.mask(50, 2, 3)
    assert mask.dtype == torch.bool and mask.any(-1).all() and not mask.all(-1).any()
