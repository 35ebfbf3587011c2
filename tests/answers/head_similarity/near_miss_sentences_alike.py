# names:
# A mean for each sentence, and the mean of these: short sentences weigh as much as long ones.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821

    def entropy(p):
        return torch.special.entr(p).sum(-1)

    tables = []
    for maps, real in zip(weights, mask, strict=True):
        p = maps[:, real]
        if p.shape[1]:
            mixed = entropy((p[:, None] + p[None]) / 2)
            own = entropy(p)
            tables.append((mixed - (own[:, None] + own[None]) / 2).mean(-1))
    return torch.stack(tables).mean(0).clamp(min=0)
