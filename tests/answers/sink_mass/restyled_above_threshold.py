# names: share_of_rows
# The share of rows that give more than .3.
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    first = mask.int().argmax(-1)
    column = weights[torch.arange(len(first)), :, :, first]
    keep = mask & (mask.cumsum(-1) > 1)
    is_sink = torch.gt(column, 0.3) & keep[:, None]
    return is_sink.sum((0, 2)).to(weights.dtype) / keep.sum().clamp(min=1)
