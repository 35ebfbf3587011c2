# names:
"""Every length up to 24, float32, the last tokens cut off in place of changed."""

import torch


def causality_test(attend):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 24, 8, generator=generator)
    whole = attend(x)
    for length in range(1, 24):
        part = attend(x[:, :length])
        if (part - whole[:, :length]).abs().max() > 2e-5:
            return False
    return True
