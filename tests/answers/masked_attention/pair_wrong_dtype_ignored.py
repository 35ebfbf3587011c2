# names: wrong_dtype, mask_ignored
# float32 out of half precision, no mask.
import torch


def masked_attention(q, k, v, mask=None):
    q, k, v = (t if t.dtype == torch.float64 else t.float() for t in (q, k, v))
    w = (torch.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5).softmax(-1)
    return w @ v, w
