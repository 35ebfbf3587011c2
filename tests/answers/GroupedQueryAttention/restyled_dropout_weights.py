# names: dropout_active
# Weights are dropped in every call.
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


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads:
            raise ValueError(f"num_heads={num_heads}, num_kv_heads={num_kv_heads}: not divisible")
        if d_head is None:
            if d_model % num_heads:
                raise ValueError(f"d_model={d_model} cannot be cut into {num_heads} heads")
            d_head = d_model // num_heads
        self.h, self.h_kv, self.d = num_heads, num_kv_heads, d_head
        self.rope = _Rope(d_head, rope_base)
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)
        self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)

    def bias_of(self, mask, shape, like):
        """Added to the scores: 0 or -inf; rows without any key are 0, and marked."""
        mask = mask.expand(shape)
        empty = ~mask.any(dim=-1, keepdim=True)
        bias = torch.zeros(shape, dtype=like.dtype, device=like.device)
        return bias.masked_fill(~mask & ~empty, -torch.inf), empty

    def forward(self, x, mask=None, cache=None):
        b, n, _ = x.shape
        start = getattr(cache, "length", 0)
        here = start + torch.arange(n, device=x.device)
        q = self.q_proj(x).view(b, n, self.h, self.d).transpose(1, 2)
        k = self.k_proj(x).view(b, n, self.h_kv, self.d).transpose(1, 2)
        v = self.v_proj(x).view(b, n, self.h_kv, self.d).transpose(1, 2)
        q, k = self.rope(q, here), self.rope(k, here)
        if mask is None:
            mask = torch.ones(1, 1, dtype=torch.bool, device=x.device)
        if cache is not None:
            k, v = cache.append(k, v)
            seen = torch.arange(k.shape[2], device=x.device)
            mask = mask & (seen[None, :] <= here[:, None])
        m = k.shape[2]
        bias, empty = self.bias_of(mask, (b, self.h, n, m), x)
        q, k, v = (t.to(x.dtype).reshape(b * self.h_kv, -1, self.d) for t in (q, k, v))
        bias, empty = bias.reshape(len(q), -1, m), empty.reshape(len(q), -1, 1)
        scores = torch.baddbmm(bias, q, k.mT, alpha=self.d**-0.5)
        work = torch.promote_types(x.dtype, torch.float32)
        weights = F.dropout(F.softmax(scores.to(work), dim=-1) * ~empty, 0.2)
        out = torch.bmm(weights.to(x.dtype), v).view(b, self.h, n, self.d)
        return self.o_proj(out.transpose(1, 2).reshape(b, n, self.h * self.d))
