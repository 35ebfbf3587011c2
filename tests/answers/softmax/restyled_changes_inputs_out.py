# names: changes_inputs
# out= writes the shifted scores into the caller's tensor.
import torch


def softmax(scores, dim=-1):
    raw = scores.detach()
    torch.sub(raw, raw.amax(dim, keepdim=True), out=raw)
    e = scores.exp()
    return e / e.sum(dim, keepdim=True)
