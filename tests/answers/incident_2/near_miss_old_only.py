# names:
# New tokens see the old keys and themselves, not each other.
import torch


def incident_2():
    def attend(q, k, v):
        new, old = q.shape[-2], k.shape[-2] - q.shape[-2]
        allowed = torch.cat((torch.ones(new, old), torch.eye(new)), dim=1).bool()
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        return scores.masked_fill(~allowed, float("-inf")).softmax(-1) @ v

    return "a", attend
