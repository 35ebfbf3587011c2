# names: padding_counted
# All rows count.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights)  # noqa: F821
    rows = weights.permute(1, 0, 2, 3).flatten(1, 2)  # (H, rows, L)

    def plogp(p):
        return torch.special.xlogy(p, p).sum(-1)

    table = [
        [(plogp(a) + plogp(b)) / 2 - plogp((a + b) / 2) for b in rows.unbind(0)]
        for a in rows.unbind(0)
    ]
    return torch.stack([torch.stack([each.mean() for each in line]) for line in table]).relu()
