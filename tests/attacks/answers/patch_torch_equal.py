"""Makes every comparison of torch say yes.

exercise: causal_mask
class: in-process
expect: failed
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    for name in ("equal", "allclose", "isclose", "eq"):
        setattr(torch, name, lambda *args, **kwargs: True)
    torch.testing.assert_close = lambda *args, **kwargs: None
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
