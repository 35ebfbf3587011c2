# names:
"""The future becomes large, in a batch of two, in both dtypes, with a relative tolerance."""

import torch


def causality_test(attend):
    for dtype, allowed in ((torch.float32, 1e-4), (torch.float64, 1e-9)):
        x = torch.randn(2, 30, 4, dtype=dtype)
        want = attend(x)
        scale = float(want.abs().max())
        for t in reversed(range(1, 30)):
            x[:, t] = 3 * torch.randn(2, 4, dtype=dtype)
            if float((attend(x) - want)[:, :t].abs().max()) > allowed * scale:
                return False
    return True
