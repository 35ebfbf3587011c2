# names:
# Sentence by sentence, by the positions of its real tokens.
import torch


def sink_mass(weights, mask=None):
    if weights.dim() == 3:
        weights = weights[None]
        mask = mask[None] if mask is not None else None
    rows = []
    for b, maps in enumerate(weights):
        real = range(maps.shape[-1]) if mask is None else mask[b].nonzero().flatten().tolist()
        rows += [maps[:, i, real[0]] for i in real[1:]]
    return torch.stack(rows).mean(0) if rows else torch.zeros_like(weights[0, :, 0, 0])
