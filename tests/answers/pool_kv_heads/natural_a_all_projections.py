# mistake: pools q_proj as well
# why: the loop over q, k and v is taken over from fuse_heads
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    """Convert weights of multi-head attention to fewer KV heads."""
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads does not divide num_heads")
    if how not in {"mean", "first", "random"}:
        raise ValueError("how must be mean, first or random")
    result = {}
    for name, tensor in state_dict.items():
        if name.split(".")[0] not in ("q_proj", "k_proj", "v_proj"):
            result[name] = tensor.clone()
            continue
        d_head = tensor.shape[0] // num_heads
        grouped = tensor.reshape(num_kv_heads, num_heads // num_kv_heads, d_head, *tensor.shape[1:])
        if how == "mean":
            fewer = grouped.mean(1)
        elif how == "first":
            fewer = grouped[:, 0]
        else:
            fewer = torch.randn(grouped[:, 0].shape, dtype=tensor.dtype) * tensor.std()
        result[name] = fewer.reshape(num_kv_heads * d_head, *tensor.shape[1:]).clone()
    return result
