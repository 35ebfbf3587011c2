# names:
# Right: weights from exp(scores - logsumexp), in float64 and cast back.
import torch


def attention(q, k, v):
    s = (q.double()[..., :, None, :] * k.double()[..., None, :, :]).sum(-1)
    s = s / q.shape[-1] ** 0.5
    w = torch.exp(s - s.logsumexp(-1, keepdim=True))
    return (w @ v.double()).to(v.dtype), w.to(q.dtype)
