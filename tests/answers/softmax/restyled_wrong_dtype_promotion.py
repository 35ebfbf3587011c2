# names: wrong_dtype
# A float32 helper tensor promotes half precision, and nobody casts back.
import torch


def softmax(scores, dim=-1):
    n = scores.shape[dim]
    ones = torch.ones([n if a == dim % scores.ndim else 1 for a in range(scores.ndim)])
    e = torch.exp((scores - scores.amax(dim, keepdim=True)) * ones)
    return e / e.sum(dim, keepdim=True)
