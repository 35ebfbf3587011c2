# names: ignores_k_len, hides_self
# A square, strict lower triangle.
import torch


def causal_mask(q_len, k_len=None):
    steps = torch.arange(q_len)
    return steps.view(-1, 1) > steps
