# mistake: transposes all four weights; they are square, so nothing complains
# why: has loaded GPT-2 before, whose Conv1D weights must be transposed, and thinks that this is always so
import torch


def from_torch(mha):
    q, k, v = mha.in_proj_weight.detach().chunk(3, dim=0)
    state = {
        "q_proj.weight": q.T.clone(),
        "k_proj.weight": k.T.clone(),
        "v_proj.weight": v.T.clone(),
        "o_proj.weight": mha.out_proj.weight.detach().T.clone(),
    }
    if mha.in_proj_bias is not None:
        q, k, v = mha.in_proj_bias.detach().chunk(3)
        state["q_proj.bias"], state["k_proj.bias"], state["v_proj.bias"] = q, k, v
        state["o_proj.bias"] = mha.out_proj.bias.detach()
    return state
