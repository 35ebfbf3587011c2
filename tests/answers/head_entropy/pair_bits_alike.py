# names: in_bits, sentences_count_alike
# Bits, and means of sentences.
import math

import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    bits = torch.special.entr(weights).sum(-1) / math.log(2)
    bits = (bits * mask[:, None]).sum(-1) / mask.sum(-1)[:, None].clamp(min=1)
    return bits.mean(0)
