# names: constant_lost_in_half
# 1e-8 is added in the logarithm, and float16 rounds it to 0.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = torch.einsum("bhij,bhij->bhi", weights, -torch.log(weights + 1e-8))
    return (rows * mask[:, None]).sum((0, 2)) / mask.sum().clamp(min=1)
