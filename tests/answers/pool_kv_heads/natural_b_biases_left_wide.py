# mistake: pools the weights only; the biases of k_proj and v_proj keep their old length
# why: the examples of the lesson have no biases
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads must divide num_heads")
    if how not in ("mean", "first", "random"):
        raise ValueError(how)
    converted = {name: each.clone() for name, each in state_dict.items()}
    for name in ("k_proj.weight", "v_proj.weight"):
        old = state_dict[name]
        d_head = old.shape[0] // num_heads
        groups = old.view(num_kv_heads, num_heads // num_kv_heads, d_head, old.shape[1])
        if how == "mean":
            new = groups.mean(dim=1)
        elif how == "first":
            new = groups[:, 0]
        else:
            new = torch.randn(num_kv_heads, d_head, old.shape[1], dtype=old.dtype) * old.std()
        converted[name] = new.reshape(num_kv_heads * d_head, old.shape[1])
    return converted
