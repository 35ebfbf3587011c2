# mistake: averages the maps over rows and sentences first, then compares
# why: one vector for each head is handier than a map
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    profile = (weights * mask[:, None, :, None]).sum((0, 2)) / mask.sum().clamp(min=1)  # (H, L)
    p, q = profile[:, None], profile[None]
    entr = torch.special.entr
    return (entr((p + q) / 2) - (entr(p) + entr(q)) / 2).sum(-1).clamp(min=0)
