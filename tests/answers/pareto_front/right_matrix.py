# names:
# A matrix of comparisons by torch.
import torch


def pareto_front(points):
    table = torch.tensor(points, dtype=torch.float64).reshape(-1, 2)
    cost, quality = table[:, 0], table[:, 1]
    no_worse = (cost[:, None] <= cost) & (quality[:, None] >= quality)
    beats = no_worse & ~no_worse.T
    kept = (~beats.any(dim=0)).nonzero().flatten()
    order = torch.argsort(cost[kept], stable=True)
    return kept[order].tolist()
