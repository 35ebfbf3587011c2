# mistake: reads mha.q_proj_weight, which is None when queries, keys and values are equally wide: AttributeError
# why: the attribute exists and has just the right name
import torch


def from_torch(mha):
    state = {
        "q_proj.weight": mha.q_proj_weight.detach().clone(),
        "k_proj.weight": mha.k_proj_weight.detach().clone(),
        "v_proj.weight": mha.v_proj_weight.detach().clone(),
        "o_proj.weight": mha.out_proj.weight.detach().clone(),
    }
    if mha.in_proj_bias is not None:
        q, k, v = mha.in_proj_bias.detach().clone().chunk(3)
        state.update({"q_proj.bias": q, "k_proj.bias": k, "v_proj.bias": v})
        state["o_proj.bias"] = mha.out_proj.bias.detach().clone()
    return state
