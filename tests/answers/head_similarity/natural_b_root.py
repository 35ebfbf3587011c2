# mistake: returns the square root of the divergence, from 0 to sqrt(log 2)
# why: SciPy's jensenshannon gives that, the distance
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    p, q = weights[:, :, None], weights[:, None]  # (B, H, 1, L, L), (B, 1, H, L, L)
    m = (p + q) / 2
    entr = torch.special.entr
    js = (entr(m) - (entr(p) + entr(q)) / 2).sum(-1).clamp(min=0)  # (B, H, H, L)
    root = js.sqrt()
    return (root * mask[:, None, None]).sum((0, 3)) / mask.sum().clamp(min=1)
