# mistake: takes the logarithm to base 2
# why: entropy is measured in bits wherever one has met it before
import torch


def head_entropy(weights, mask=None):
    weights, mask = as_batch(weights, mask)
    logs = torch.where(weights > 0, torch.log2(weights), 0.0)
    entropy = -(weights * logs).sum(dim=-1)
    entropy = entropy.transpose(0, 1)[:, mask]  # (H, number of real tokens)
    if entropy.shape[1] == 0:
        return torch.zeros(weights.shape[1], dtype=weights.dtype)
    return entropy.mean(dim=1)
