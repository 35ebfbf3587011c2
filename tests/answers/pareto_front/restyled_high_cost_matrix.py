# names: high_cost_good
# All columns of the table are compared the same way, larger is better.
import torch


def pareto_front(points):
    table = torch.tensor(points, dtype=torch.float64).reshape(-1, 2)
    no_worse = (table[:, None, :] >= table[None, :, :]).all(dim=-1)
    beats = no_worse & ~no_worse.T
    kept = torch.nonzero(~beats.any(dim=0)).flatten().tolist()
    return sorted(kept, key=lambda i: points[i][0])
