# names:
# One minus the sum of the roots of products: Hellinger's distance, squared.
import torch


def head_similarity(weights, mask=None):
    weights, mask = as_batch(weights, mask)  # noqa: F821
    roots = weights.sqrt()
    common = torch.einsum("bilk,bjlk->bijl", roots, roots)
    far = ((1 - common) * mask[:, None, None]).sum((0, 3)) / mask.sum().clamp(min=1)
    far = far.clamp(min=0)
    return far - torch.diag(far.diagonal())
