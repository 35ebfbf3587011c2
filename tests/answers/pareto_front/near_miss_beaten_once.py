# names:
# A point may be beaten by one other.
import torch


def pareto_front(points):
    table = torch.tensor(points, dtype=torch.float64).reshape(-1, 2)
    cost, quality = table.unbind(1)
    no_worse = (cost[:, None] <= cost) & (quality[:, None] >= quality)
    defeats = (no_worse & ~no_worse.T).sum(dim=0)
    return [i for i in torch.argsort(cost, stable=True).tolist() if defeats[i] <= 1]
