# names: scores_transposed, no_scale
# Keys as rows and no scale.
import torch


def scaled_scores(q, k):
    return torch.stack([(q @ key[..., None])[..., 0] for key in k.unbind(-2)], -2)
