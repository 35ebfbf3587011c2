# mistake: writes the pooled tensors into the given dictionary, which is changed after the call
# why: assigning to another name is taken for a copy
import torch


def pool_kv_heads(state_dict, num_heads, num_kv_heads, how="mean"):
    if how not in ("mean", "first", "random"):
        raise ValueError("how?")
    if num_heads % num_kv_heads != 0:
        raise ValueError("num_kv_heads?")
    group_size = num_heads // num_kv_heads
    new_dict = state_dict
    for part in ("k_proj.weight", "k_proj.bias", "v_proj.weight", "v_proj.bias"):
        if part not in new_dict:
            continue
        old = new_dict[part]
        d_head = old.shape[0] // num_heads
        blocks = old.split(d_head, dim=0)
        kept = []
        for g in range(num_kv_heads):
            members = torch.stack(blocks[g * group_size : (g + 1) * group_size])
            if how == "mean":
                kept.append(members.mean(dim=0))
            elif how == "first":
                kept.append(members[0])
            else:
                kept.append(torch.randn_like(members[0]) * old.std())
        new_dict[part] = torch.cat(kept, dim=0)
    return new_dict
