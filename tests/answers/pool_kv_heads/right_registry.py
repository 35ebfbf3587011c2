# names:
# Two cells; a registry of ways filled by a decorator of one's own, OrderedDict.
import torch

WAYS = {}


def way(function):
    """Register a way to make one KV head of each group."""
    WAYS[function.__name__] = function
    return function


@way
def mean(groups):
    return sum(groups.unbind(1)) / groups.shape[1]


@way
def first(groups):
    return groups[:, 0].clone()


@way
def random(groups):
    fresh = torch.empty(groups[:, 0].shape, dtype=groups.dtype, device=groups.device)
    return fresh.normal_(0.0, groups.std(unbiased=False).item())


# %%
from collections import OrderedDict  # noqa: E402


@torch.no_grad()
def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    """Convert weights of multi-head attention to fewer KV heads."""
    try:
        pool = WAYS[how]
    except (KeyError, TypeError):
        raise ValueError(f"how is {how!r}, not one of {', '.join(WAYS)}") from None
    if num_heads % num_kv_heads != 0:
        raise ValueError(f"{num_heads} heads cannot be pooled into {num_kv_heads}")
    fewer = OrderedDict((name, tensor.clone()) for name, tensor in state_dict.items())
    for name in fewer:
        if name.startswith(("k_proj", "v_proj")):
            d_head = len(fewer[name]) // num_heads
            rest = fewer[name].shape[1:]
            groups = fewer[name].reshape(num_kv_heads, num_heads // num_kv_heads, d_head, *rest)
            fewer[name] = pool(groups).reshape(num_kv_heads * d_head, *rest)
    return fewer
