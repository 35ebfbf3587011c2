# names: distance_for_divergence, js_without_the_half
# Both divergences added up, and the root of the mean.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    rows = weights.transpose(0, 1)[:, mask]
    table = weights.new_zeros(len(rows), len(rows))
    for i in range(len(rows)):
        for j in range(len(rows)):
            p, q = rows[i], rows[j]
            m = (p + q) / 2
            ratio = torch.special.xlogy(p, p / m) + torch.special.xlogy(q, q / m)
            table[i, j] = torch.nansum(ratio) / max(1, len(p))
    return table.clamp(min=0).sqrt()
