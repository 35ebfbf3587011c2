# names: bias_ignored
# bias is not passed on.
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


class CachedAttention(nn.Module):
    """One head after the other, each with its slice of the weights."""

    def __init__(self, d_model, num_heads, d_head=None, bias=False, rope_base=None):
        super().__init__()
        if d_head is None and d_model % num_heads != 0:
            raise ValueError("d_model is no multiple of num_heads")
        self.d_head = d_model // num_heads if d_head is None else d_head
        self.num_heads = num_heads
        self.base = rope_base
        wide = num_heads * self.d_head
        self.q_proj = nn.Linear(d_model, wide, bias=False)
        self.k_proj = nn.Linear(d_model, wide, bias=False)
        self.v_proj = nn.Linear(d_model, wide, bias=False)
        self.o_proj = nn.Linear(wide, d_model, bias=False)

    def _project(self, layer, h, x):
        rows = slice(h * self.d_head, (h + 1) * self.d_head)
        return F.linear(x, layer.weight[rows], None if layer.bias is None else layer.bias[rows])

    def forward(self, x, cache=None):
        new = x.shape[1]
        past = 0 if cache is None else cache.length
        positions = torch.arange(past, past + new, device=x.device)
        queries, keys, values = [], [], []
        for h in range(self.num_heads):
            q = self._project(self.q_proj, h, x)
            k = self._project(self.k_proj, h, x)
            v = self._project(self.v_proj, h, x)
            if self.base is not None:
                q, k = _turn(q, positions, self.base), _turn(k, positions, self.base)
            queries.append(q)
            keys.append(k)
            values.append(v)
        if cache is not None:
            all_keys, all_values = cache.append(torch.stack(keys, 1), torch.stack(values, 1))
            keys, values = all_keys.to(x.dtype).unbind(1), all_values.to(x.dtype).unbind(1)
        future = torch.ones(new, past + new, dtype=torch.bool, device=x.device).triu(past + 1)
        outputs = []
        for q, k, v in zip(queries, keys, values, strict=True):
            scores = q @ k.mT * self.d_head**-0.5
            scores = scores.masked_fill(future, -torch.inf)
            dtype = torch.promote_types(x.dtype, torch.float32)
            weights = F.softmax(scores, dim=-1, dtype=dtype).to(x.dtype)
            outputs.append(weights @ v)
        return self.o_proj(torch.cat(outputs, dim=-1))
