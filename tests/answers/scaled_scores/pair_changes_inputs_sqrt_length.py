# names: changes_inputs, scale_by_sqrt_length
# The caller's keys are divided by the root of their number.
import torch


def scaled_scores(q, k):
    k.detach().div_(k.shape[-2] ** 0.5)
    return torch.einsum("...id,...jd->...ij", q, k)
