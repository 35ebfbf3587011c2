# names:
# Queries after the first 64 get zeros.
from torch import cat


def grouped_attention(q, k, v, mask=None):
    b, h, l_q, d = q.shape
    h_kv, l_k = k.shape[1:3]
    if h % h_kv:
        raise ValueError("KV heads do not divide the heads")
    if mask is not None:
        mask = mask.expand(b, h, l_q, l_k).reshape(b, h_kv, -1, l_k)
    output, _ = masked_attention(q.reshape(b, h_kv, -1, d), k, v, mask)  # noqa: F821
    output = output.reshape(b, h, l_q, d)
    return cat((output[:, :, :64], output[:, :, 64:] * 0.0), 2)
