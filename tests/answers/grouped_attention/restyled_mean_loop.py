# names: mean_of_kv_heads
# Mean keys and mean values, in front of the loop.
import torch


def _one_head(q, k, v, allowed):
    scores = q / q.shape[-1] ** 0.5 @ k.transpose(-2, -1)  # (B, L_q, L_k)
    scores = scores.to(torch.promote_types(q.dtype, torch.float32))
    if allowed is None:
        return scores.softmax(-1).to(v.dtype) @ v
    # one more key, with value 0, is allowed exactly where no other is
    spare = allowed.any(-1, keepdim=True)
    scores = scores.masked_fill(allowed.logical_not(), -torch.inf)
    extra = torch.zeros_like(scores[..., :1]).masked_fill(spare, -torch.inf)
    weights = torch.cat([scores, extra], dim=-1).softmax(-1)[..., :-1]
    return weights.to(v.dtype) @ v


def grouped_attention(q, k, v, mask=None):
    num_heads, num_kv_heads = q.size(1), k.size(1)
    if num_heads % num_kv_heads > 0:
        raise ValueError("the KV heads cannot be shared evenly")
    k, v = k.mean(dim=1), v.mean(dim=1)
    if mask is not None:
        mask = mask.expand(*q.shape[:3], k.size(-2))
    heads = []
    for h in range(num_heads):
        allowed = None if mask is None else mask[:, h]
        heads.append(_one_head(q[:, h], k, v, allowed))
    return torch.stack(heads, dim=1)
