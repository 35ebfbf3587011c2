# mistake: divides by the real tokens minus 1, not minus one for each sentence
# why: one row is left out, so the count goes down by one
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    batch = torch.arange(mask.shape[0])
    first = mask.to(torch.int64).argmax(dim=1)
    others = mask.clone()
    others[batch, first] = False
    column = weights[batch, :, :, first]
    return (column * others[:, None, :]).sum(2).sum(0) / (mask.sum() - 1).clamp(min=1)
