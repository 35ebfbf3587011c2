# names: view_out_of_order
# View takes no queries, keys or values whose memory is in another order.
import torch


def masked_attention(q, k, v, mask=None):
    work = torch.promote_types(q.dtype, torch.float32)
    rows, columns, values = (each.view(-1, *each.shape[-2:]).to(work) for each in (q, k, v))
    scores = (rows @ columns.mT / q.shape[-1] ** 0.5).view(*q.shape[:-1], k.shape[-2])
    if mask is None:
        mask = torch.ones_like(scores, dtype=torch.bool)
    mask = mask.expand(scores.shape)
    some = mask.any(-1, keepdim=True)
    weights = scores.masked_fill(~mask & some, float("-inf")).softmax(-1) * some
    output = weights.view(-1, *scores.shape[-2:]) @ values
    return output.view(*q.shape[:-1], v.shape[-1]).to(q.dtype), weights.to(q.dtype)
