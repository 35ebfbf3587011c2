# names: projection_names
# w_q, w_k, w_v, w_o.
import torch
from torch import nn
from torch.nn import functional as F


class _Rope(nn.Module):
    """x cos + rotate_half(x) sin; without a base, x."""

    def __init__(self, d_head, base):
        super().__init__()
        if base is not None and d_head % 2:
            raise ValueError("d_head has to be even")
        self.d_head, self.base = d_head, base

    def forward(self, x, positions):
        if self.base is None:
            return x
        work = torch.promote_types(x.dtype, torch.float32)
        steps = torch.arange(0, self.d_head, 2, device=x.device).to(work)
        angle = positions.to(work).outer(self.base ** (-steps / self.d_head)).repeat(1, 2)
        first, second = x.to(work).chunk(2, dim=-1)
        across = torch.cat((-second, first), dim=-1)
        return (x * angle.cos() + across * angle.sin()).to(x.dtype)


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads:
                raise ValueError(f"d_model={d_model} cannot be cut into {num_heads} heads")
            d_head = d_model // num_heads
        self.h, self.d = num_heads, d_head
        self.rope = _Rope(d_head, rope_base)
        self.w_q = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.w_k = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.w_v = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.w_o = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def forward(self, x, cache=None):
        b, n, _ = x.shape
        start = getattr(cache, "length", 0)
        here = start + torch.arange(n, device=x.device)
        q = self.w_q(x).view(b, n, self.h, self.d).transpose(1, 2)
        k = self.w_k(x).view(b, n, self.h, self.d).transpose(1, 2)
        v = self.w_v(x).view(b, n, self.h, self.d).transpose(1, 2)
        q, k = self.rope(q, here), self.rope(k, here)
        if cache is not None:
            k, v = cache.append(k, v)
        m = k.shape[2]
        bias = torch.zeros(n, m, dtype=x.dtype, device=x.device)
        bias[torch.arange(m, device=x.device)[None, :] > here[:, None]] = -torch.inf
        q, k, v = (t.to(x.dtype).reshape(b * self.h, -1, self.d) for t in (q, k, v))
        scores = torch.baddbmm(bias.expand(len(q), n, m), q, k.mT, alpha=self.d**-0.5)
        work = torch.promote_types(x.dtype, torch.float32)
        out = torch.bmm(F.softmax(scores.to(work), dim=-1).to(x.dtype), v)
        out = out.view(b, self.h, n, self.d).transpose(1, 2).reshape(b, n, self.h * self.d)
        return self.w_o(out)
