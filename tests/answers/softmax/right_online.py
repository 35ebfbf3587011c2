# names:
# Right: a single pass with a running maximum and a running sum, as in flash attention.
import torch


def softmax(scores, dim=-1):
    slices = scores.double().unbind(dim)
    top, total = slices[0], torch.ones_like(slices[0])
    for s in slices[1:]:
        new = torch.maximum(top, s)
        total = total * torch.exp(top - new) + torch.exp(s - new)
        top = new
    return torch.stack([torch.exp(s - top) / total for s in slices], dim=dim).to(scores.dtype)
