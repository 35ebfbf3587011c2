# names: ties_kept, pair_swapped
# Strict comparisons of columns that have each other's names.
import torch


def pareto_front(points):
    quality, cost = torch.tensor(points, dtype=torch.float64).reshape(-1, 2).unbind(1)
    beats = torch.logical_and(cost[:, None] < cost[None], quality[:, None] > quality[None])
    order = torch.argsort(cost, stable=True)
    return order[~beats.any(0)[order]].tolist()
