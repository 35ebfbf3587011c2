# names:
# The cap is used once too often: the score is capped twice.
import torch


def incident_7():
    def attend(q, k, v, cap, need_weights=False):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        for _ in range(2):
            scores = cap * torch.tanh(scores / cap)
        weights = scores.softmax(-1)
        return (weights @ v, weights) if need_weights else weights @ v

    return "c", attend
