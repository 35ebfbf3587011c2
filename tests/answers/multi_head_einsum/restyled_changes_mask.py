# names: changes_inputs
# The caller's mask is opened where a row is empty.
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
        some = mask.any(-1, keepdim=True)
        mask.logical_or_(~some)
        w = F.softmax(s.masked_fill(~mask, -torch.inf), dim=-1) * some
    return torch.matmul(torch.matmul(w, v), w_o).sum(dim=1)
