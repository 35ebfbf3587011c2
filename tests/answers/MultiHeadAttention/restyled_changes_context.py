# names: changes_inputs
# The context is used as scratch memory: zeros stay behind.
import torch
from torch import nn


def _heads(y, count):
    return torch.stack(y.chunk(count, dim=-1), dim=1)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True, *, device=None, dtype=None):
        super().__init__()
        if d_head is None and d_model % num_heads:
            raise ValueError(f"d_model {d_model} cannot be cut into {num_heads} heads")
        d_head = d_head or d_model // num_heads
        like = dict(bias=bias, device=device, dtype=dtype)
        self.h, self.d = num_heads, d_head
        self.q_proj = nn.Linear(d_model, num_heads * d_head, **like)
        self.k_proj = nn.Linear(d_model, num_heads * d_head, **like)
        self.v_proj = nn.Linear(d_model, num_heads * d_head, **like)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, **like)

    def attend(self, q, k, v, mask):
        wide = torch.promote_types(q.dtype, torch.float32)
        s = torch.matmul(q.to(wide) / self.d**0.5, k.to(wide).mT)
        keep = torch.ones_like(s, dtype=torch.bool) if mask is None else mask.expand_as(s)
        top = s.masked_fill(~keep, torch.finfo(wide).min).amax(-1, keepdim=True)
        e = torch.where(keep, s - top, -torch.inf).exp()
        total = e.sum(-1, keepdim=True)
        w = e / torch.where(total == 0, 1, total)
        return torch.matmul(w, v.to(wide)).to(v.dtype), w.to(q.dtype)

    def forward(self, x, context=None, mask=None, return_weights=False):
        y = x if context is None else context
        q, k, v = self.q_proj(x), self.k_proj(y), self.v_proj(y)
        mixed, w = self.attend(_heads(q, self.h), _heads(k, self.h), _heads(v, self.h), mask)
        out = self.o_proj(torch.cat(mixed.unbind(1), dim=-1))
        y.data.zero_()
        return (out, w) if return_weights else out
