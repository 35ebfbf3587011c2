# mistake: uses the pair that max(dim=...) returns as if it were a tensor, which raises a TypeError
# why: NumPy's max with an axis gives the numbers alone
import torch


def softmax(scores, dim=-1):
    m = scores.max(dim=dim, keepdim=True)
    z = torch.exp(scores - m)
    return z / z.sum(dim=dim, keepdim=True)
