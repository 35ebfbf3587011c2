# names:
# Padding is at position 1, as some libraries have it.
import torch


def incident_3():
    def positions(mask):
        count = torch.cumsum(mask, dim=1)
        return torch.where(mask, count - 1, torch.ones_like(count))

    return "c", positions
