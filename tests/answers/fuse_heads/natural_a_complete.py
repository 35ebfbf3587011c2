# mistake: returns biases of zeros where the loop has none, names that the target does not have
# why: wants a dictionary that is always complete, as zeros change no number
import torch


def fuse_heads(loop):
    state = loop.state_dict()
    H = len(loop.heads)
    result = {}
    for p in ["q_proj", "k_proj", "v_proj"]:
        w = torch.cat([state[f"heads.{h}.{p}.weight"] for h in range(H)], dim=0)
        result[p + ".weight"] = w
        if f"heads.0.{p}.bias" in state:
            result[p + ".bias"] = torch.cat([state[f"heads.{h}.{p}.bias"] for h in range(H)])
        else:
            result[p + ".bias"] = torch.zeros(w.shape[0], dtype=w.dtype)
    result["o_proj.weight"] = state["o_proj.weight"].clone()
    if "o_proj.bias" in state:
        result["o_proj.bias"] = state["o_proj.bias"].clone()
    else:
        result["o_proj.bias"] = torch.zeros(w.shape[1], dtype=w.dtype)
    return result
