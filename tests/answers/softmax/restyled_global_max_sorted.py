# names: global_max
# The largest entry of all rows, found by sorting.
import torch


def softmax(scores, dim=-1):
    biggest = scores.reshape(-1).sort(descending=True).values[0].item()
    moved = torch.movedim(scores, dim, 0)
    e = torch.stack([torch.exp(row - biggest) for row in moved])
    return torch.movedim(e / sum(e), 0, dim)
