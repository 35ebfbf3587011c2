# names: too_tolerant
"""A tolerance of a tenth."""

import torch


def causality_test(attend):
    x = torch.randn(3, 40, 6)
    y = attend(x)
    worst = 0.0
    for t in range(1, 40):
        other = torch.cat((x[:, :t], torch.randn(3, 40 - t, 6)), 1)
        worst = max(worst, (attend(other) - y)[:, :t].abs().max().item())
    return worst < 0.1
