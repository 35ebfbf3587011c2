# names: rows_and_columns_swapped
# What the first token gives to the others.
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    first = mask.int().argmax(-1)
    row = weights[torch.arange(len(first)), :, first]  # (B, H, L)
    others = mask.clone()
    others[torch.arange(len(first)), first] = False
    return (row * others[:, None]).sum((0, 2)) / others.sum().clamp(min=1)
