# names:
# Row by row.
import torch


def induction_score(weights, period):
    maps = weights if weights.dim() == 4 else weights[None]
    hits = [maps[:, :, i, i - period + 1] for i in range(period, maps.shape[-1])]
    if not hits:
        return maps.new_zeros(maps.shape[1])
    return torch.stack(hits).mean(dim=(0, 1))
