# names: one_cut
"""Only the second half is ever changed."""

import torch


def causality_test(attend):
    one = torch.randn(2, 32, 8).double()
    two = one.clone()
    two[:, 16:] += 1 + torch.rand(2, 16, 8).double()
    difference = attend(one)[:, :16] - attend(two)[:, :16]
    return bool(difference.abs().max() < 1e-9)
