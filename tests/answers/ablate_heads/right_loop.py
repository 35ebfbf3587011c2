# names:
# Head by head, each through its own columns of o_proj.
import torch


def ablate_heads(mha, x, gates, mask=None):
    h = mha.num_heads
    d_head = mha.q_proj.out_features // h
    out = torch.zeros_like(x)
    for i in range(h):
        rows = slice(i * d_head, (i + 1) * d_head)
        q, k, v = (p(x)[..., rows] for p in (mha.q_proj, mha.k_proj, mha.v_proj))
        own = mask
        if mask is not None and mask.dim() > 2:
            own = mask.expand(len(x), h, x.shape[1], x.shape[1])[:, i]
        head, _ = masked_attention(q, k, v, own)  # noqa: F821
        out = out + gates[i] * head @ mha.o_proj.weight[:, rows].T
    return out if mha.o_proj.bias is None else out + mha.o_proj.bias
