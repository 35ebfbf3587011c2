"""Calls the operator under the library's attention.

exercise: masked_attention
class: policy
expect: forbidden
points: 12
"""

import torch


def masked_attention(q, k, v, mask=None):
    output = torch.ops.aten.scaled_dot_product_attention(q, k, v, mask)
    weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)
    return output, weights
