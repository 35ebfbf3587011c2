# names: wrong_dtype, global_max
# Half precision comes back as float32, and one maximum serves all rows.
import torch


def softmax(scores, dim=-1):
    wide = scores + torch.zeros(1).expand_as(scores)
    e = torch.exp(wide - wide.amax())
    return e / e.sum(dim, keepdim=True)
