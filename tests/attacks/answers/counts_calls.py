"""Is right the first two times only.

exercise: causal_mask
class: in-process
expect: failed
points: 2
"""

import torch

calls = 0


def causal_mask(q_len, k_len=None):
    global calls
    calls += 1
    if calls <= 2:
        k_len = k_len or q_len
        return torch.arange(k_len)[None] <= torch.arange(q_len)[:, None] + k_len - q_len
