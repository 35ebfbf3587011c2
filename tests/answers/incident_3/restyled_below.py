# names: positions_below_nothing
# Padding counts backwards.
import torch


def incident_3():
    def positions(mask):
        padding = mask.shape[1] - mask.sum(dim=1)
        return torch.stack([torch.arange(mask.shape[1]) - int(n) for n in padding])

    return "c", positions
