# names: one_sequence, short_only, one_small_example
"""One short sequence."""

import torch


def causality_test(attend):
    x = torch.randn(1, 6, 4, dtype=torch.float64)
    y = attend(x)
    for t in range(1, 6):
        other = x.clone()
        other[:, t:] = torch.randn(1, 6 - t, 4, dtype=torch.float64)
        if not torch.allclose(attend(other)[:, :t], y[:, :t], rtol=0, atol=1e-9):
            return False
    return True
