"""Raises an exception with a script in its name and text.

exercise: causal_mask
class: channel
expect: error
points: 0
"""

import torch


def causal_mask(q_len, k_len=None):
    raise type("<script>alert(1)</script>", (Exception,), {})("<img src=x onerror=alert(2)>")
    return torch.zeros(q_len, k_len or q_len, dtype=torch.bool)
