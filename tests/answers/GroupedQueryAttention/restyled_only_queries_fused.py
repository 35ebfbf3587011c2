# names: only_queries_rotated
# Keys stay as they are.
import torch
from torch import nn


class _Projections(nn.Module):
    def __init__(self, d_model, heads, kv_heads, d_head, bias):
        super().__init__()
        self.counts, self.width = [heads, kv_heads, kv_heads], d_head
        for letter, count in zip("qkv", self.counts, strict=True):
            setattr(self, f"{letter}_proj", nn.Linear(d_model, count * d_head, bias=bias))
        self.o_proj = nn.Linear(heads * d_head, d_model, bias=bias)

    def fused(self, x):
        """Queries, keys and values (B, H or H_kv, L, d_head), in one product."""
        layers = (self.q_proj, self.k_proj, self.v_proj)
        y = x @ torch.cat([layer.weight for layer in layers]).mT
        if self.q_proj.bias is not None:
            y = y + torch.cat([layer.bias for layer in layers])
        return y.unflatten(-1, (-1, self.width)).transpose(1, 2).split(self.counts, dim=1)


class GroupedQueryAttention(_Projections):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        if d_head is None and d_model % num_heads:
            raise ValueError(f"which d_head for {num_heads} heads on {d_model}?")
        if num_heads % num_kv_heads:
            raise ValueError(f"{num_heads} / {num_kv_heads} is not a group size")
        width = d_model // num_heads if d_head is None else d_head
        super().__init__(d_model, num_heads, num_kv_heads, width, bias)
        self.rope_base = rope_base

    def rotated(self, x, start):
        """Pairs as complex numbers."""
        if self.rope_base is None:
            return x
        real = torch.promote_types(x.dtype, torch.float32)
        position = torch.arange(start, start + x.shape[-2], dtype=real, device=x.device)
        pair = torch.arange(self.width // 2, dtype=real, device=x.device)
        angle = position[:, None] * self.rope_base ** (-2 * pair / self.width)
        z = torch.complex(*x.to(real).tensor_split(2, dim=-1))
        z = z * torch.polar(torch.ones_like(angle), angle)
        return torch.cat((z.real, z.imag), dim=-1).to(x.dtype)

    def forward(self, x, mask=None, cache=None):
        q, k, v = self.fused(x)
        before = 0
        if cache is not None:
            before = cache.length
        q = self.rotated(q, before)
        allowed = torch.ones(x.shape[1], before + x.shape[1], dtype=torch.bool, device=x.device)
        if cache is not None:
            k, v = cache.append(k, v)
            allowed = allowed.tril(before)
        if mask is not None:
            allowed = allowed & mask
        k, v = k.to(x.dtype), v.to(x.dtype)
        allowed = allowed.expand(*q.shape[:3], k.shape[2])
        wide = torch.promote_types(x.dtype, torch.float32)
        out = []
        for queries, keys, values, seen in zip(
            q.chunk(self.counts[1], dim=1),
            k.split(1, dim=1),
            v.split(1, dim=1),
            allowed.chunk(self.counts[1], dim=1),
            strict=True,
        ):
            rows = queries.flatten(1, 2)  # (B, group * L, d_head)
            seen = seen.flatten(1, 2)
            logits = (rows @ keys[:, 0].mT).to(wide) / self.width**0.5
            odds = logits - logits.detach().amax(-1, keepdim=True)
            odds = odds.masked_fill(~seen, -torch.inf)
            top = odds.detach().amax(-1, keepdim=True)
            odds = (odds - top.masked_fill(top == -torch.inf, 0)).exp()
            total = odds.sum(-1, keepdim=True)
            weights = odds / total.masked_fill(total == 0, 1)
            out.append((weights.to(x.dtype) @ values[:, 0]).reshape(queries.shape))
        out = torch.cat(out, dim=1).movedim(1, 2)
        return self.o_proj(out.reshape(*x.shape[:2], -1))
