# names: float_mask
# 0 for tokens, -inf for padding.
import math

import torch


def padding_mask(lengths, k_len):
    mask = torch.zeros(len(lengths), 1, k_len)
    for b, n in enumerate(lengths):
        mask[b, 0, int(n) :] = -math.inf
    return mask
