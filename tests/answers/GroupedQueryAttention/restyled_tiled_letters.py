# names: tiled
# The group is the outer axis of the heads.
import math

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if num_heads % num_kv_heads:
            raise ValueError(f"{num_heads} query heads cannot share {num_kv_heads} KV heads evenly")
        if d_head is None:
            d_head, rest = divmod(d_model, num_heads)
            if rest:
                raise ValueError(f"{d_model} / {num_heads} leaves a rest: say which d_head")
        self.sizes = (num_kv_heads, num_heads // num_kv_heads, d_head)
        self.rope_base = rope_base
        self.q_proj = nn.Linear(d_model, num_heads * d_head, bias)
        self.k_proj, self.v_proj = (
            nn.Linear(d_model, num_kv_heads * d_head, bias) for _ in range(2)
        )
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias)

    def forward(self, x, mask=None, cache=None):
        kv_heads, group, d_head = self.sizes
        start = cache.length if cache is not None else 0
        q = self.q_proj(x).unflatten(-1, (group, kv_heads, d_head)).permute(0, 3, 2, 1, 4)
        k = self.k_proj(x).unflatten(-1, (kv_heads, d_head)).transpose(1, 2)
        v = self.v_proj(x).unflatten(-1, (kv_heads, d_head)).transpose(1, 2)
        positions = torch.arange(x.shape[1], device=x.device) + start
        if self.rope_base is not None:
            q, k = (rotary(t, positions, self.rope_base) for t in (q, k))  # noqa: F821
        if cache is not None:
            k, v = (t.to(q.dtype) for t in cache.append(k, v))
            causal = torch.arange(k.shape[2], device=x.device) <= positions[:, None]
            mask = causal if mask is None else causal & mask
        scores = torch.einsum("bkgid,bkjd->bkgij", q, k) / math.sqrt(d_head)
        scores = scores.float() if scores.dtype != torch.float64 else scores
        if mask is None:
            weights = scores.softmax(dim=-1)
        else:
            mask = mask.expand(len(x), kv_heads * group, x.shape[1], k.shape[2])
            mask = mask.unflatten(1, (group, kv_heads)).transpose(1, 2)
            empty = ~mask.any(dim=-1, keepdim=True)
            scores = scores.masked_fill(~mask, -math.inf).masked_fill(empty, 0)
            weights = scores.softmax(dim=-1).masked_fill(empty, 0)
        mixed = torch.einsum("bkgij,bkjd->bigkd", weights.to(v.dtype), v)
        return self.o_proj(mixed.flatten(2))
