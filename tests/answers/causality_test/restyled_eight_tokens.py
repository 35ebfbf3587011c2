# names: short_only
"""Eight tokens, every place to cut."""

import torch


def causality_test(attend):
    x = torch.randn(3, 8, 4, dtype=torch.float64)
    y = attend(x)
    for t in range(7, 0, -1):
        z = torch.cat([x[:, :t], torch.randn(3, 8 - t, 4, dtype=torch.float64)], dim=1)
        if (attend(z)[:, :t] - y[:, :t]).abs().max().item() > 1e-8:
            return False
    return True
