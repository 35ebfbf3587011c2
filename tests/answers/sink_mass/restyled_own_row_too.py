# names: first_row_counted
# All rows of real tokens, the first one's as well.
import torch


def sink_mass(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = []
    for maps, real in zip(weights, mask, strict=True):
        positions = real.nonzero()[:, 0]
        if len(positions):
            rows.append(maps[:, positions, positions[0]])
    return torch.cat(rows, -1).mean(-1) if rows else weights.new_zeros(weights.shape[1])
