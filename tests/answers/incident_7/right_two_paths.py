# names:
# Two paths stay: the fast one gets keys for which it computes the capped scores.
import torch


def incident_7():
    def capped(q, k, cap):
        return cap * torch.tanh(q @ k.transpose(-2, -1) / (cap * q.shape[-1] ** 0.5))

    def attend(q, k, v, cap, need_weights=False):
        if need_weights:
            weights = capped(q, k, cap).softmax(-1)
            return weights @ v, weights
        scores = capped(q, k, cap)
        top = scores.amax(-1, keepdim=True)
        e = (scores - top).exp()
        return (e @ v) / e.sum(-1, keepdim=True)

    return "c", attend
