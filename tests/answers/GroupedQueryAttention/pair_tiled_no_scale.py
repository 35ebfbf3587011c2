# names: tiled, no_scale
# Modulo, and no scale.
import torch
import torch.nn.functional as F
from torch import nn


def _turn(x, positions, base):
    half = x.shape[-1] // 2
    if 2 * half != x.shape[-1]:
        raise ValueError("rotary needs an even d_head")
    work = torch.promote_types(x.dtype, torch.float32)
    speed = base ** (-torch.arange(half, device=x.device, dtype=work) / half)
    angle = positions.to(work)[:, None] * speed
    a, b = x[..., :half].to(work), x[..., half:].to(work)
    turned = (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos())
    return torch.cat(turned, dim=-1).to(x.dtype)


class GroupedQueryAttention(nn.Module):
    """One query head after the other, each with its slices of the weights."""

    def __init__(self, d_model, num_heads, num_kv_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("d_model is no multiple of num_heads")
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_heads is no multiple of num_kv_heads")
        self.d_head = d_model // num_heads if d_head is None else d_head
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.base = rope_base
        wide, narrow = num_heads * self.d_head, num_kv_heads * self.d_head
        self.q_proj = nn.Linear(d_model, wide, bias=bias)
        self.k_proj = nn.Linear(d_model, narrow, bias=bias)
        self.v_proj = nn.Linear(d_model, narrow, bias=bias)
        self.o_proj = nn.Linear(wide, d_model, bias=bias)

    def _project(self, layer, h, x):
        rows = slice(h * self.d_head, (h + 1) * self.d_head)
        return F.linear(x, layer.weight[rows], None if layer.bias is None else layer.bias[rows])

    def forward(self, x, mask=None, cache=None):
        new = x.shape[1]
        past = 0 if cache is None else cache.length
        positions = torch.arange(past, past + new, device=x.device)
        queries = [self._project(self.q_proj, h, x) for h in range(self.num_heads)]
        keys = [self._project(self.k_proj, h, x) for h in range(self.num_kv_heads)]
        values = [self._project(self.v_proj, h, x) for h in range(self.num_kv_heads)]
        if self.base is not None:
            queries = [_turn(q, positions, self.base) for q in queries]
            keys = [_turn(k, positions, self.base) for k in keys]
        hidden = torch.zeros(new, past + new, dtype=torch.bool, device=x.device)
        if cache is not None:
            all_keys, all_values = cache.append(torch.stack(keys, 1), torch.stack(values, 1))
            keys, values = all_keys.to(x.dtype).unbind(1), all_values.to(x.dtype).unbind(1)
            hidden = (~hidden).triu(past + 1)
        if mask is not None:
            hidden = hidden | ~mask
        hidden = hidden.expand(len(x), self.num_heads, new, past + new)
        outputs = []
        for h, q in enumerate(queries):
            kv = h % self.num_kv_heads
            scores = q @ keys[kv].mT
            nothing = hidden[:, h].all(dim=-1, keepdim=True)
            scores = scores.masked_fill(hidden[:, h] & ~nothing, -torch.inf)
            dtype = torch.promote_types(x.dtype, torch.float32)
            weights = F.softmax(scores, dim=-1, dtype=dtype).to(x.dtype)
            outputs.append(weights.masked_fill(nothing, 0) @ values[kv])
        return self.o_proj(torch.cat(outputs, dim=-1))
