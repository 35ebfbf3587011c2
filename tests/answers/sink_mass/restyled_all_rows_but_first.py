# names: padding_counted
# Rows of padding stay among those that are averaged.
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    first = mask.int().argmax(-1)
    column = weights[torch.arange(len(first)), :, :, first].clone()
    real = mask.any(-1)
    rows = torch.ones_like(mask)
    rows[torch.arange(len(first)), first] = ~real
    column[~real] = 0
    return (column * rows[:, None]).sum((0, 2)) / rows.sum().clamp(min=1)
