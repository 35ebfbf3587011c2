# mistake: averages over the keys too, where a divergence is their sum
# why: one mean at the end for everything
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    p, q = weights[:, :, None], weights[:, None]
    m = ((p + q) / 2).clamp(min=1e-30)
    xlogy = torch.special.xlogy
    terms = (xlogy(p, p / m) + xlogy(q, q / m)) / 2  # (B, H, H, L, L)
    rows = terms.mean(-1)
    return (rows * mask[:, None, None]).sum((0, 3)) / mask.sum().clamp(min=1)
