# names:
# Plain loop over KV heads; each group's queries are one long column of rows; a decorator checks the
# sizes.
import functools

import torch


def divided(function):
    """Refuse KV heads that do not divide the query heads."""

    @functools.wraps(function)
    def checked(q, k, v, mask=None):
        if q.shape[1] % k.shape[1]:
            raise ValueError(f"{q.shape[1]} query heads on {k.shape[1]} KV heads")
        return function(q, k, v, mask)

    return checked


@divided
def grouped_attention(q, k, v, mask=None):
    """Scaled dot-product attention with shared KV heads."""
    size = q.shape[1] // k.shape[1]
    shared_out = q.split(size, dim=1)  # of (B, group, L_q, d_head)
    masks = [None] * len(shared_out)
    if mask is not None:
        masks = mask.expand(*q.shape[:-1], k.shape[-2]).split(size, dim=1)
    found = []
    for heads, keys, values, its in zip(shared_out, k.unbind(1), v.unbind(1), masks, strict=True):
        its = its if its is None else its.flatten(1, 2)
        rows, _ = masked_attention(heads.flatten(1, 2), keys, values, its)  # noqa: F821
        found.append(rows.unflatten(1, heads.shape[1:3]))
    return torch.cat(found, dim=1)
