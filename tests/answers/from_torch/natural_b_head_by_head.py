# mistake: reads in_proj_weight as q, k, v of head 0, then q, k, v of head 1; it is all of q, then all of k, then all of v
# why: knows a model (GPT-NeoX) whose fused weight is ordered like this
import torch


def from_torch(mha):
    heads, d_head, d_model = mha.num_heads, mha.head_dim, mha.embed_dim
    weight = mha.in_proj_weight.detach().reshape(heads, 3, d_head, d_model)
    state = {"o_proj.weight": mha.out_proj.weight.detach().clone()}
    for i, name in enumerate(("q_proj", "k_proj", "v_proj")):
        state[f"{name}.weight"] = weight[:, i].reshape(d_model, d_model)
    if mha.in_proj_bias is not None:
        bias = mha.in_proj_bias.detach().reshape(heads, 3, d_head)
        for i, name in enumerate(("q_proj", "k_proj", "v_proj")):
            state[f"{name}.bias"] = bias[:, i].reshape(d_model)
        state["o_proj.bias"] = mha.out_proj.bias.detach().clone()
    return state
