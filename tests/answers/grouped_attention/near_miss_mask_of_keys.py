# names: own_error_raised
# A mask (L_k,) is refused.
import torch


def grouped_attention(q, k, v, mask=None):
    if q.shape[1] % k.shape[1]:
        raise ValueError("the KV heads do not divide the heads")
    if mask is not None and mask.dim() < 2:
        raise ValueError("a mask has two axes at least")
    if mask is not None:
        mask = mask.expand(*q.shape[:3], k.shape[2])
    group = q.shape[1] // k.shape[1]
    outputs = []
    for i in range(q.shape[1]):
        own = None if mask is None else mask[:, i]
        outputs.append(masked_attention(q[:, i], k[:, i // group], v[:, i // group], own)[0])  # noqa: F821
    return torch.stack(outputs, 1)
