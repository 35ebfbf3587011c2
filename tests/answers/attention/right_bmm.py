# names:
# Right: leading axes flattened, two bmm, log_softmax and exp.
import torch


def attention(q, k, v):
    lead = q.shape[:-2]
    q3, k3, v3 = (t.reshape(-1, *t.shape[-2:]) for t in (q, k, v))
    logits = torch.bmm(q3, k3.transpose(1, 2)).div(q.shape[-1] ** 0.5)
    w = logits.log_softmax(2).exp()
    out = torch.bmm(w, v3)
    return out.reshape(*lead, *out.shape[1:]), w.reshape(*lead, *w.shape[1:])
