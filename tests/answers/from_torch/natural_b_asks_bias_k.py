# mistake: asks bias_k whether there are biases; that is another thing and None in an ordinary module, so no bias is ever carried over
# why: looked through the attributes with tab completion and took the first that has "bias" in its name
import torch


def from_torch(mha):
    state = {}
    weights = mha.in_proj_weight.detach().chunk(3, dim=0)
    for name, weight in zip(("q_proj", "k_proj", "v_proj"), weights):
        state[name + ".weight"] = weight.clone()
    state["o_proj.weight"] = mha.out_proj.weight.detach().clone()
    if mha.bias_k is not None:
        biases = mha.in_proj_bias.detach().chunk(3, dim=0)
        for name, bias in zip(("q_proj", "k_proj", "v_proj"), biases):
            state[name + ".bias"] = bias.clone()
        state["o_proj.bias"] = mha.out_proj.bias.detach().clone()
    return state
