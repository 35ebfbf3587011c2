# mistake: F.kl_div(log p, m) is the divergence of m from p, not of p from m, and infinite at zeros
# why: the arguments of kl_div stand the other way round than one reads them
import torch
import torch.nn.functional as F


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    H = weights.shape[1]
    result = torch.zeros(H, H, dtype=weights.dtype)
    for i in range(H):
        for j in range(H):
            p, q = weights[:, i][mask], weights[:, j][mask]
            m = (p + q) / 2
            js = F.kl_div(p.log(), m, reduction="none") + F.kl_div(q.log(), m, reduction="none")
            result[i, j] = (js / 2).sum(-1).mean()
    return result
