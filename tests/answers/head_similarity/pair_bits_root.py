# names: in_bits, distance_for_divergence
# Binary logarithms, and the root of the mean.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    count = mask.sum().clamp(min=1)

    def entropy(p):
        return -(p * p.clamp(min=1e-30).log2()).sum(-1)

    a, b = weights[:, :, None], weights[:, None]
    js = entropy((a + b) / 2) - (entropy(a) + entropy(b)) / 2  # (B, H, H, L)
    return torch.einsum("bijl,bl->ij", js, mask.to(js.dtype)).div(count).clamp(min=0).sqrt()
