# names: wrong_dtype
# Half precision is widened for accuracy and stays wide.
import torch


def softmax(scores, dim=-1):
    if scores.dtype in (torch.float16, torch.bfloat16):
        scores = scores.to(torch.float32)
    z = scores - scores.max(dim, keepdim=True)[0]
    return (z - z.logsumexp(dim, keepdim=True)).exp()
