# names: not_mended
# The library's is_causal has the same corner.
import torch.nn.functional as F


def incident_2():
    return "a", lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)
