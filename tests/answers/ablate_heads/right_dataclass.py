# names:
# One small object a head, and the heads put side by side.
from dataclasses import dataclass

import torch


@dataclass
class Head:
    q: torch.Tensor
    k: torch.Tensor
    v: torch.Tensor
    gate: torch.Tensor

    def found(self, mask):
        return self.gate * masked_attention(self.q, self.k, self.v, mask)[0]  # noqa: F821


def ablate_heads(mha, x, gates, mask=None):
    length, h = x.shape[1], mha.num_heads
    q, k, v = (split_heads(p(x), h) for p in (mha.q_proj, mha.k_proj, mha.v_proj))  # noqa: F821
    masks = [None] * h
    if mask is not None:
        masks = mask.expand(len(x), h, length, length).unbind(1)
    heads = [Head(q[:, i], k[:, i], v[:, i], gates[i]).found(masks[i]) for i in range(h)]
    return mha.o_proj(torch.cat(heads, dim=-1))
