# names: unstable_softmax
# Row by row with bare powers of e.
import torch


def attention(q, k, v):
    rows = []
    for r in (q * q.shape[-1] ** -0.5).unbind(-2):
        p = torch.exp((k @ r[..., None])[..., 0])
        rows.append(p / p.sum(-1, keepdim=True))
    w = torch.stack(rows, -2)
    return w @ v, w
