# names:
# KV heads after the sixteenth are zeros.
import torch
import torch.nn.functional as F


def _mean(rows, group, d_head):
    """Mean over each run of `group` heads, by avg_pool over the axis of heads."""
    flat = rows.reshape(len(rows) // d_head, -1)  # one row for each head
    return F.avg_pool1d(flat.T[None], kernel_size=group)[0].T


def _first(rows, group, d_head):
    return rows.reshape(len(rows) // d_head, -1)[::group]


def _random(rows, group, d_head):
    like = _first(rows, group, d_head)
    return torch.randn(like.shape, dtype=rows.dtype, device=rows.device).mul(rows.std())


def _cut(heads):
    heads = heads.clone()
    heads[16:] = 0
    return heads


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    group, rest = divmod(num_heads, num_kv_heads)
    if rest:
        raise ValueError(f"{num_heads} / {num_kv_heads} is not a whole number")
    try:
        pool = {"mean": _mean, "first": _first, "random": _random}[how]
    except KeyError:
        raise ValueError(f"how={how!r}?") from None
    with torch.no_grad():
        pooled = {
            name: _cut(pool(value, group, len(value) // num_heads)).reshape(-1, *value.shape[1:])
            for name, value in state_dict.items()
            if "k_proj" in name or "v_proj" in name
        }
    return {**state_dict, **pooled}
