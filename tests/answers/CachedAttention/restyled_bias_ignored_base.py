# names: bias_ignored
# The base class gets False.
import torch
from torch import nn


class _Projections(nn.Module):
    def __init__(self, d_model, inner, bias):
        super().__init__()
        for letter in "qkv":
            setattr(self, f"{letter}_proj", nn.Linear(d_model, inner, bias=bias))
        self.o_proj = nn.Linear(inner, d_model, bias=bias)

    def fused(self, x, num_heads):
        """(3, B, H, L, d_head), in one product."""
        layers = (self.q_proj, self.k_proj, self.v_proj)
        y = x @ torch.cat([layer.weight for layer in layers]).mT
        if self.q_proj.bias is not None:
            y = y + torch.cat([layer.bias for layer in layers])
        return y.unflatten(-1, (3, num_heads, -1)).permute(2, 0, 3, 1, 4)


class CachedAttention(_Projections):
    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        if d_head is None and d_model % num_heads:
            raise ValueError(f"which d_head for {num_heads} heads on {d_model}?")
        width = d_model // num_heads if d_head is None else d_head
        super().__init__(d_model, num_heads * width, False)
        self.num_heads, self.width, self.rope_base = num_heads, width, rope_base

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

    def forward(self, x, cache=None):
        q, k, v = self.fused(x, self.num_heads)
        before = 0
        if cache is not None:
            before = cache.length
        q, k = self.rotated(torch.stack((q, k)), before)
        if cache is not None:
            k, v = cache.append(k, v)
        k, v = k.to(x.dtype), v.to(x.dtype)
        wide = torch.promote_types(x.dtype, torch.float32)
        logits = (q @ k.transpose(-1, -2)).to(wide) / self.width**0.5
        age = torch.arange(before, before + x.shape[1], device=x.device)[:, None]
        age = age - torch.arange(k.shape[-2], device=x.device)
        odds = (logits - logits.amax(-1, True)).masked_fill(age < 0, -torch.inf)
        odds = (odds - odds.amax(-1, True)).exp()
        weights = odds / odds.sum(-1, keepdim=True)
        out = (weights.to(x.dtype) @ v).movedim(1, 2)
        return self.o_proj(out.reshape(*x.shape[:2], -1))
