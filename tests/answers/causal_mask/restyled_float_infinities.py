# names: float_mask
# 0 where allowed, -inf where not: to be added to the scores.
import math

import torch


def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.full((q_len, k_len), -math.inf).triu(k_len - q_len + 1)
