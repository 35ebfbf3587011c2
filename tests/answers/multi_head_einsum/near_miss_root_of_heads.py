# names: constant_factor
# The sum over heads is divided by the root of their number.
import torch
import torch.nn.functional as F


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    x = x.unsqueeze(1)  # (B, 1, L, d_model)
    q = torch.matmul(x, w_q) / w_q.shape[2] ** 0.5
    k = torch.matmul(x, w_k)
    v = torch.matmul(x, w_v)
    s = torch.matmul(q, k.mT)
    if mask is None:
        w = F.softmax(s, dim=-1)
    else:
        extra = torch.zeros_like(s[..., :1]).masked_fill(mask.any(-1, keepdim=True), -torch.inf)
        s = torch.cat([s.masked_fill(~mask, -torch.inf), extra], dim=-1)
        w = F.softmax(s, dim=-1)[..., :-1]
    return torch.matmul(torch.matmul(w, v), w_o).sum(dim=1) / len(w_o) ** 0.5
