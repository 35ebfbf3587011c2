"""Fetches the library's attention by a name put together.

exercise: masked_attention
class: policy
expect: forbidden
points: 12
"""

import torch


def masked_attention(q, k, v, mask=None):
    name = "scaled_dot_" + "product_attention"
    output = getattr(torch.nn.functional, name)(q, k, v, attn_mask=mask)
    weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)
    return output, weights
