# names:
# Right: computed in float32 (float64 stays) and cast back.
import torch


def softmax(scores, dim=-1):
    wide = scores.double() if scores.dtype == torch.float64 else scores.float()
    top, _ = wide.max(dim=dim, keepdim=True)
    e = torch.exp(wide - top)
    return (e / e.sum(dim=dim, keepdim=True)).to(scores.dtype)
