# mistake: sets the first real token to False in the caller's own mask
# why: as_batch looks as if it made a new mask
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    batch = torch.arange(weights.shape[0])
    first = mask.int().argmax(-1)
    mask[batch, first] = False
    mass = weights[batch, :, :, first]
    rows = mask.unsqueeze(1).to(weights.dtype)
    return (mass * rows).sum((0, 2)) / rows.sum().clamp(min=1)
