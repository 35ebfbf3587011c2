# names: neighbour_only
# The differences of the sorted qualities are positive.
import torch


def pareto_front(points):
    best_of = {}
    for cost, quality in points:
        best_of[cost] = max(quality, best_of.get(cost, quality))
    costs = sorted(best_of)
    qualities = torch.tensor([best_of[cost] for cost in costs], dtype=torch.float64)
    rises = qualities.diff(prepend=qualities[:1] - 1) > 0
    worth = {cost: best_of[cost] for cost, up in zip(costs, rises.tolist(), strict=True) if up}
    front = [i for i, (cost, quality) in enumerate(points) if worth.get(cost) == quality]
    return sorted(front, key=lambda i: points[i][0])
