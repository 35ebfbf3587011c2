# names: wrong_reason
# Mended; the tolerance is blamed.
import torch


def incident_2():
    def attend(q, k, v):
        new, old = q.shape[-2], k.shape[-2] - q.shape[-2]
        hidden = torch.ones(new, new + old, dtype=torch.bool).triu(old + 1)
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        return scores.masked_fill(hidden, float("-inf")).softmax(-1) @ v

    return "c", attend
