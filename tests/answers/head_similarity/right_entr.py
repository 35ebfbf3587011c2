# names:
# All pairs at once, with torch.special.entr.
import torch


def head_similarity(weights, mask=None):
    if weights.dim() == 3:
        weights = weights[None]
    rows = weights.transpose(1, 2).flatten(0, 1)  # (B * L, H, L)
    if mask is not None:
        rows = rows[mask.reshape(-1)]

    def entropy(p):
        return torch.special.entr(p).sum(-1)

    total = 0
    for part in rows.split(50):
        middle = (part[:, :, None] + part[:, None]) / 2
        own = entropy(part)
        total = total + (entropy(middle) - (own[:, :, None] + own[:, None]) / 2).sum(0)
    found = (total / len(rows)).clamp(min=0)
    return found - torch.diag(found.diagonal())
