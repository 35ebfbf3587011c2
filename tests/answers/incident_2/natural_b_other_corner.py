# mistake: the diagonal is l_q - l_k in place of l_k - l_q
# why: knows that tril takes an offset, and guesses its sign
import torch


def incident_2():
    def attend(q, k, v):
        l_q, l_k = q.shape[-2], k.shape[-2]
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril(l_q - l_k)
        return scores.masked_fill(~allowed, float("-inf")).softmax(-1) @ v

    return "a", attend
