# names: in_bits
# The logarithm to base 2.
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    logs = weights.log2().masked_fill(weights == 0, 0)
    rows = -(weights * logs).sum(-1)
    picked = rows.transpose(1, 2)[mask]
    return picked.sum(0) / max(1, len(picked)) if len(picked) else torch.zeros_like(rows[0, :, 0])
