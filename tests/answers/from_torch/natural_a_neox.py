# mistake: reads in_proj_weight as q, k, v of head 0, then of head 1, and so on
# why: copied from the conversion of GPT-NeoX weights, which lie in that order
import torch


def from_torch(mha):
    H, d_model = mha.num_heads, mha.embed_dim
    d_head = d_model // H
    state = mha.state_dict()
    out = {"o_proj.weight": state["out_proj.weight"].clone()}
    qkv = state["in_proj_weight"].view(H, 3, d_head, d_model)
    for i, name in enumerate(("q_proj", "k_proj", "v_proj")):
        out[f"{name}.weight"] = qkv[:, i].reshape(H * d_head, d_model)
    if "in_proj_bias" in state:
        b = state["in_proj_bias"].view(H, 3, d_head)
        for i, name in enumerate(("q_proj", "k_proj", "v_proj")):
            out[f"{name}.bias"] = b[:, i].reshape(-1)
        out["o_proj.bias"] = state["out_proj.bias"].clone()
    return out
