# names: input_order
# The places where a mask is true, as nonzero gives them.
import torch


def pareto_front(points):
    table = torch.tensor(points, dtype=torch.float64).reshape(-1, 2) * torch.tensor([-1.0, 1.0])
    keep = torch.ones(len(table), dtype=torch.bool)
    for row in table:
        keep &= ~((row >= table).all(1) & (row > table).any(1))
    return keep.nonzero().flatten().tolist()
