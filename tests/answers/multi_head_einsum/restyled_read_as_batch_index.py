# names: mask_read_as_batch
# mask[:, None] for masks with three axes.
import torch
import torch.nn.functional as F


def multi_head_einsum(x, w_q, w_k, w_v, w_o, mask=None):
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
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
    return torch.matmul(torch.matmul(w, v), w_o).sum(dim=1)
