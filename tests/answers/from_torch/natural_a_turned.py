# mistake: turns in_proj_weight before cutting it, so every one of the three weights is transposed
# why: remembers that a linear layer multiplies by the transposed weight and applies it here
import torch


def from_torch(mha):
    wq, wk, wv = mha.in_proj_weight.detach().T.chunk(3, dim=1)
    state = {
        "q_proj.weight": wq.clone(),
        "k_proj.weight": wk.clone(),
        "v_proj.weight": wv.clone(),
        "o_proj.weight": mha.out_proj.weight.detach().clone(),
    }
    if mha.in_proj_bias is not None:
        bq, bk, bv = mha.in_proj_bias.detach().chunk(3)
        state["q_proj.bias"] = bq.clone()
        state["k_proj.bias"] = bk.clone()
        state["v_proj.bias"] = bv.clone()
        state["o_proj.bias"] = mha.out_proj.bias.detach().clone()
    return state
