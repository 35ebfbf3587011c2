# names: wrong_device
# The mask that stands for no mask is made on the CPU.
import torch
from torch import nn


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True, *, device=None, dtype=None):
        super().__init__()
        if d_head is None:
            if d_model % num_heads > 0:
                raise ValueError("num_heads must divide d_model, or d_head must be given")
            d_head = d_model // num_heads
        like = {"bias": bias, "device": device, "dtype": dtype}
        self.num_heads, self.d_head = num_heads, d_head

        def one_head():
            projections = (nn.Linear(d_model, d_head, **like) for _ in range(3))
            return nn.ModuleDict(zip(("q_proj", "k_proj", "v_proj"), projections, strict=True))

        self.heads = nn.ModuleList(one_head() for _ in range(num_heads))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, **like)

    def weights(self, q, k, keep):
        wide = torch.promote_types(q.dtype, torch.float32)
        scores = (q.to(wide) @ k.to(wide).transpose(1, 2)) * self.d_head**-0.5
        top = scores.masked_fill(~keep, torch.finfo(wide).min).amax(-1, keepdim=True)
        e = torch.where(keep, scores - top, 0).exp() * keep
        total = e.sum(-1, keepdim=True)
        return (e / torch.where(total > 0, total, 1)).to(q.dtype)

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        shape = (x.shape[0], self.num_heads, x.shape[1], context.shape[1])
        if mask is None:
            mask = torch.ones(shape, dtype=torch.bool)
        mask = mask.expand(shape)
        joined = torch.empty(*x.shape[:2], 0, dtype=x.dtype, device=x.device)
        for i in range(self.num_heads):
            layers = self.heads[i]
            w = self.weights(layers["q_proj"](x), layers["k_proj"](context), mask[:, i])
            joined = torch.cat([joined, w @ layers["v_proj"](context)], dim=-1)
        return self.o_proj(joined)
