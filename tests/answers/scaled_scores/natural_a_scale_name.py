# mistake: divides by d_head ** -0.5, which multiplies by the root
# why: mixes the idiom "scores * scale" with scale = d ** -0.5 and the formula's division
import torch


def scaled_scores(q, k):
    scale = q.size(-1) ** -0.5
    return torch.matmul(q, k.mT) / scale
