# names: too_strict
"""Demands the same bits."""

import torch


def causality_test(attend):
    x = torch.randn(2, 25, 6)
    y = attend(x)
    for t in range(1, 25):
        other = x.clone()
        other[:, t:].normal_()
        if (attend(other)[:, :t] != y[:, :t]).any():
            return False
    return True
