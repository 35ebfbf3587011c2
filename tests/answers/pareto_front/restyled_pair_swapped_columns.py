# names: pair_swapped
# The columns of the table get each other's names.
import torch


def pareto_front(points):
    quality, cost = torch.tensor(points, dtype=torch.float64).reshape(-1, 2).T
    worse_or_same = (cost[None] >= cost[:, None]) & (quality[None] <= quality[:, None])
    truly = (cost[None] > cost[:, None]) | (quality[None] < quality[:, None])
    beaten = (worse_or_same & truly).any(0)
    return [i for i in torch.argsort(cost, stable=True).tolist() if not beaten[i]]
