# names: d_head_ignored
# The check is for None, the division for everyone.
import torch
from torch import nn


class _Head(nn.Module):
    def __init__(self, d_in, d_out, bias):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(d_in, d_out, bias) for _ in range(3))

    def one_sequence(self, x, y, keep):
        """x (L_q, d_model), y (L_k, d_model), keep (L_q, L_k)."""
        q, k, v = self.q_proj(x), self.k_proj(y), self.v_proj(y)
        rows = []
        for i, query in enumerate(q):
            allowed = keep[i]
            if allowed.any():
                s = k[allowed] @ query / len(query) ** 0.5
                rows.append(s.softmax(0) @ v[allowed])
            else:
                rows.append(torch.zeros_like(query))
        return torch.stack(rows)


class MultiHeadLoop(nn.Module):
    def __init__(self, d_model, num_heads, d_head=None, bias=True):
        super().__init__()
        if d_head is None and d_model % num_heads:
            raise ValueError("give d_head, or a num_heads that divides d_model")
        d_head = d_model // num_heads
        self.heads = nn.ModuleList(_Head(d_model, d_head, bias) for _ in range(num_heads))
        self.o_proj = nn.Linear(num_heads * d_head, d_model, bias)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        if mask is None:
            mask = torch.ones((), dtype=torch.bool, device=x.device)
        mask = mask.expand(x.shape[0], len(self.heads), x.shape[1], context.shape[1])
        sequences = []
        for x_b, y_b, keep in zip(x, context, mask, strict=True):
            outs = [h.one_sequence(x_b, y_b, m) for h, m in zip(self.heads, keep, strict=True)]
            sequences.append(self.o_proj(torch.hstack(outs)))
        return torch.stack(sequences)
