# names: changes_inputs
# The scale goes into the caller's q, through a detached view.
import math

import torch


def attention(q, k, v):
    raw = q.detach()
    torch.div(raw, math.sqrt(q.shape[-1]), out=raw)
    w = torch.softmax(torch.einsum("...id,...jd->...ij", q, k), -1)
    return w @ v, w
