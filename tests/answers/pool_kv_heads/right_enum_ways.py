# names:
# An Enum whose lookup raises the ValueError, its members pool by match; dictionary comprehension.
import enum

import torch


class How(enum.Enum):
    MEAN = "mean"
    FIRST = "first"
    RANDOM = "random"

    def pool(self, grouped):
        """`(H_kv, group, d_head, ...)` to `(H_kv, d_head, ...)`, a tensor of its own."""
        match self:
            case How.MEAN:
                return grouped.mean(dim=1)
            case How.FIRST:
                return grouped.select(1, 0).clone()
            case How.RANDOM:
                spread = grouped.std(correction=0)
                return torch.randn_like(grouped[:, 0]) * spread


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    """Convert weights of multi-head attention to fewer KV heads."""
    way = How(how)
    size, left = divmod(num_heads, num_kv_heads)
    if left:
        raise ValueError(f"{num_kv_heads} does not divide {num_heads}")
    return {
        name: way.pool(tensor.detach().unflatten(0, (num_kv_heads, size, -1))).flatten(0, 1)
        if name.split(".")[-2] in ("k_proj", "v_proj")
        else tensor.detach().clone()
        for name, tensor in state_dict.items()
    }
