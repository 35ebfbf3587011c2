# names: not_mended
# The same for every row.
import torch


def incident_3():
    def positions(mask):
        return torch.stack([torch.arange(mask.shape[1])] * len(mask))

    return "c", positions
