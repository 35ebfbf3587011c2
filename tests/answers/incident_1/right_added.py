# names:
# The mask is added, as additive masks are made to be.
import torch


def incident_1():
    def attend(q, k, v, mask):
        scores = torch.einsum("...qd,...kd->...qk", q, k) / q.shape[-1] ** 0.5
        weights = torch.softmax((scores + mask).clamp(min=torch.finfo(scores.dtype).min), dim=-1)
        return weights @ v, weights

    return "a", attend
