# mistake: the output is right, but the returned weights are those of scores without the scale
# why: SDPA gives no weights, so they are added in a second line and its built-in scale is forgotten
import torch
import torch.nn.functional as F


def attention(q, k, v):
    output = F.scaled_dot_product_attention(q, k, v)
    weights = softmax(q @ k.transpose(-2, -1))
    return output, weights
