# names: diagonal_off_by_one
# The keys hidden begin one too late.
import torch


def incident_2():
    def attend(q, k, v):
        new, old = q.shape[-2], k.shape[-2] - q.shape[-2]
        hidden = torch.ones(new, new + old, dtype=torch.bool).triu(old + 2)
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        return scores.masked_fill(hidden, float("-inf")).softmax(-1) @ v

    return "a", attend
