# names: merge_by_view
# All rows below each other, regrouped by num_heads.
import torch


def merge_heads(x):
    rows = x.reshape(-1, x.size(-1))
    groups = [torch.cat(tuple(g)) for g in rows.split(x.size(1))]
    return torch.stack(groups).view(len(x), x.size(2), -1)
