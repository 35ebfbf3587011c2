# names: ties_kept
# A tensor of strict comparisons in both columns.
import torch


def pareto_front(points):
    gains = torch.tensor(points, dtype=torch.float64).reshape(-1, 2)
    gains[:, 0].neg_()
    beaten = (gains.unsqueeze(0) > gains.unsqueeze(1)).all(dim=2).any(dim=1)
    kept = [i for i, lost in enumerate(beaten.tolist()) if not lost]
    kept.sort(key=lambda i: points[i][0])
    return kept
