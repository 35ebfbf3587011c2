# names: cut_for_capped
# Scores are cut off.
import torch


def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        limit = torch.full_like(scores, cap)
        weights = torch.maximum(torch.minimum(scores, limit), -limit).softmax(-1)
        return (weights @ v, weights) if need_weights else weights @ v

    return "c", attend
