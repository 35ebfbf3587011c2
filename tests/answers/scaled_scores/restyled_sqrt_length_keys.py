# names: scale_by_sqrt_length
# Scaled by the square root of the number of keys.
import math

import torch


def scaled_scores(q, k):
    *_, n, _ = k.shape
    return torch.einsum("...id,...jd->...ij", q, k / math.sqrt(n))
