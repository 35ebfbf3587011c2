# names:
# Positions of queries and keys are compared.
import torch


def incident_2():
    def attend(q, k, v):
        l_q, l_k = q.shape[-2], k.shape[-2]
        key = torch.arange(l_k)
        query = key[l_k - l_q :, None]
        scores = (q @ k.mT) * q.shape[-1] ** -0.5
        return torch.where(key <= query, scores, -torch.inf).softmax(-1) @ v

    return "a", attend
