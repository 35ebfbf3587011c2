# mistake: takes the divergences of m from p and q, the arguments of kl_div in the wrong order
# why: KL(p, m) is written in the order of its letters, but kl_div takes the logarithm of the second first
import torch.nn.functional as F


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    safe = weights.clamp(min=1e-6)
    p, q = safe[:, :, None], safe[:, None]
    m = (p + q) / 2  # (B, H, H, L, L)
    left = F.kl_div(p.log(), m, reduction="none").sum(-1)
    right = F.kl_div(q.log(), m, reduction="none").sum(-1)
    rows = (left + right) / 2 * mask[:, None, None]
    return rows.sum((0, 3)) / mask.sum().clamp(min=1)
