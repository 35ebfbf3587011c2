# names: one_sequence
"""Every prefix of one sequence against the whole."""

import torch


def causality_test(attend):
    x = torch.randn(1, 30, 4, dtype=torch.float64)
    whole = attend(x)
    parts = [attend(x[:, : t + 1])[:, -1] for t in range(30)]
    return torch.allclose(torch.stack(parts, dim=1), whole, rtol=1e-8, atol=1e-10)
