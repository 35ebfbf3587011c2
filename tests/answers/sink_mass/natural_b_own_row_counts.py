# mistake: the row of the first token itself is counted as well
# why: "mean of the first column" in one line; the exception is forgotten
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    B = weights.shape[0]
    first = mask.int().argmax(dim=1)
    column = weights[torch.arange(B), :, :, first]  # (B, H, L)
    m = mask[:, None, :].to(weights.dtype)
    return (column * m).sum(dim=(0, 2)) / m.sum().clamp(min=1)
