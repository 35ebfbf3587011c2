# either: finite_mask_value, uniform_empty_rows
# -1e4 row by row: leaks at large scores only, and empty rows are uniform.
import torch


def masked_attention(q, k, v, mask=None):
    wide = torch.promote_types(q.dtype, torch.float32)
    s = q.to(wide) @ k.to(wide).mT / q.shape[-1] ** 0.5
    keep = torch.ones_like(s).bool() if mask is None else mask.expand_as(s)
    pairs = zip(s.unbind(-2), keep.unbind(-2), strict=True)
    w = torch.stack([row.masked_fill(~ok, -1e4).softmax(-1) for row, ok in pairs], -2)
    return (w @ v.to(wide)).to(q.dtype), w.to(q.dtype)
