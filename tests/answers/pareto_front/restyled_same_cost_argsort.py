# names: same_cost_not_sorted
# A stable sort by cost alone, and a running maximum.
import torch


def pareto_front(points):
    if not points:
        return []
    costs, qualities = torch.tensor(points, dtype=torch.float64).unbind(1)
    order = costs.argsort(stable=True)
    best = qualities[order].cummax(0).values
    before = torch.cat([best.new_tensor([-torch.inf]), best[:-1]])
    return order[qualities[order] > before].tolist()
